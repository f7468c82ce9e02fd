#pragma once
/*
 * A web request as the web server hands it over: CGI's variables (RFC 3875), and the body. HTTP
 * itself, its framing and its headers, was the web server's work.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct request_variable {
	const char *name, *value;
};

struct request {
	const struct request_variable *variable;        /* COUNT of them */
	size_t count;
	const uint8_t *body;            /* SIZE bytes */
	size_t size;
};

/* The value of the variable NAME, such as "CONTENT_TYPE"; "" where there is none. */
const char *request_get(const struct request *r, const char *name);

/*
 * The path below the place where the service is mounted, decoded: PATH_INFO; where a server does
 * not tell that, DOCUMENT_URI, then SCRIPT_NAME. "/" where all are empty.
 */
const char *request_path(const struct request *r);

/*
 * The value of FIELD ("top") in QUERY_STRING, decoded, in new memory; NULL where it is not there.
 * Of a field that stands there twice the first.
 */
char *request_field(const struct request *r, const char *field);

/*
 * Bytes of the body by CONTENT_LENGTH, at most LIMIT; none where it is empty. -1 with E set: no
 * number, or more.
 */
int64_t request_length(const char *content_length, size_t limit, struct err *e);
