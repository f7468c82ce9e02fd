#pragma once
/*
 * A web request as the web server hands it over: CGI's variables (RFC 3875), and the body. HTTP
 * itself, its framing and its headers, was the web server's work.
 */
#include <stdbool.h>
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

/* The value of the variable NAME, such as "CONTENT_TYPE", the first of that name; or "". */
const char *request_get(const struct request *r, const char *name);

/*
 * The path below the place where the service is mounted, as the server decoded it: PATH_INFO; where
 * a server does not tell that, DOCUMENT_URI, then, by SCGI, SCRIPT_NAME, which by CGI is the
 * program itself. "/" where all are empty. May hold whatever a client can write, ".." and line
 * ends too.
 */
const char *request_path(const struct request *r);

/*
 * The value of FIELD ("top") in QUERY_STRING, decoded, in new memory; NULL where it is not there,
 * "" without a value. Of a field that stands there twice the first. '+' is a blank; a '%' without
 * two hexadecimal digits stands for itself; %00 is passed over.
 */
char *request_field(const struct request *r, const char *field);

/* The byte that TEXT begins with an escape of, %XX; -1: with none. */
int request_escape(const char *text);

/*
 * Bytes of the body by CONTENT_LENGTH, at most LIMIT; none where it is empty. -1 with E set: no
 * number (400), or more (413), which request_length_is_number tells apart.
 */
int64_t request_length(const char *content_length, size_t limit, struct err *e);

/* Has it digits only, however many? */
bool request_length_is_number(const char *content_length);
