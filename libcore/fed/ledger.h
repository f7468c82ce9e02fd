#pragma once
/*
 * The record of a federation, aml-ledger(5): a text file to which each round appends one line, a
 * JSON object, that holds the SHA-256 of the line before. Rounds are counted from 1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"

/* Stands for the line before the first. */
extern const char ledger_origin[SHA256_HEX];

struct ledger_input {
	const char *site;
	const char *digest;             /* of its numbers: digest.h */
	const char *sha256;             /* of its file */
	int64_t examples;               /* -1: not known */
	double weight;
	bool measured;                  /* there are: */
	double norm, cosine;            /* aggregate.h */
	double scale;                   /* clip.h; 1 where the line does not tell */
	bool is_signed;
};

/* Texts live as long as the ledger. */
struct ledger_line {
	char hash[SHA256_HEX];          /* of its bytes and its newline */
	char *fault;                    /* why it is none, and nothing below is set; or NULL */
	struct json *json;
	int64_t round;
	const char *before;             /* hash of the line before */
	const char *parent;             /* digest of the model that was sent out; NULL: not known */
	const char *result;             /* of the model that was made */
	const char *rule, *weighing, *bn;
	const char *clip;               /* "auto" or "norm"; NULL: updates were not clipped */
	double clip_norm;
	const char *server_opt;         /* NULL: none */
	struct ledger_input *input;     /* INPUTS of them, by site in byte order */
	int inputs;
	const struct json *missing;     /* array of texts */
};

struct ledger {
	struct ledger_line *line;       /* COUNT of them, each of which ends in a newline */
	size_t count;
	bool exists;                    /* there is a file */
	char *last;                     /* text of the last line; NULL: there is none */
	size_t whole;                   /* bytes of the lines */
	char *torn;                     /* TORN_SIZE bytes after them: a line that was cut off */
	size_t torn_size;
};

/*
 * Reads PATH; a file that is missing has no lines. Lines that are none have a fault. Returns 0, or
 * -1 with E set, PATH named: it cannot be read, or is no regular file.
 */
int ledger_load(struct ledger *l, const char *path, struct err *e);
void ledger_release(struct ledger *l);

/* The line of HASH, or -1. */
long ledger_find(const struct ledger *l, const char *hash);

/*
 * Checks the chain of all lines: calls REPORT(ARG, E), unless NULL, for each fault, "line 7: ...",
 * PATH in front. Returns how many. A torn line at the end is one.
 */
int ledger_check(const struct ledger *l, const char *path,
                 void (*report)(void *arg, const struct err *e), void *arg);

/*
 * Appends the line TEXT, with its newline, by one write, and waits until it is on disk. A torn line
 * that TEXT begins with, zeros taken for what never reached the disk, is what an earlier try left,
 * and is replaced. Returns 0, or -1 with E set, PATH named, and the file as it was: another torn
 * line, or the file changed since it was loaded.
 */
int ledger_append(const struct ledger *l, const char *path, const char *text, struct err *e);

/* SHA-256 of the line TEXT and its newline. */
void ledger_hash(const char *text, size_t size, char hash[SHA256_HEX]);
