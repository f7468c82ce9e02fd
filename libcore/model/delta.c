/* Models as quantised differences; see delta.h. */
#include "model/delta.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model_file.h"
#include "model/parents.h"
#include "model/model_stream.h"
#include "model/quant.h"
#include "model/values.h"

/* ---- writing ---- */

struct steps {
	int8_t *q;                      /* the array's shape */
	float *scale;                   /* one a row */
	size_t rows, width;
};

static void steps_release(struct steps *s)
{
	free(s->q);
	free(s->scale);
}

/* Quantises array K and adds to SHA what will be read back. */
static struct steps quantise(const struct model *model, const struct model *parent, int k, int bits,
                             struct sha256 *sha)
{
	size_t shape[4], count = net_count(&model->net, (enum net_array)k);
	int dims = net_shape(&model->net, (enum net_array)k, shape);
	struct steps s = { .width = shape[dims - 1], .rows = count / shape[dims - 1] };
	float *back = xmalloc(s.width, sizeof *back);

	s.q = xmalloc(count, 1);
	s.scale = xmalloc(s.rows, sizeof *s.scale);
	for (size_t r = 0; r < s.rows; r++) {
		const float *y = model->w[k] + r * s.width, *p = parent->w[k] + r * s.width;

		s.scale[r] = quant_row(s.q + r * s.width, y, p, s.width, bits);
		quant_restore(back, s.q + r * s.width, p, s.scale[r], s.width);
		sha256_add(sha, back, s.width * sizeof *back);
	}
	free(back);
	return s;
}

static int add_steps(struct npz_writer *z, const struct net *net, int k, const struct steps *s,
                     struct err *e)
{
	size_t shape[4], count = net_count(net, (enum net_array)k);
	int dims = net_shape(net, (enum net_array)k, shape);
	char name[MODEL_FILE_NAME];

	model_file_name(name, k, MODEL_FILE_STEPS);
	if (npz_writer_add(z, name, "|i1", dims, shape, s->q, count, e) < 0)
		return -1;
	model_file_name(name, k, MODEL_FILE_SCALE);
	return npz_writer_add(z, name, "<f4", 1, &s->rows, s->scale, s->rows * sizeof *s->scale, e);
}

static int add_statistic(struct npz_writer *z, const struct model *model, int k, struct sha256 *sha,
                         struct err *e)
{
	size_t count = net_count(&model->net, (enum net_array)k);
	char name[MODEL_FILE_NAME];

	sha256_add(sha, model->w[k], count * sizeof *model->w[k]);
	model_file_name(name, k, MODEL_FILE_NUMBERS);
	return npz_writer_add(z, name, "<f4", 1, &count, model->w[k], count * sizeof(float), e);
}

/* All members; SHA becomes the digest of what they stand for. */
static int add_arrays(struct npz_writer *z, const struct model *model, const struct model *parent,
                      int bits, struct sha256 *sha, struct err *e)
{
	sha256_init(sha);
	for (int k = 0; k < NET_ARRAYS; k++) {
		int result;

		digest_add_shape(sha, &model->net, k);
		if (net_is_statistic(k)) {
			result = add_statistic(z, model, k, sha, e);
		} else {
			struct steps s = quantise(model, parent, k, bits, sha);

			result = add_steps(z, &model->net, k, &s, e);
			steps_release(&s);
		}
		if (result < 0)
			return -1;
	}
	return 0;
}

static bool is_own_fact(const char *key)
{
	static const char *const own[] = { "tool", "version", "weights", "parents", "delta" };

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (!strcmp(key, own[i]))
			return true;
	return false;
}

static char *write_facts(const struct model *model, const struct model *parent, int bits,
                         struct sha256 *sha)
{
	const struct json *parents = json_get(model->facts, "parents");
	char weights[SHA256_HEX], from[SHA256_HEX], of[SHA256_HEX];
	const char *one[] = { from };
	struct facts f;

	sha256_hex(sha, weights);
	digest_numbers(&parent->net, parent->w, from);
	digest_numbers(&model->net, model->w, of);
	facts_start(&f, "aml-delta");
	for (size_t i = 0; model->facts && i < model->facts->count; i++)
		if (!is_own_fact(model->facts->items[i].key))
			json_value(&f.j, model->facts->items[i].key, &model->facts->items[i]);
	json_text(&f.j, "weights", weights);
	if (parents && parents->count > 0)
		json_value(&f.j, "parents", parents);
	else
		facts_parents(&f, one, 1);
	json_object(&f.j, "delta");
	json_int(&f.j, "bits", bits);
	json_text(&f.j, "from", from);
	json_text(&f.j, "of", of);
	json_close_object(&f.j);
	return facts_end(&f);
}

int delta_save(const char *path, const struct model *model, const struct model *parent, int bits,
               struct err *e)
{
	struct outfile *o = outfile_open(path, e);
	struct npz_writer *z;
	struct sha256 sha;
	char *facts;
	int result;

	if (!o)
		return -1;
	z = npz_writer_new(outfile_stream(o), true);
	if (add_arrays(z, model, parent, bits, &sha, e) < 0) {
		npz_writer_free(z);
		outfile_abandon(o);
		return err_in(e, path);
	}
	facts = write_facts(model, parent, bits, &sha);
	result = parents_end_archive(z, facts, e);
	free(facts);
	if (result < 0) {
		outfile_abandon(o);
		return err_in(e, path);
	}
	return outfile_commit(o, true, e);
}

/* ---- reading ---- */

static int keep_block(void *array, const float_any *x, size_t at, size_t n, struct err *e)
{
	(void)e;
	memcpy((float *)array + at, x, n * sizeof *x);
	return 0;
}

static int load_array(struct model *m, struct model_stream *s, int k, struct err *e)
{
	size_t count = net_count(&s->file.net, (enum net_array)k);

	m->w[k] = m->owned[k] = mem_try(count, sizeof(float), e);
	if (!m->owned[k])
		return -1;
	return model_stream_each(s, k, MODEL_STREAM_BLOCK, keep_block, m->owned[k], e);
}

static int load_stream(struct model *m, struct model_stream *s, struct err *e)
{
	m->net = s->file.net;
	for (int k = 0; k < NET_ARRAYS; k++)
		if (load_array(m, s, k, e) < 0)
			return -1;
	if (values_check(&m->net, m->w, e) < 0)
		return -1;
	m->facts = s->file.facts;
	s->file.facts = NULL;
	return 0;
}

int delta_load(struct model *m, const char *path, const struct model *parent, struct err *e)
{
	struct model got = {0};
	struct model_stream s;
	char from[SHA256_HEX];
	int result;

	if (parent)
		digest_numbers(&parent->net, parent->w, from);
	if (model_stream_open(&s, path, parent ? &parent->net : NULL, parent, from, e) < 0)
		return -1;
	result = load_stream(&got, &s, e);
	model_stream_close(&s);
	if (result < 0) {
		model_release(&got);
		return err_in(e, path);
	}
	*m = got;
	return 0;
}
