#pragma once
/*
 * Files that a browser's form uploads: multipart/form-data (RFC 7578), as browsers, curl -F and
 * Python's requests write it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	FORM_PARTS = 1024,
	FORM_HEAD_BYTES = 16 * 1024,    /* of the headers of a part */
};

/*
 * A field. FILE is the name that the client told of a file, some with its folders; "" where none
 * was chosen, NULL where the field is none for files.
 */
struct form_part {
	char *name, *file;
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
 * Takes BODY apart, which must outlive F. Returns 0, or -1 with E set and F empty: no boundary, no
 * part, a part without end or name, more than FORM_PARTS. Lines end with CR LF, as RFC 2046 has it;
 * a line of which the boundary is only a part is data. In names %22 and \" become a quote; of
 * control characters, they hold tabs only.
 */
int form_parse(struct form *f, const char *content_type, const uint8_t *body, size_t size,
               struct err *e);
void form_release(struct form *f);
