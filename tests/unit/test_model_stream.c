/* Models in blocks: the numbers of model_load and one mark, whatever form the file has. */
#include "model/digest.h"
#include "model/model_stream.h"

#include "format/deflate.h"
#include "same_block.h"
#include "tap.h"

static const char *const STORED = "tests/data/forms/stored.npz";

/* The next COUNT numbers, every other piece checked. */
static const float_any *in_pieces(struct model_stream *s, size_t count, struct err *e)
{
	enum { PIECE = 3 };
	const float_any *x = model_stream_begin(s, count, PIECE, e);

	for (size_t i = 0; x && i * PIECE < count; i += 2)
		model_stream_check(s, i);
	return x && model_stream_end(s, e) == 0 ? x : NULL;
}

static int same_pieces(struct model_stream *s, int k, size_t block, const float *want,
                       struct err *e)
{
	size_t count = net_count(&s->file.net, (enum net_array)k);

	if (model_stream_array(s, k, e) < 0)
		return -1;
	for (size_t at = 0; at < count; at += block) {
		size_t n = count - at < block ? count - at : block;
		const float_any *x = in_pieces(s, n, e);

		if (!x || same_block((void *)want, x, at, n, e) < 0)
			return -1;
	}
	return 0;
}

/* Reads all arrays in blocks of BLOCK numbers; true if they are those of WANT. */
static bool same_numbers(struct model_stream *s, const struct model *want, size_t block,
                         bool pieces, struct err *e)
{
	int result = 0;

	for (int k = 0; k < NET_ARRAYS && result == 0; k++)
		result = pieces ? same_pieces(s, k, block, want->w[k], e)
		                : model_stream_each(s, k, block, same_block, (void *)want->w[k], e);
	return result == 0;
}

static void test_form(const struct model *want, const char *mark, const char *name)
{
	static const size_t blocks[] = { 1, 3, 7, 1000 };
	char path[256];

	snprintf(path, sizeof path, "tests/data/forms/%s.npz", name);
	for (size_t i = 0; i < 2 * (sizeof blocks / sizeof *blocks); i++) {
		size_t block = blocks[i / 2];
		struct model_stream s;
		struct err e = {0};
		bool good = model_stream_open(&s, path, &want->net, NULL, NULL, &e) == 0;

		good = good && !s.digest[0] && !s.mark[0] &&
		       same_numbers(&s, want, block, i % 2, &e);
		if (!ok(good, "%s, blocks of %zu%s", name, block,
		        i % 2 ? ", checked in pieces" : ""))
			printf("# %s\n", e.text);
		is_text(s.mark, mark, "its mark");
		is_text(s.digest, mark, "in the place of a digest");
		model_stream_close(&s);
	}
}

static void test_wrong(const struct model *m)
{
	struct model_stream s;
	struct err e = {0};
	struct net other;

	net_init(&other, 16, 4, m->net.filters, 6, 3, &e);
	ok(model_stream_open(&s, STORED, &other, NULL, NULL, &e) < 0, "for another network");
	is_text(e.text, "tests/data/forms/stored.npz: array 8 is 8 x 5 of <f4, expected "
	        "8 x 6 of <f4", "is told");
	ok(model_stream_open(&s, "missing.npz", NULL, NULL, NULL, &e) < 0, "no file");
	is_text(e.text, "missing.npz: No such file or directory", "is told");
	ok(model_stream_open(&s, STORED, NULL, NULL, NULL, &e) == 0 &&
	   net_equal(&s.file.net, &m->net), "the network of the file");
	model_stream_close(&s);
}

/* What was opened under a name goes on being read, whatever the name means by now. */
static void test_taken(const struct model *m)
{
	struct infile f;
	struct model_stream s;
	struct err e = {0};

	ok(infile_open(&f, STORED, SIZE_MAX, &e) == 0 &&
	   model_stream_take(&s, &f, "other.npz", NULL, NULL, NULL, &e) == 0 &&
	   same_numbers(&s, m, 1000, false, &e), "taken over %s", e.text);
	ok(!f.data, "and no longer the caller's");
	model_stream_close(&s);
	ok(infile_open(&f, "tests/unit/test_npz.c", SIZE_MAX, &e) == 0 &&
	   model_stream_take(&s, &f, "other.npz", NULL, NULL, NULL, &e) < 0 &&
	   !strncmp(e.text, "other.npz: ", 11), "the name is told: %s", e.text);
}

/* Converted numbers are not lent. */
static void test_lent(const char *name, bool lent)
{
	char path[256];
	struct model_stream s;
	struct err e;

	snprintf(path, sizeof path, "tests/data/forms/%s.npz", name);
	model_stream_open(&s, path, NULL, NULL, NULL, &e);
	model_stream_array(&s, 0, &e);
	is_int(model_stream_is_lent(&s), lent, name);
	model_stream_begin(&s, net_count(&s.file.net, CONV1_W), 1, &e);
	model_stream_end(&s, &e);
	model_stream_close(&s);
}

int main(void)
{
	static const char *const forms[] = { "stored", "f8", "fortran", "big" };
	struct model m;
	struct err e;
	char mark[SHA256_HEX];
	uint32_t crc[NET_ARRAYS];

	if (!ok(model_load(&m, STORED, 0, &e) == 0, "loaded whole"))
		return tap_end();
	for (int k = 0; k < NET_ARRAYS; k++)
		crc[k] = deflate_crc(0, m.w[k],
		                     net_count(&m.net, (enum net_array)k) * sizeof(float));
	digest_mark(&m.net, crc, mark);
	ok(strlen(mark) == SHA256_HEX - 1 && !strncmp(mark, "crc32:", 6), "its mark");
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		test_form(&m, mark, forms[i]);
	test_lent("stored", true);
	test_lent("f8", false);
	test_wrong(&m);
	test_taken(&m);
	model_release(&m);
	return tap_end();
}
