#pragma once
/* Class lists: codes in the order of their index, and full names. */
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "format/tsv.h"

enum { CLASSES_MAX = 256, CLASS_CODE_BYTES = 32, CLASS_NAME_BYTES = 96 };

struct classes {
	int count;
	struct class_entry {
		char code[CLASS_CODE_BYTES];
		char name[CLASS_NAME_BYTES];            /* the code again where no name is known */
	} *entry;                               /* COUNT of them */
};

/* The 15 classes of AML-Cytomorphology, alphabetical by code. */
void classes_default(struct classes *c);

/* C0 to C<N-1>: for a network whose classes nobody named. */
void classes_numbered(struct classes *c, int n);

/* "CODE,CODE,...": in this order, names of known codes filled in. Refuses empty,
 * doubled and over-long codes. */
int classes_parse(struct classes *c, const char *list, struct err *e);
/* classes.tsv: index, code, name. */
int classes_load(struct classes *c, const char *tsv_path, struct err *e);
/* The classes whose codes are the fields of T's line from FIRST on. Returns 0 or -1. */
int classes_from_row(struct classes *c, const struct tsv *t, int first, struct err *e);
int classes_save(const struct classes *c, const char *tsv_path, struct err *e);
/* Takes the names of C's codes from a classes.tsv. -1 with E set, also if it lacks one of them. */
int classes_rename(struct classes *c, const char *tsv_path, struct err *e);
void classes_copy(struct classes *to, const struct classes *from);
void classes_release(struct classes *c);

int classes_find(const struct classes *c, const char *code);            /* index, or -1 */
/* The same codes in the same order? */
bool classes_equal(const struct classes *a, const struct classes *b);
/* Returns 0 if GOT is equal to WANT, or -1 with E set, which lists both. */
int classes_expect(const struct classes *want, const struct classes *got, struct err *e);

/* "BAS,EBO,..." in new memory. */
char *classes_codes(const struct classes *c);
