#pragma once
/* What the service answers: a status, a type, a body; written as CGI has it, for SCGI too. */
#include <stdio.h>

struct answer {
	int status;                     /* of HTTP; 200 at first */
	const char *type;               /* content type, a constant */
	char *headers;                  /* further ones, "NAME: VALUE\r\n" each; or NULL */
	char *body;                     /* SIZE bytes */
	size_t size;
};

/* JSON, status 200, no body yet. */
void answer_init(struct answer *a);
void answer_release(struct answer *a);

/* The body is what is written to the stream until answer_end; an earlier body goes away. */
FILE *answer_begin(struct answer *a);
void answer_end(struct answer *a, FILE *f);

/* Adds a header. Control characters in VALUE become blanks. */
void answer_header(struct answer *a, const char *name, const char *value);

/*
 * {"error": "..."} on one line, in place of an earlier body; headers stay. The form of TensorFlow
 * Serving and of the Open Inference Protocol alike.
 */
void answer_error(struct answer *a, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Status line, headers, empty line, body; of an answer to HEAD all but the body, of 304 neither
 * body nor its type and size. Errors stay in the stream. The statuses are those of RFC 9110 that
 * answer.c names.
 */
void answer_write(const struct answer *a, FILE *f, int with_body);
