/* Models in blocks; see model_stream.h. */
#include "model/model_stream.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/quant.h"
#include "model/values.h"

static bool holds_steps(const struct model_stream *s, int k)
{
	return model_file_part(&s->file, k) == MODEL_FILE_STEPS;
}

/* ---- opening ---- */

static int check_parent(struct model_stream *s, const struct model *parent, const char *from,
                        struct err *e)
{
	const char *told = facts_text(json_get(s->file.facts, "delta"), "from");

	if (!parent)
		return err_set(e, "holds differences from a parent, which is not given");
	if (!net_equal(&parent->net, &s->file.net))
		return err_set(e, "holds differences from a parent with another network");
	if (!told || strcmp(told, from) != 0)
		return err_set(e, "holds differences from the parent %s, not from %s",
		               told ? told : "(not named)", from);
	s->parent = parent->w;
	return 0;
}

static int check_file(struct model_stream *s, const struct model *parent, const char *from,
                      struct err *e)
{
	const char *weights = facts_text(s->file.facts, "weights");

	if (s->file.delta && check_parent(s, parent, from, e) < 0)
		return -1;
	if (weights && strlen(weights) == SHA256_HEX - 1)
		memcpy(s->digest, weights, SHA256_HEX);
	return 0;
}

/* After the file was opened, with RESULT. */
static int begin(struct model_stream *s, int result, const char *path, const struct model *parent,
                 const char *from, struct err *e)
{
	if (result < 0)
		return -1;
	if (check_file(s, parent, from, e) == 0)
		return 0;
	model_stream_close(s);
	return err_in(e, infile_name(path));
}

int model_stream_open(struct model_stream *s, const char *path, const struct net *net,
                      const struct model *parent, const char *from, struct err *e)
{
	*s = (struct model_stream){ .k = NET_ARRAYS };
	return begin(s, model_file_open(&s->file, path, net, e), path, parent, from, e);
}

int model_stream_take(struct model_stream *s, struct infile *opened, const char *path,
                      const struct net *net, const struct model *parent, const char *from,
                      struct err *e)
{
	*s = (struct model_stream){ .k = NET_ARRAYS };
	return begin(s, model_file_take(&s->file, opened, path, net, e), path, parent, from, e);
}

static void end_array(struct model_stream *s)
{
	npz_stream_free(s->stream);
	npy_release(&s->scale);
	free(s->whole);
	crc32_blocks_release(&s->sum);
	s->stream = NULL;
	s->whole = NULL;
	s->k = NET_ARRAYS;
}

void model_stream_by_calls(struct model_stream *s, const char *path)
{
	npz_read_by_calls(s->file.archive, path);
	s->by_calls = true;
}

void model_stream_close(struct model_stream *s)
{
	end_array(s);
	free(s->buffer);
	model_file_close(&s->file);
	*s = (struct model_stream){ .k = NET_ARRAYS };
}

/* ---- one array ---- */

/* An array in Fortran order has to be turned as a whole. */
static int read_whole(struct model_stream *s, const char *name, struct err *e)
{
	struct npy a = {0};
	int result = -1;

	npz_stream_free(s->stream);
	s->stream = NULL;
	if (npz_read(s->file.archive, name, &a, npz_limit(s->count), 0, e) < 0)
		return -1;
	s->whole = mem_try(s->count, sizeof *s->whole, e);
	if (s->whole)
		result = npy_to_f4(&a, s->whole, e);
	npy_release(&a);
	return result;
}

static size_t columns(const struct model_stream *s)
{
	return s->header.shape[s->header.dims - 1];
}

/* The scales of the rows of array K: finite, and none below 0. */
static int read_scale(struct model_stream *s, int k, struct err *e)
{
	char name[MODEL_FILE_NAME];
	size_t rows = s->count / columns(s);
	const float *scale;

	model_file_name(name, k, MODEL_FILE_SCALE);
	if (npz_read(s->file.archive, name, &s->scale, npz_limit(rows), 0, e) < 0)
		return err_in(e, name);
	if (!npy_is_f4(&s->scale) || npy_count(&s->scale) != rows)
		return err_set(e, "does not have one scale for each of its %zu rows", rows);
	scale = s->scale.data;
	for (size_t i = 0; i < rows; i++)
		if (!(scale[i] >= 0 && isfinite(scale[i])))
			return err_set(e, "the scale of row %zu is %g", i, scale[i]);
	return 0;
}

static int open_array(struct model_stream *s, int k, struct err *e)
{
	char name[MODEL_FILE_NAME];

	model_file_name(name, k, model_file_part(&s->file, k));
	s->stream = npz_stream_open(s->file.archive, name, &s->header, e);
	if (!s->stream)
		return model_file_in_array(e, k);
	if (s->by_calls)
		npz_drop_pages(s->file.archive);        /* of the header */
	if (model_file_check_shape(&s->file, k, &s->header, e) < 0)
		return -1;
	s->k = k;
	s->at = 0;
	s->count = net_count(&s->file.net, (enum net_array)k);
	if (holds_steps(s, k) && read_scale(s, k, e) < 0)
		return model_file_in_array(e, k);
	if (s->header.fortran && s->header.dims > 1 && read_whole(s, name, e) < 0)
		return model_file_in_array(e, k);
	return 0;
}

int model_stream_array(struct model_stream *s, int k, struct err *e)
{
	assert(s->k == NET_ARRAYS || s->at == s->count);
	end_array(s);
	return open_array(s, k, e);
}

/* ---- its numbers ---- */

static int grow(struct model_stream *s, size_t count, struct err *e)
{
	if (count <= s->room)
		return 0;
	free(s->buffer);
	s->room = 0;
	s->buffer = mem_try(count, sizeof *s->buffer, e);
	if (!s->buffer)
		return -1;
	s->room = count;
	return 0;
}

/* Parent and steps, row by row; the block may begin and end within one. */
static void restore(struct model_stream *s, const int8_t *q, size_t count)
{
	const float *p = s->parent[s->k] + s->at, *scale = s->scale.data;
	size_t width = columns(s);

	for (size_t i = 0; i < count;) {
		size_t row = (s->at + i) / width, n = (row + 1) * width - (s->at + i);

		n = n < count - i ? n : count - i;
		quant_restore(s->buffer + i, q + i, p + i, scale[row], n);
		i += n;
	}
}

/* Numbers of another type than '<f4'. */
static int convert(struct model_stream *s, const void *raw, size_t count, struct err *e)
{
	struct npy a = s->header;

	a.dims = 1;
	a.shape[0] = count;
	a.fortran = false;
	a.data = raw;
	a.size_bytes = count * (size_t)a.item_bytes;
	return npy_to_f4(&a, s->buffer, e);
}

/* True if the numbers are used as the stream hands them out, which sees to their checksum. */
static bool is_plain(const struct model_stream *s)
{
	struct npy plain = s->header;

	plain.fortran = false;          /* of one dimension both orders are the same */
	return !s->whole && npy_is_f4(&plain) && !holds_steps(s, s->k);
}

bool model_stream_is_lent(const struct model_stream *s)
{
	return is_plain(s) && npz_stream_is_lent(s->stream);
}

/* Numbers that are not plain, from what the stream has checked. */
static const float *make_block(struct model_stream *s, size_t count, struct err *e)
{
	const void *raw;

	if (s->whole)
		return s->whole + s->at;
	raw = npz_stream_next(s->stream, count * (size_t)s->header.item_bytes, e);
	if (!raw || grow(s, count, e) < 0)
		return NULL;
	if (holds_steps(s, s->k))
		restore(s, raw, count);
	else if (convert(s, raw, count, e) < 0)
		return NULL;
	return s->buffer;
}

const float_any *model_stream_begin(struct model_stream *s, size_t count, size_t piece,
                                    struct err *e)
{
	size_t size = count * sizeof *s->block, piece_size = piece * sizeof *s->block;

	assert(s->k < NET_ARRAYS && count <= s->count - s->at);
	if (is_plain(s))
		s->block = npz_stream_begin(s->stream, size, piece_size, e);
	else
		s->block = make_block(s, count, e);
	if (!s->block) {
		model_file_in_array(e, s->k);
		return NULL;
	}
	if (!is_plain(s))
		crc32_blocks_begin(&s->sum, s->block, size, piece_size);
	s->size = count;
	return s->block;
}

void model_stream_check(struct model_stream *s, size_t i)
{
	if (is_plain(s))
		npz_stream_check(s->stream, i);
	else
		crc32_blocks_take(&s->sum, i);
}

/* After the last array the numbers have a name. */
static void name_numbers(struct model_stream *s)
{
	digest_mark(&s->file.net, s->data_crc, s->mark);
	if (!s->digest[0])
		memcpy(s->digest, s->mark, sizeof s->digest);
}

static int end_block(struct model_stream *s, struct err *e)
{
	bool plain = is_plain(s);

	if (plain && npz_stream_end(s->stream, e) < 0)
		return -1;
	if (!plain)
		crc32_blocks_end(&s->sum);
	if (values_check_variance(s->k, s->block, s->at, s->size, e) < 0)
		return -1;
	s->at += s->size;
	if (s->at < s->count)
		return 0;
	s->data_crc[s->k] = plain ? npz_stream_crc(s->stream) : s->sum.crc;
	if (s->k == NET_ARRAYS - 1)
		name_numbers(s);
	return 0;
}

int model_stream_end(struct model_stream *s, struct err *e)
{
	return end_block(s, e) < 0 ? model_file_in_array(e, s->k) : 0;
}

int model_stream_each(struct model_stream *s, int k, size_t block,
                      int (*use)(void *arg, const float_any *x, size_t at, size_t count,
                                 struct err *e),
                      void *arg, struct err *e)
{
	if (model_stream_array(s, k, e) < 0)
		return -1;
	for (size_t at = 0, n; at < s->count; at += n) {
		const float_any *x;

		n = s->count - at < block ? s->count - at : block;
		x = model_stream_begin(s, n, n, e);
		if (!x || model_stream_end(s, e) < 0 || use(arg, x, at, n, e) < 0)
			return -1;
	}
	return 0;
}
