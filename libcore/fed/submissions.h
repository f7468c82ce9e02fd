#pragma once
/*
 * What sites hand in, before anything of it is believed: each file is opened once, its bytes are
 * hashed and their signature is verified; only then may its content be looked at, through the
 * same opening, so that a file that is replaced meanwhile does not pass. All that is wrong is
 * collected, a fault for each file.
 */
#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/infile.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "fed/roster.h"

struct submission {
	const char *path, *site;        /* borrowed */
	const struct roster_site *listed;       /* in the roster; NULL: it is not, or none */
	struct infile bytes;            /* to be taken over: npz_take */
	int fd;                         /* the same file, kept open; -1: its bytes are in memory */
	struct stat before;             /* of it, before its bytes were read */
	char sha256[SHA256_HEX];        /* of the bytes */
	bool is_signed;                 /* by the key in the roster */
	char *fault;                    /* the first thing that is wrong; NULL: nothing */
};

struct submissions {
	struct submission *one;         /* COUNT of them, in the order of the command */
	int count;
	const char **missing;           /* sites of the roster, borrowed, in byte order */
	int missing_count;
	bool strict;                    /* there is a roster: parents must be told */
	bool missing_allowed;
};

/*
 * Opens the COUNT files at PATHS ("-": stdin), handed in by SITES. ROSTER, which must outlive S,
 * may be NULL: then nobody is missing or unknown and nothing is signed, but a site may still hand
 * in once only. Faults are in S, but for one of the machine: -1 with E set.
 */
int submissions_open(struct submissions *s, char *const *paths, char *const *sites, int count,
                     const struct roster *roster, bool missing_allowed, struct threads *pool,
                     struct err *e);
void submissions_release(struct submissions *s);

/* Marks ONE with the fault E, whose place is its site, unless it has one. */
void submissions_fault(struct submission *one, const struct err *e);

/*
 * Calls REPORT for each fault, in the order of the command, and then for each missing site unless
 * that is allowed; NULL: only counts. Returns how many.
 */
int submissions_faults(const struct submissions *s, void (*report)(const struct err *e));

/*
 * When all was read: marks files that were changed or replaced since they were opened. Returns as
 * submissions_faults.
 */
int submissions_check_unchanged(struct submissions *s);
