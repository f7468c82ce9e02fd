/* Text in pickles; see pickle_text.h. */
#include "format/pickle_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { CHARACTER_BYTES = 4 };           /* of numpy's str */

bool pickle_text_is(const struct pickle_value *v)
{
	return v->type == PICKLE_TEXT || v->type == PICKLE_BYTES ||
	       v->type == PICKLE_NUMPY_TEXT || v->type == PICKLE_NUMPY_BYTES;
}

bool pickle_text_is_bytes(const struct pickle_value *v)
{
	return v->type == PICKLE_BYTES || v->type == PICKLE_NUMPY_BYTES;
}

int64_t pickle_text_bytes(uint8_t *to, const struct pickle_value *v, struct err *e)
{
	const uint8_t *p = v->bytes, *end = p + v->count;
	uint8_t *start = to;

	if (!v->latin1) {
		memcpy(to, p, v->count);
		return v->count;
	}
	for (uint32_t c; p < end; *to++ = (uint8_t)c) {
		size_t length = utf8_decode(&c, p, end);

		if (!length || c > UINT8_MAX)
			return err_set(e, "bytes that are no Latin-1");
		p += length;
	}
	return to - start;
}

/* Is TEXT, of SIZE bytes, UTF-8 without NUL? */
static int check_utf8(const char *text, size_t size, struct err *e)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + size;

	while (p < end) {
		uint32_t c;
		size_t length = utf8_decode(&c, p, end);

		if (!length || !c)
			return err_set(e, "an id holds %s",
			               length ? "a NUL" : "bytes that are no UTF-8");
		p += length;
	}
	return 0;
}

/* SIZE bytes of numpy's str, 4 a character, as UTF-8 in new memory, *SIZE then its length. */
static char *from_characters(const uint8_t *p, size_t *size, bool big_endian, struct err *e)
{
	size_t count = *size / CHARACTER_BYTES, used = 0;
	bool good = *size % CHARACTER_BYTES == 0;
	char *text = xmalloc(count * UTF8_MAX_BYTES + 1, 1);

	for (size_t i = 0; good && i < count; i++, p += CHARACTER_BYTES) {
		uint32_t c = 0;
		size_t length;

		for (int k = 0; k < CHARACTER_BYTES; k++)
			c = c << 8 | p[big_endian ? k : CHARACTER_BYTES - 1 - k];
		length = utf8_encode(text + used, c);
		used += length;
		good = length > 0;
	}
	*size = used;
	if (good)
		return text;
	err_set(e, "an id holds what is no character");
	free(text);
	return NULL;
}

/* The bytes of V, *SIZE of them, in UTF-8 in new memory. NULL with E set. */
static char *decode(const struct pickle_value *v, size_t *size, struct err *e)
{
	char *bytes = xmalloc((size_t)v->count + 1, 1), *text = NULL;
	int64_t got = pickle_text_bytes((uint8_t *)bytes, v, e);

	*size = got < 0 ? 0 : (size_t)got;
	if (got >= 0 && v->type != PICKLE_NUMPY_TEXT)
		return bytes;
	if (got >= 0)
		text = from_characters((uint8_t *)bytes, size, v->order == '>', e);
	free(bytes);
	return text;
}

char *pickle_text_copy(const struct pickle_value *v, struct err *e)
{
	bool padded = v->type == PICKLE_NUMPY_TEXT || v->type == PICKLE_NUMPY_BYTES;
	size_t size;
	char *text = decode(v, &size, e);

	if (!text)
		return NULL;
	while (padded && size > 0 && !text[size - 1])
		size--;
	if (check_utf8(text, size, e) < 0) {
		free(text);
		return NULL;
	}
	text[size] = '\0';
	return text;
}
