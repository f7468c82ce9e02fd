#pragma once
/*
 * Who takes part in a federation: tab-separated text with a heading, in which the columns `site`
 * and `key` must be, `min_examples` may be, and others are passed over; a line for each site.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct roster_site {
	char *name;                     /* UTF-8 without control characters */
	/* OpenSSH's public key, its kind and its digits, a blank between; NULL: it does not sign */
	char *key;
	int64_t least;                  /* images that it must have trained on; 0: any number */
	long line;                      /* of the file */
};

struct roster {
	struct roster_site *site;       /* COUNT of them, by name in byte order */
	size_t count;
};

/*
 * Reads PATH ("-": stdin). The name of a site that signs is letters and digits of ASCII, '.', '_'
 * and '-' alone, since OpenSSH takes names for patterns.
 * Returns 0, or -1 with E set, file and line named: no such column, not a name, not a key, a count
 * that is none, a site twice, one key for two sites.
 */
int roster_load(struct roster *r, const char *path, struct err *e);
void roster_release(struct roster *r);

/* The site NAME, as long as R; NULL: it is not in the roster. */
const struct roster_site *roster_find(const struct roster *r, const char *name);
