#pragma once
/*
 * Tab-separated text, read a line at a time in constant memory. Whatever a
 * caller finds wrong with a line is reported with the file and the line's number.
 * Every table is read here, so that text of other systems means the same everywhere: a byte
 * order mark at the start and the carriage return of a CRLF are dropped, a NUL byte is an error.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum {
	TSV_LINE_BYTES = 1 << 16,
	TSV_FIELDS_MAX = 272,           /* 256 classes, and what describes a row */
};

struct tsv {
	FILE *f;
	bool owned;                     /* tsv_close closes F */
	const char *name;               /* for messages; "standard input" for "-" */
	long line;                      /* number of the current line, from 1 */
	bool whole;                     /* it ends in a newline */
	int count;                      /* its fields */
	char *field[TSV_FIELDS_MAX];    /* COUNT of them, inside TEXT: until the next line */
	char text[TSV_LINE_BYTES];
};

/* Opens PATH ("-": stdin), which must outlive the result. Returns NULL with E set. */
struct tsv *tsv_open(const char *path, struct err *e);

void tsv_close(struct tsv *t);          /* NULL is allowed */

/*
 * Reads the next line and splits it at its tabs; an empty line has one empty field. Returns
 * 1, 0 at the end, or -1 with E set.
 */
int tsv_next(struct tsv *t, struct err *e);

/* Reads the first line, which must be there. Returns 0, or -1 with E set. */
int tsv_first(struct tsv *t, struct err *e);

/* Reads the first line, whose fields must be the N NAMES. Returns 0, or -1 with E set, place
 * included. */
int tsv_heading(struct tsv *t, const char *const *names, int n, struct err *e);

/*
 * -1 with E set if the current line does not end in a newline. For tables that programs write, and
 * whose last number may have been cut to another one.
 */
int tsv_check_whole(const struct tsv *t, struct err *e);

/* Is the line empty? */
bool tsv_is_blank(const struct tsv *t);

/* TEXT as a whole number from 0 to MOST, in decimal digits. Returns 0, or -1 with E set. */
int tsv_count(const char *text, int64_t most, int64_t *count, struct err *e);

/* TEXT as a finite decimal number. Returns 0, or -1 with E set. */
int tsv_number(const char *text, double *number, struct err *e);

/* Puts "NAME: line N: " in front of the message. Always returns -1. */
int tsv_in(const struct tsv *t, struct err *e);
