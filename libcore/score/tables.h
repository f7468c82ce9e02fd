#pragma once
/* Tables from the command line, of predictions or shared, added up. */
#include <stdbool.h>

#include "base/err.h"
#include "score/cases.h"
#include "score/class_groups.h"
#include "score/tally.h"
#include "stats/rank.h"

/* Which groups are asked for; what both give is added up. */
struct tables_groups {
	const char *const *text;        /* COUNT of "NAME=CODE,..." */
	int count;
	const char *file;               /* class_groups_load's, or NULL */
};

struct tables {
	struct tally tally;
	struct cases cases;             /* of the predictions among them */
	bool shared;                    /* one was a shared table: CASES are not all there is */
};

/*
 * Reads PATHS, ended by NULL ("-": stdin), each of which tells by its first line what it is. Shared
 * tables keep the groups that they were written with, which must be the same in all, and must
 * include those that are asked for. Returns 0, or -1 with E set: other classes or groups, no
 * images at all, one file given twice.
 */
int tables_load(struct tables *t, char *const *paths, const struct tables_groups *groups,
                struct err *e);
void tables_release(struct tables *t);

/* The cases if they are all that is counted, otherwise NULL. */
const struct cases *tables_cases(const struct tables *t);

/* cases_patients of the cases; shared tables have none. */
int tables_patients(const struct tables *t, struct id_groups *g, const char *path, struct err *e);

/* Rankings for whoever has only the tables: exact where there are cases. I: class or group. */
void tables_rank(const struct tables *t, size_t i, struct rank *r);
void tables_confidence(const struct tables *t, struct rank *r);
