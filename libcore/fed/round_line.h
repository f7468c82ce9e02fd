#pragma once
/* What a round writes into the ledger of its federation. */
#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "fed/clients.h"
#include "fed/ledger.h"
#include "fed/submissions.h"

struct round_line {
	/* writes the members rule, weighing, bn and whatever else the average depends on */
	void (*write_options)(struct json_writer *j, const void *options);
	const void *options;
	const char *parent, *result;    /* digests; PARENT may be NULL */
	const struct clients *clients;  /* averaged, with their digests */
	const struct submissions *submissions;
};

/*
 * Before the average: -1 with E set, PATH named, if the ledger L cannot take a round that began
 * from the model PARENT (NULL: not known): its chain is broken, or its last round made another one.
 * The round that its last line tells of may be done again.
 */
int round_line_check(const struct ledger *l, const char *path, const char *parent, struct err *e);

/*
 * The line of the round R that follows the last of L; or the last one itself, if R is what it tells
 * of, and *DONE is set. In new memory without its newline, HASH being its hash. NULL with E set: as
 * above.
 */
char *round_line_text(const struct round_line *r, const struct ledger *l, char hash[SHA256_HEX],
                      bool *done, struct err *e);
