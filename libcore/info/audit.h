#pragma once
/*
 * What the files of a finished federation prove: its ledger against itself, models against the
 * ledger, and each round that all files are there of averaged again.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "fed/ledger.h"

enum audit_role {
	AUDIT_UNKNOWN,                  /* a fault tells why */
	AUDIT_START,                    /* the model that round 1 began from */
	AUDIT_INPUT,                    /* what a site handed in */
	AUDIT_RESULT,                   /* the model that a round made */
};

struct audit_file {
	const char *path;               /* borrowed */
	char sha256[SHA256_HEX];        /* of its bytes */
	char digest[SHA256_HEX];        /* of its numbers; "" of differences, of no model */
	bool delta;                     /* holds differences */
	char *names;                    /* hash of a line of the ledger in its facts; NULL: none */
	int64_t examples;               /* in its facts; -1: none */
	enum audit_role role;
	size_t line;                    /* of AUDIT_INPUT and AUDIT_RESULT, from 0 */
	int input;                      /* of AUDIT_INPUT */
};

enum audit_state {
	AUDIT_NOT,                      /* not averaged again: WHY */
	AUDIT_SAME,                     /* the files give what the line says */
	AUDIT_OTHER,                    /* they do not: a fault */
};

struct audit_round {
	enum audit_state state;
	bool norms;                     /* norms and cosines were compared as well */
	char *why;                      /* of AUDIT_NOT */
	const struct audit_file **file; /* [inputs] what each site handed in; NULL: not given */
};

struct audit {
	const char *path;               /* of the ledger, borrowed */
	struct ledger ledger;
	struct audit_file *file;        /* COUNT of them, in the order of the command */
	size_t count;
	struct audit_round *round;      /* [ledger.count] */
	char **fault;                   /* FAULTS of them, each a line */
	size_t faults;
};

/*
 * Reads the ledger PATH and the models FILES, ended by NULL, and compares them; faults are in A.
 * Returns 0, or -1 with E set: there is no ledger, or the machine failed.
 */
int audit_load(struct audit *a, const char *path, char *const *files, struct threads *pool,
               struct err *e);
void audit_release(struct audit *a);

void audit_print(const struct audit *a, FILE *f);       /* in words */
void audit_json(const struct audit *a, FILE *f);        /* an object */
