#pragma once
/*
 * SCGI: a request as one netstring of CGI's variables, then the body.
 *   70:CONTENT_LENGTH 0 27 0 SCGI 0 1 0 REQUEST_METHOD 0 POST 0 ... 0 ,BODY
 * https://python.ca/scgi/protocol.txt. CONTENT_LENGTH comes first, SCGI is 1; a name comes once.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "serve/request.h"

enum {
	SCGI_HEADER_BYTES = 64 * 1024,  /* more variables than that nobody sends */
	SCGI_VARIABLES = 1024,
};

/* What has arrived of a request, and what of it is known. */
struct scgi {
	struct request_variable *variable;
	size_t count;
	size_t start;                   /* of the first variable; 0: not known yet */
	size_t head;                    /* bytes before the body, known with START */
	size_t whole;                   /* bytes of the request; 0: not all of HEAD has arrived */
	bool too_large;
};

/*
 * Looks at the SIZE bytes at DATA, all that have arrived so far. BODY_LIMIT: bytes of body that are
 * taken. Returns 1: the request is whole, 0: more must come, -1 with E set: never will it be one.
 * May be called again with more bytes, at another address too: what is known stays, nothing is
 * looked at twice. S is zero at first. Bytes behind the request are passed over.
 */
int scgi_read(struct scgi *s, const uint8_t *data, size_t size, size_t body_limit, struct err *e);

/*
 * The request in DATA, the bytes of a scgi_read that returned 1, at another address or not; lives
 * as long as both.
 */
void scgi_request(struct request *r, struct scgi *s, const uint8_t *data);

/* Did the last scgi_read fail because the body is larger than BODY_LIMIT (413), or else (400)? */
bool scgi_too_large(const struct scgi *s);

void scgi_release(struct scgi *s);
