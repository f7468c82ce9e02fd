#pragma once
/* Tables to be read by people: text in columns as wide as their widest cell. */
#include <stddef.h>
#include <stdio.h>

struct table {
	const char *align;              /* a letter a column: 'l' or 'r' */
	char **cells;                   /* row after row */
	size_t count, room;
};

/* ALIGN, which must outlive T, also says how many columns there are. */
void table_init(struct table *t, const char *align);
void table_release(struct table *t);

/* Adds the next cell, from left to right, row after row. */
void table_add(struct table *t, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Two blanks between columns, none at the end of a line. Errors stay in the stream. */
void table_write(const struct table *t, FILE *f);
