/* Ids: arrays of text, or of objects that are str (left to pickle.c); see npy_ids.h. */
#include "format/npy_ids.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "format/npy.h"
#include "format/pickle.h"

enum { IDS_LIMIT = 1 << 30 };           /* bytes of a file: 30 million ids of 8 characters */

static void put_characters(uint32_t *to, const char *id)
{
	const uint8_t *p = (const uint8_t *)id, *end = p + strlen(id);
	uint32_t c;

	while (p < end) {
		p += utf8_decode(&c, p, end);
		*to++ = htole32(c);
	}
}

int npy_ids_save(const char *path, char *const *ids, size_t n, struct err *e)
{
	char descr[24];
	long longest = 1;                       /* numpy has no '<U0' */
	uint32_t *data;
	int result;

	if (n == 0)
		return npy_save(path, "<f8", 1, &n, "", 0, true, e);
	for (size_t i = 0; i < n; i++) {
		long length = (long)utf8_count(ids[i]);

		if (!utf8_is_valid(ids[i]))
			return err_set(e, "%s: id '%s' is not UTF-8", path, ids[i]);
		longest = length > longest ? length : longest;
	}
	snprintf(descr, sizeof descr, "<U%ld", longest);
	data = xcalloc(n, (size_t)longest * sizeof *data);
	for (size_t i = 0; i < n; i++)
		put_characters(data + i * (size_t)longest, ids[i]);
	result = npy_save(path, descr, 1, &n, data, n * (size_t)longest * sizeof *data, true, e);
	free(data);
	return result;
}

static uint32_t character(const struct npy *a, size_t i, size_t k)
{
	uint32_t c;

	memcpy(&c, (const uint8_t *)a->data + i * (size_t)a->item_bytes + k * sizeof c, sizeof c);
	return a->big_endian ? be32toh(c) : le32toh(c);
}

/* Element I of '|S', which must be UTF-8, without the NULs that pad it. NULL with E set. */
static char *read_bytes(const struct npy *a, size_t i, struct err *e)
{
	const char *p = (const char *)a->data + i * (size_t)a->item_bytes;
	size_t size = (size_t)a->item_bytes;
	char *id;

	while (size > 0 && !p[size - 1])
		size--;
	id = xstrndup(p, size);
	if (strlen(id) == size && utf8_is_valid(id))
		return id;
	err_set(e, "id %zu holds %s", i,
	        strlen(id) < size ? "a NUL" : "bytes that are no UTF-8");
	free(id);
	return NULL;
}

/* Element I of '<U' as UTF-8, without the NULs that pad it. NULL with E set. */
static char *read_id(const struct npy *a, size_t i, struct err *e)
{
	size_t chars = (size_t)a->item_bytes / NPY_CHAR_BYTES, used = 0;
	char *id;

	while (chars > 0 && !character(a, i, chars - 1))
		chars--;
	id = xmalloc(chars * UTF8_MAX_BYTES + 1, 1);
	for (size_t k = 0; k < chars; k++) {
		uint32_t c = character(a, i, k);
		size_t length = c ? utf8_encode(id + used, c) : 0;

		if (!length) {
			err_set(e, "id %zu holds %s", i, c ? "what is no character" : "a NUL");
			free(id);
			return NULL;
		}
		used += length;
	}
	id[used] = '\0';
	return id;
}

static int read_ids(const struct npy *a, char ***ids, size_t *n, struct err *e)
{
	size_t count = npy_count(a);
	char **got = mem_try(count, sizeof *got, e);

	if (!got)
		return -1;
	for (size_t i = 0; i < count; i++) {
		got[i] = a->kind == 'S' ? read_bytes(a, i, e) : read_id(a, i, e);
		if (!got[i]) {
			npy_ids_free(got, i);
			return -1;
		}
	}
	*ids = got;
	*n = count;
	return 0;
}

static int parse_ids(char ***ids, size_t *n, const uint8_t *bytes, size_t size, struct err *e)
{
	struct npy a;
	char text[128], **got;
	size_t count;

	if (npy_parse_only(&a, bytes, size, e) < 0)
		return -1;
	if (a.dims != 1 || !(a.kind == 'U' || a.kind == 'S' || a.kind == 'O' || npy_count(&a) == 0))
		return err_set(e, "holds %s, expected a list of ids",
		               npy_describe(&a, text, sizeof text));
	if (a.kind != 'O')
		return read_ids(&a, ids, n, e);
	if (pickle_read_list(&got, &count, a.data, a.size_bytes, e) < 0)
		return -1;
	if (count != a.shape[0]) {
		npy_ids_free(got, count);
		return err_set(e, "holds %zu ids, the header says %zu", count, a.shape[0]);
	}
	*ids = got;
	*n = count;
	return 0;
}

int npy_ids_load(const char *path, char ***ids, size_t *n, struct err *e)
{
	struct infile f;
	int result;

	if (infile_open(&f, path, IDS_LIMIT, e) < 0)
		return -1;
	result = parse_ids(ids, n, f.data, f.size, e);
	infile_release(&f);
	return result < 0 ? err_in(e, path) : 0;
}

void npy_ids_free(char **ids, size_t n)
{
	pickle_free_list(ids, n);
}
