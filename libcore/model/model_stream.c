/* Models in blocks; see model_stream.h. */
#include "model/model_stream.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "nn/norm.h"
#include "model/delta.h"
#include "model/facts.h"
#include "model/quant.h"

enum { NAME_BYTES = 24 };               /* "15.scale" */

static int in_array(struct err *e, int k)
{
	char place[32];

	snprintf(place, sizeof place, "array %d", k);
	return err_in(e, place);
}

static bool holds_steps(const struct model_stream *s, int k)
{
	return s->delta && !net_is_statistic(k);
}

/* The member that holds the numbers of array K. */
static void member_name(const struct model_stream *s, int k, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, holds_steps(s, k) ? "%d.q" : "%d", k);
}

/* ---- opening ---- */

static int read_facts(struct model_stream *s, struct err *e)
{
	size_t size;
	const char *comment = npz_comment(s->archive, &size);

	if (!size || comment[0] != '{')
		return 0;                       /* another program's comment is none of ours */
	s->facts = json_parse(comment, size, e);
	return s->facts ? 0 : err_in(e, "archive comment");
}

static int check_members(struct model_stream *s, struct err *e)
{
	size_t want = s->delta ? 2 * NET_ARRAYS - 2 : NET_ARRAYS;

	if (npz_count(s->archive) != want)
		return err_set(e, "holds %zu arrays, expected %zu", npz_count(s->archive), want);
	for (int k = 0; k < NET_ARRAYS; k++) {
		struct npz_place place;
		char name[NAME_BYTES];

		member_name(s, k, name);
		if (npz_locate(s->archive, name, &place, e) < 0)
			return in_array(e, k);
		s->crc[k] = place.crc;
	}
	return 0;
}

static int check_parent(struct model_stream *s, const struct model *parent, const char *from,
                        struct err *e)
{
	const char *told = facts_text(json_get(s->facts, "delta"), "from");

	if (!parent)
		return err_set(e, "holds differences from a parent, which is not given");
	if (!net_equal(&parent->net, &s->net))
		return err_set(e, "holds differences, and the parent is another network");
	if (!told || strcmp(told, from) != 0)
		return err_set(e, "holds differences from the parent %s, not from %s",
		               told ? told : "(not named)", from);
	s->parent = parent->w;
	return 0;
}

static int check_shape(const struct model_stream *s, int k, const struct npy *a, struct err *e)
{
	struct npy want = { .kind = 'f', .item_bytes = sizeof(float) };
	char got_text[128], want_text[128];

	if (holds_steps(s, k))
		want = (struct npy){ .kind = 'i', .item_bytes = 1 };
	want.dims = net_shape(&s->net, (enum net_array)k, want.shape);
	if (a->dims == want.dims &&
	    !memcmp(a->shape, want.shape, (size_t)a->dims * sizeof *a->shape) &&
	    (!holds_steps(s, k) || (a->kind == 'i' && a->item_bytes == 1 && !a->fortran)))
		return 0;
	return err_set(e, "is %s, expected %s", npy_describe(a, got_text, sizeof got_text),
	               npy_describe(&want, want_text, sizeof want_text));
}

/* The network that the shapes of the members tell, all of them. */
static int find_net(struct model_stream *s, struct err *e)
{
	struct npy header[NET_ARRAYS] = {0};

	for (int k = 0; k < NET_ARRAYS; k++) {
		struct npz_stream *stream;
		char name[NAME_BYTES];

		member_name(s, k, name);
		stream = npz_stream_open(s->archive, name, &header[k], e);
		if (!stream)
			return in_array(e, k);
		npz_stream_free(stream);
	}
	if (model_sizes(&s->net, header, s->facts, e) < 0)
		return -1;
	for (int k = 0; k < NET_ARRAYS; k++)
		if (check_shape(s, k, &header[k], e) < 0)
			return in_array(e, k);
	return 0;
}

static int check_size(const struct model_stream *s, struct err *e)
{
	int64_t size = facts_int(s->facts, "size");

	if (size >= 0 && size != s->net.size)
		return err_set(e, "made for images of size %lld, expected %d", (long long)size,
		               s->net.size);
	return 0;
}

static int open_archive(struct model_stream *s, const struct net *net, const struct model *parent,
                        const char *from, struct err *e)
{
	const char *weights;

	s->delta = delta_is(s->archive);
	if (read_facts(s, e) < 0 || check_members(s, e) < 0)
		return -1;
	if (net)
		s->net = *net;
	else if (find_net(s, e) < 0)
		return -1;
	if (check_size(s, e) < 0 || (s->delta && check_parent(s, parent, from, e) < 0))
		return -1;
	weights = facts_text(s->facts, "weights");
	if (weights && strlen(weights) == SHA256_HEX - 1)
		memcpy(s->digest, weights, SHA256_HEX);
	return 0;
}

int model_stream_open(struct model_stream *s, const char *path, const struct net *net,
                      const struct model *parent, const char *from, struct err *e)
{
	*s = (struct model_stream){ .path = path, .k = NET_ARRAYS };
	s->archive = npz_open(path, e);
	if (!s->archive)
		return -1;
	if (open_archive(s, net, parent, from, e) == 0)
		return 0;
	model_stream_close(s);
	return err_in(e, infile_name(path));
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

void model_stream_close(struct model_stream *s)
{
	end_array(s);
	free(s->buffer);
	json_free(s->facts);
	npz_close(s->archive);
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
	if (npz_read(s->archive, name, &a, SIZE_MAX, 0, e) < 0)
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
	char name[NAME_BYTES];
	size_t rows = s->count / columns(s);
	const float *scale;

	snprintf(name, sizeof name, "%d.scale", k);
	if (npz_read(s->archive, name, &s->scale, SIZE_MAX, 0, e) < 0)
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
	char name[NAME_BYTES];

	member_name(s, k, name);
	s->stream = npz_stream_open(s->archive, name, &s->header, e);
	if (!s->stream || check_shape(s, k, &s->header, e) < 0)
		return -1;
	s->k = k;
	s->at = 0;
	s->count = net_count(&s->net, (enum net_array)k);
	if (holds_steps(s, k))
		return read_scale(s, k, e);
	if (s->header.fortran && s->header.dims > 1)
		return read_whole(s, name, e);
	return 0;
}

int model_stream_array(struct model_stream *s, int k, struct err *e)
{
	assert(s->k == NET_ARRAYS || s->at == s->count);
	end_array(s);
	return open_array(s, k, e) < 0 ? in_array(e, k) : 0;
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
		in_array(e, s->k);
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

static int check_variance(const struct model_stream *s, struct err *e)
{
	for (size_t i = 0; i < s->size && s->k == BN_VAR; i++)
		if (s->block[i] <= -NORM_EPSILON)
			return err_set(e, "entry %zu, a variance, is %g", s->at + i, s->block[i]);
	return 0;
}

/* After the last array the numbers have a name. */
static void name_numbers(struct model_stream *s)
{
	model_mark(&s->net, s->data_crc, s->mark);
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
	if (check_variance(s, e) < 0)
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
	return end_block(s, e) < 0 ? in_array(e, s->k) : 0;
}

const float_any *model_stream_next(struct model_stream *s, size_t count, struct err *e)
{
	const float_any *x = model_stream_begin(s, count, count, e);

	return x && model_stream_end(s, e) == 0 ? x : NULL;
}
