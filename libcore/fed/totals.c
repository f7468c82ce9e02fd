/* Exact sums of blocks; see totals.h. */
#include "fed/totals.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "fed/clip.h"
#include "fed/sums.h"

enum { TYPICAL_TERMS = 2 };             /* doubles of a sum, each worth two floats */

int totals_files(const struct partials *in)
{
	return in ? in->count * TYPICAL_TERMS * 2 : 0;
}

/* ---- life ---- */

/* What each model counts, and what is left for the previous one: of all, as it is added last. */
static int weigh(struct totals *t, const struct clients *c, struct err *e)
{
	double part = 0;

	for (int i = 0; i < t->models; i++) {
		const struct client *one = &c->client[c->order[i]];

		t->n[i] = one->weight;
		t->part[i] = one->weight * one->scale;
		t->total += t->n[i];
		part += t->part[i];
	}
	for (int i = 0; t->in && i < t->in->count; i++) {
		t->total += t->in->partial[i].sums.weight;
		part += t->in->partial[i].sums.part;
	}
	t->part[t->models] = t->out ? 0 : t->total - part;
	if (t->total <= clip_most_weight)
		return 0;
	return err_set(e, "the weights add up to %.0f, expected at most %.0f for partial sums",
	               t->total, clip_most_weight);
}

int totals_init(struct totals *t, const struct partials *in, struct partial_writer *out,
                const struct clients *c, const struct partial_sums *way, size_t block,
                size_t piece, int threads, struct err *e)
{
	size_t count = (size_t)c->count, dense = (size_t)c->net.dense, files = (size_t)in->count;

	*t = (struct totals){ .in = in, .out = out, .models = c->count, .piece = piece };
	t->block = block > dense ? block : dense;
	t->n = xcalloc(count + 1, sizeof *t->n);
	t->part = xcalloc(count + 1, sizeof *t->part);
	t->term = xcalloc(files * EXACT_TERMS, sizeof *t->term);
	t->view = xcalloc((size_t)threads * files * EXACT_TERMS, sizeof *t->view);
	t->failed = xcalloc(files, sizeof *t->failed);
	t->error = xcalloc(files, sizeof *t->error);
	t->used = xcalloc((t->block + piece - 1) / piece, sizeof *t->used);
	for (int j = 0; out && j < EXACT_TERMS; j++)
		t->to[j] = xcalloc(t->block, sizeof *t->to[j]);
	if (way->pool)
		t->pooled = xcalloc(dense, sizeof *t->pooled);
	return weigh(t, c, e);
}

void totals_release(struct totals *t)
{
	free(t->n);
	free(t->part);
	free(t->term);
	free(t->view);
	free(t->failed);
	free(t->error);
	free(t->used);
	for (int j = 0; j < EXACT_TERMS; j++)
		free(t->to[j]);
	free(t->pooled);
	*t = (struct totals){0};
}

/* ---- a block ---- */

struct fetching {
	struct totals *t;
	size_t at, size;
};

static void fetch(void *arg, size_t i, int worker)
{
	struct fetching *f = arg;
	struct partial *p = &f->t->in->partial[i];
	struct err *e = &f->t->error[i];

	(void)worker;
	f->t->failed[i] = (f->at == 0 && partial_array(p, f->t->k, e) < 0) ||
	                  partial_next(p, f->size, e) < 0;
}

int totals_begin(struct totals *t, int k, size_t at, size_t size, struct threads *pool,
                 struct err *e)
{
	struct fetching f = { t, at, size };

	t->k = k;
	t->terms = 0;
	threads_run(pool, (size_t)t->in->count, fetch, &f);
	for (int i = 0; i < t->in->count; i++) {
		const struct partial *p = &t->in->partial[i];

		if (t->failed[i]) {
			*e = t->error[i];
			return err_in(e, infile_name(t->in->path[i]));
		}
		for (int j = 0; j < p->terms[k]; j++)
			t->term[t->terms++] = p->block[j];
	}
	return 0;
}

bool totals_piece(struct totals *t, size_t i, size_t count, const float_any *const *x, float *y,
                  int worker)
{
	bool statistic = net_is_statistic(t->k);
	const double_any **term = t->view + (size_t)worker * (size_t)t->in->count * EXACT_TERMS;
	const double *n = statistic ? t->n : t->part;
	struct sums s = { .models = t->models, .n = n, .x = x, .terms = t->terms, .term = term };
	double *to[EXACT_TERMS];

	/* The previous model takes part where something is left. */
	if (!statistic && n[t->models] != 0)
		s.models++;
	for (int j = 0; j < t->terms; j++)
		term[j] = t->term[j] + i * t->piece;
	if (!t->out)
		return (t->pooled && t->k == BN_VAR) || sums_mean(&s, t->total, count, y);
	for (int j = 0; j < EXACT_TERMS; j++)
		to[j] = t->to[j] + i * t->piece;
	return sums_terms(&s, count, to, &t->used[i]);
}

static void fill(double *to, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = -0.0;
}

static int put(struct totals *t, size_t size, struct err *e)
{
	int most = 0;
	size_t pieces = (size + t->piece - 1) / t->piece;

	for (size_t i = 0; i < pieces; i++)
		most = t->used[i] > most ? t->used[i] : most;
	for (size_t i = 0; i < pieces; i++) {
		size_t at = i * t->piece, left = size - at;

		for (int j = t->used[i]; j < most; j++)
			fill(t->to[j] + at, left < t->piece ? left : t->piece);
	}
	return partial_writer_put(t->out, t->k, t->to, most, size, e);
}

/* What the partial sums know of the means is needed again when the variances come. */
static void keep_means(struct totals *t, size_t size)
{
	double weight = t->total;

	for (int k = 0; k < t->models; k++)
		weight -= t->n[k];
	for (size_t i = 0; i < size; i++) {
		exact_add(&t->pooled[i].n, weight);
		for (int j = 0; j < t->terms; j++)
			exact_add(&t->pooled[i].mean, t->term[j][i]);
	}
}

int totals_end(struct totals *t, size_t size, struct err *e)
{
	if (t->pooled && t->k == BN_MEAN)
		keep_means(t, size);
	if (!t->out || (t->pooled && t->k == BN_VAR))
		return 0;
	return put(t, size, e);
}

/* ---- pooled statistics ---- */

/* Returns the number of terms; the others of T->to are -0. */
static int take_square(struct totals *t, const struct exact *square, size_t i)
{
	double term[EXACT_TERMS];
	int terms = exact_terms(square, term);

	for (int j = 0; j < EXACT_TERMS; j++)
		t->to[j][i] = j < terms ? term[j] : -0.0;
	return terms;
}

int totals_pool(struct totals *t, const float_any *const *mean, const float_any *const *var,
                size_t count, float *y, struct err *e)
{
	int most = 1;

	for (size_t i = 0; i < count; i++) {
		struct pooled *p = &t->pooled[i];
		int terms = 0;

		for (int k = 0; k < t->models; k++)
			pooled_add(p, t->n[k], (double)mean[k][i], (double)var[k][i]);
		for (int j = 0; j < t->terms; j++)
			exact_add(&p->square, t->term[j][i]);
		if (t->out)
			terms = take_square(t, &p->square, i);
		else
			y[i] = pooled_variance(p);
		most = terms > most ? terms : most;
	}
	return t->out ? partial_writer_put(t->out, t->k, t->to, most, count, e) : 0;
}
