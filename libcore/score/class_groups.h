#pragma once
/* Classes that are asked about together, such as blasts: a name, and which classes they are. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "data/classes.h"

enum { CLASS_GROUPS_MAX = 256, CLASS_GROUPS_NAME_BYTES = 96 };

struct class_group {
	char *name;
	bool member[CLASSES_MAX];
};

struct class_groups {
	struct class_group *each;       /* COUNT of them, in the order in which they were given */
	size_t count;
};

/*
 * Adds "NAME=CODE,CODE,...". Returns 0, or -1 with E set: a class that C lacks, one given twice, a
 * group of none or of all classes, a name that G has already or that is not one short line.
 */
int class_groups_add(struct class_groups *g, const char *text, const struct classes *c,
                     struct err *e);

/* The same from its parts; LIST, "CODE,CODE,...", is taken apart. */
int class_groups_put(struct class_groups *g, const char *name, char *list,
                     const struct classes *c, struct err *e);

/* Adds those of a file with the heading `group`, `classes` and lines "NAME TAB CODE,CODE,...". */
int class_groups_load(struct class_groups *g, const char *tsv_path, const struct classes *c,
                      struct err *e);
/* Both: COUNT texts, and unless it is NULL a file. */
int class_groups_gather(struct class_groups *g, const char *const *text, int count,
                        const char *tsv_path, const struct classes *c, struct err *e);
void class_groups_release(struct class_groups *g);
void class_groups_copy(struct class_groups *to, const struct class_groups *from);

/* The number of the group NAME, or -1. */
int class_groups_find(const struct class_groups *g, const char *name);

/* Returns 0 if HAVE has every group of WANT with the same classes, or -1 with E set. */
int class_groups_include(const struct class_groups *have, const struct class_groups *want,
                         struct err *e);

/* Returns 0 if GOT is equal to WANT, or -1 with E set. */
int class_groups_expect(const struct class_groups *want, const struct class_groups *got,
                        struct err *e);

/*
 * Classes and groups in one list, CLASSES classes and then those of G: sets MEMBER[CLASSES_MAX] for
 * number I.
 */
void class_groups_members(const struct class_groups *g, int classes, size_t i, bool *member);

/* The sum of P, one number a class of C, over the group's members. */
double class_groups_sum(const struct class_group *g, const struct classes *c, const double *p);
