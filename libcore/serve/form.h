#pragma once
/*
 * Files that a browser's form uploads: multipart/form-data (RFC 7578), as browsers, curl -F and
 * Python's requests write it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { FORM_PARTS = 1024 };

struct form_part {
	char *name;                     /* of the field */
	char *file;                     /* the file's name as the client told it; NULL: no file */
	const uint8_t *data;            /* SIZE bytes within the body */
	size_t size;
};

struct form {
	struct form_part *part;         /* COUNT of them, in order */
	size_t count;
};

/* Is a body of this CONTENT_TYPE one? */
bool form_is(const char *content_type);

/*
 * Takes BODY apart, which must outlive F. Returns 0, or -1 with E set: no boundary, no part, a part
 * without end or name, more than FORM_PARTS.
 */
int form_parse(struct form *f, const char *content_type, const uint8_t *body, size_t size,
               struct err *e);
void form_release(struct form *f);
