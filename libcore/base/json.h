#pragma once
/*
 * JSON: a writer that streams to a FILE, and a small strict reader (RFC 8259, no duplicate keys, at
 * most 10000 of them in an object, at most 32 levels) for metadata, facts and requests.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct json_writer {
	FILE *f;
	bool pretty;                    /* two blanks a level and newlines, or all on one line */
	int depth;
	bool first;                     /* nothing written yet at this level */
};

/* KEY is NULL at the top and inside arrays. Numbers are written so that they read back equal;
 * NaN and infinity become null. */
void json_start(struct json_writer *j, FILE *f, bool pretty);
void json_object(struct json_writer *j, const char *key);
void json_array(struct json_writer *j, const char *key);
void json_close_object(struct json_writer *j);          /* at the top level also writes a newline */
void json_close_array(struct json_writer *j);
/* invalid UTF-8 becomes U+FFFD */
void json_text(struct json_writer *j, const char *key, const char *value);
void json_int(struct json_writer *j, const char *key, int64_t value);
void json_seed(struct json_writer *j, const char *key, uint64_t value);
/* %.17g, shortest that reads back */
void json_number(struct json_writer *j, const char *key, double value);
/* shortest for a float */
void json_float(struct json_writer *j, const char *key, float value);
/* Nested lists, RANK of them; returns what follows the values. */
const float *json_tensor(struct json_writer *j, const char *key, int rank, const size_t *shape,
                         const float *values);
void json_bool(struct json_writer *j, const char *key, bool value);
void json_null(struct json_writer *j, const char *key);
struct json;
/* a value that was read */
void json_value(struct json_writer *j, const char *key, const struct json *value);

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_TENSOR,                    /* of json_parse_tensors alone */
};

enum { JSON_RANK_MAX = 8 };

struct json {
	enum json_type type;
	bool boolean;
	/* the number was written without point or exponent and fits */
	bool integer;
	double number;
	int64_t whole;                  /* its value if integer */
	/* JSON_TEXT: UTF-8; a NUL inside is refused. JSON_NUMBER: the digits of a whole number that
	 * does not fit, which json_value writes back; else NULL */
	char *text;
	char *key;                      /* name of this member, NULL outside objects */
	struct json *items;             /* JSON_ARRAY, JSON_OBJECT: COUNT of them, in order */
	size_t count;
	/* JSON_TENSOR: RANK dimensions, none of them 0, and their product of floats, row by row */
	int rank;
	size_t shape[JSON_RANK_MAX];
	float *values;
};

/* Returns the value, which json_free frees, or NULL with E set ("at byte 17: ..."). */
struct json *json_parse(const char *text, size_t size, struct err *e);
/*
 * The same for text that other programs wrote: a byte order mark at the start is passed over; NaN,
 * Infinity and -Infinity, which Python's json writes, are read as null.
 */
struct json *json_parse_foreign(const char *text, size_t size, struct err *e);
/*
 * The same for what strangers send: arrays of numbers, and arrays of such arrays of one shape,
 * become JSON_TENSORs, 4 bytes a number, each the float that is nearest; beyond float's range
 * infinity. Ragged ones stay arrays. More than JSON_VALUES_MAX values besides are refused.
 */
enum { JSON_VALUES_MAX = 100000 };
struct json *json_parse_tensors(const char *text, size_t size, struct err *e);
void json_free(struct json *v);
/* TO, which keeps its key, becomes what FROM is, which is freed. */
void json_move(struct json *to, struct json *from);

/* V on one line, as json_value writes it, in new memory. */
char *json_line(const struct json *v);

/* Member KEY of object V, or NULL (also if V is NULL or no object). */
const struct json *json_get(const struct json *v, const char *key);
