/*
 * Averaging in blocks; see aggregate.h. A block is averaged in pieces, a job for each, which
 * has the piece checked in all files and then finds it in its processor's cache.
 * Meanwhile one thread sees to the result of the block before: digest and output. Numbers that
 * cannot be used where they lie in the files are fetched first (a job for each file).
 */
#include "fed/aggregate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/progress.h"
#include "model/digest.h"
#include "model/model_file.h"
#include "fed/fedavg.h"
#include "fed/robust.h"
#include "fed/totals.h"

enum {
	BLOCK = 1 << 18,                /* numbers of one file, at most */
	BLOCKS = 1 << 24,               /* of all files; 64 MB, whatever their number */
	LEAST_BLOCK = 1 << 12,          /* below, each job takes less than to begin it */
	PIECES = 16,                    /* of a block, for threads to share; of ten files 640 KB */
	LANES = 8,                      /* sums side by side, so that they become vectors */
};

/* Of a client's model x, the previous one p, and the mean y, over one piece. */
struct sums {
	double update, with_mean, mean; /* |x-p|^2, (x-p)(y-p), |y-p|^2 */
};

struct run {
	struct aggregate *a;
	int count;                      /* clients */
	struct totals *totals;          /* with partial sums, instead of WEIGHTS; or NULL */
	struct fedavg_weights weights;
	/* with CLIP: of all arrays but the statistics; the previous model is the last */
	struct fedavg_weights clipped;
	size_t block, piece;            /* numbers of one file: at once, and of one job */
	/* the block: */
	int k;
	size_t at, size;
	const float_any **x;            /* [count] its numbers, by clients.order */
	struct err *error;              /* [count] */
	bool *failed;                   /* [count] */
	/* its pieces: */
	const float_any **view;         /* [threads][count + 1]; the last: the previous model */
	double *mean;                   /* [threads][piece] */
	struct sums *sums;              /* [pieces][count] */
	bool *bad;                      /* [pieces] not finite, or out of range */
	/* whole run: */
	struct sums *total;             /* [count] */
	float *statistics;              /* [count][dense] the means, kept for the variances */
	float *within;                  /* [count][dense] statistics that were clipped */
	struct sha256 sha;
	size_t ended;                   /* numbers of this array that are hashed and put out */
	bool out_failed;
	struct err out_error;
};

static struct client *client(const struct run *r, int i)
{
	return &r->a->clients->client[r->a->clients->order[i]];
}

static const char *client_name(const struct run *r, int i)
{
	const char *path = client(r, i)->path;

	return infile_name(path);
}

/* ---- fetching ---- */

static void fetch(void *arg, size_t i, int worker)
{
	struct run *r = arg;
	struct model_stream *s = &client(r, (int)i)->stream;

	(void)worker;
	if (r->at == 0 && model_stream_array(s, r->k, &r->error[i]) < 0) {
		r->failed[i] = true;
		return;
	}
	r->x[i] = model_stream_begin(s, r->size, r->piece, &r->error[i]);
	r->failed[i] = !r->x[i];
}

static void end_blocks(struct run *r)
{
	for (int i = 0; i < r->count; i++)
		r->failed[i] = model_stream_end(&client(r, i)->stream, &r->error[i]) < 0;
}

/* The error of the first file in the order of the command, as without threads. */
static int report_failed(const struct run *r, struct err *e)
{
	int first = -1;

	for (int i = 0; i < r->count; i++)
		if (r->failed[i] && (first < 0 || client(r, i) < client(r, first)))
			first = i;
	if (first < 0)
		return 0;
	*e = r->error[first];
	return err_in(e, client_name(r, first));
}

/* ---- putting out ---- */

/* Hashes and puts out what is finished of this array. */
static void end_numbers(struct run *r)
{
	const float *y = r->a->w.a[r->k];

	if (r->at == r->ended)
		return;
	if (r->a->sums)
		return;
	sha256_add(&r->sha, y + r->ended, (r->at - r->ended) * sizeof *y);
	if (r->a->out && !r->out_failed)
		r->out_failed = model_writer_put(r->a->out, r->k, y, r->at, &r->out_error) < 0;
	r->ended = r->at;
}

static int report_output(const struct run *r, struct err *e)
{
	if (!r->out_failed)
		return 0;
	*e = r->out_error;
	return -1;
}

/* ---- averaging a piece ---- */

static struct sums add_distances(const float_any *x, const float *p, const float *y, size_t n)
{
	double update[LANES] = {0}, with_mean[LANES] = {0}, mean[LANES] = {0};
	struct sums s = {0};

	for (size_t i = 0; i < n; i += LANES) {
		size_t lanes = n - i < LANES ? n - i : LANES;

		for (size_t j = 0; j < lanes; j++) {
			double u = (double)x[i + j] - p[i + j];
			double v = (double)y[i + j] - p[i + j];

			update[j] += u * u;
			with_mean[j] += u * v;
			mean[j] += v * v;
		}
	}
	for (int j = 0; j < LANES; j++) {
		s.update += update[j];
		s.with_mean += with_mean[j];
		s.mean += mean[j];
	}
	return s;
}

/* Does the previous model count as one more? */
static bool is_clipped(const struct run *r)
{
	return r->a->clip && !net_is_statistic(r->k);
}

/*
 * X: the clients', then the previous model's. MEAN: Y before it is rounded, as far as it is known;
 * or NULL.
 */
static bool combine(const struct run *r, const float_any *const *x, size_t n, float *y,
                    double *mean)
{
	const struct fedavg_weights *w = is_clipped(r) ? &r->clipped : &r->weights;

	if (r->a->method == AGGREGATE_MEAN)
		return fedavg_mean(w, x, n, y, mean);
	if (!robust_trimmed_mean(x, r->count, r->a->drop, n, y))
		return false;
	for (size_t i = 0; mean && i < n; i++)
		mean[i] = y[i];
	return true;
}

static void average(struct run *r, size_t piece, int worker)
{
	struct aggregate *a = r->a;
	size_t from = piece * r->piece, left = r->size - from;
	size_t n = left < r->piece ? left : r->piece;
	const float_any **x = r->view + (size_t)worker * ((size_t)r->count + 1);
	bool optimised = a->opt.rule != SERVEROPT_NONE;
	double *mean = optimised ? r->mean + (size_t)worker * r->piece : NULL;
	float *y = a->w.a[r->k] + r->at + from;
	const float *p = a->previous ? a->previous->w[r->k] + r->at + from : NULL;
	const float *low = p && a->previous->low[r->k]
	                           ? a->previous->low[r->k] + r->at + from
	                           : NULL;

	for (int i = 0; i < r->count; i++) {
		x[i] = r->x[i] + from;
		model_stream_check(&client(r, i)->stream, piece);
	}
	x[r->count] = p;
	r->bad[piece] = r->totals ? !totals_piece(r->totals, piece, n, x, y, worker)
	                          : !combine(r, x, n, y, mean);
	if (r->bad[piece] || !p || net_is_statistic(r->k))
		return;
	for (int i = 0; i < r->count; i++)
		r->sums[piece * (size_t)r->count + (size_t)i] =
			add_distances(x[i], p, r->a->sums ? p : y, n);
	if (optimised)
		r->bad[piece] = !serveropt_step(&a->opt, mean, p, low, a->m->a[r->k] + r->at + from,
		                                a->v->a[r->k] + r->at + from, y, n);
}

/* Job 0 takes longest, so it is first. */
static void do_job(void *arg, size_t job, int worker)
{
	struct run *r = arg;

	if (job == 0)
		end_numbers(r);
	else
		average(r, job - 1, worker);
}

/* The numbers of client C in this block. */
static const float_any *numbers_of(const struct run *r, const struct client *c)
{
	int i = 0;

	while (client(r, i) != c)
		i++;
	return r->x[i];
}

/* Which file brought NaN or infinity, and where. */
static int report_bad(const struct run *r, struct err *e)
{
	for (int i = 0; i < r->count; i++) {
		const struct client *c = &r->a->clients->client[i];
		const float_any *x = numbers_of(r, c);

		for (size_t j = 0; j < r->size; j++)
			if (!isfinite(x[j])) {
				err_set(e, "entry %zu is %g", r->at + j, x[j]);
				model_file_in_array(e, r->k);
				return err_in(e, infile_name(c->path));
			}
	}
	err_set(e, r->totals ? "the mean is outside the range of float32"
	                     : "the optimiser's step is outside the range of float32");
	return model_file_in_array(e, r->k);
}

/* Joins the pieces in their order, so that sums do not depend on the threads. */
static int join_pieces(struct run *r, size_t pieces, struct err *e)
{
	for (size_t p = 0; p < pieces; p++) {
		if (r->bad[p])
			return report_bad(r, e);
		for (int i = 0; i < r->count; i++) {
			const struct sums *s = &r->sums[p * (size_t)r->count + (size_t)i];

			r->total[i].update += s->update;
			r->total[i].with_mean += s->with_mean;
			r->total[i].mean += s->mean;
		}
	}
	memset(r->sums, 0, pieces * (size_t)r->count * sizeof *r->sums);
	return 0;
}

/* ---- batch norm's statistics ---- */

/* The means are one block; they are needed again when the variances come. */
static void keep_means(struct run *r)
{
	for (int i = 0; i < r->count; i++)
		memcpy(r->statistics + (size_t)i * r->size, r->x[i], r->size * sizeof(float));
}

static int pool_variances(struct run *r, struct err *e)
{
	const float_any **means = xmalloc((size_t)r->count, sizeof *means);
	float *y = r->a->w.a[BN_VAR];
	int result = 0;

	for (int i = 0; i < r->count; i++)
		means[i] = r->statistics + (size_t)i * r->size;
	if (r->totals)
		result = totals_pool(r->totals, means, r->x, r->size, y, e);
	else
		fedavg_pool_variance(&r->weights, means, r->x, r->size, y);
	for (size_t i = 0; !r->a->sums && i < r->size && result == 0; i++)
		if (!isfinite(y[i]))
			result = err_set(e, "entry %zu is outside the range of float32", i);
	free(means);
	return result < 0 ? model_file_in_array(e, BN_VAR) : 0;
}

/* ---- the whole ---- */

/* Where this block lies in each file. Only what has to be converted is worth threads. */
static int find_numbers(struct run *r, struct threads *pool, struct err *e)
{
	bool all_lent = r->at > 0;

	for (int i = 0; i < r->count; i++)
		all_lent = all_lent && model_stream_is_lent(&client(r, i)->stream);
	for (int i = 0; i < r->count && all_lent; i++)
		fetch(r, (size_t)i, 0);
	if (!all_lent)
		threads_run(pool, (size_t)r->count, fetch, r);
	return report_failed(r, e);
}

static void clip_block(struct run *r)
{
	for (int i = 0; i < r->count; i++) {
		float *to = r->within + (size_t)i * r->size;

		clip_statistics(to, r->x[i], r->k, r->a->previous, r->size);
		r->x[i] = to;
	}
}

static int run_block(struct run *r, struct threads *pool, struct err *e)
{
	size_t pieces = (r->size + r->piece - 1) / r->piece;

	if (find_numbers(r, pool, e) < 0 ||
	    (r->totals && totals_begin(r->totals, r->k, r->at, r->size, pool, e) < 0))
		return -1;
	if (r->a->clip && net_is_statistic(r->k))
		clip_block(r);
	threads_run(pool, 1 + pieces, do_job, r);
	end_blocks(r);
	if (report_failed(r, e) < 0 || join_pieces(r, pieces, e) < 0 || report_output(r, e) < 0 ||
	    (r->totals && totals_end(r->totals, r->size, e) < 0))
		return -1;
	if (r->a->pool && r->k == BN_MEAN)
		keep_means(r);
	if (r->a->pool && r->k == BN_VAR)
		return pool_variances(r, e);
	return 0;
}

/* The statistics are one block each, whatever their size. */
static size_t block_size(const struct run *r, size_t left)
{
	return left < r->block || net_is_statistic(r->k) ? left : r->block;
}

static int run_array(struct run *r, struct threads *pool, struct progress *p, struct err *e)
{
	size_t count = net_count(&r->a->clients->net, (enum net_array)r->k);

	digest_add_shape(&r->sha, &r->a->clients->net, r->k);
	r->ended = 0;
	for (r->at = 0; r->at < count; r->at += r->size) {
		r->size = block_size(r, count - r->at);
		if (run_block(r, pool, e) < 0)
			return -1;
		progress_add(p, r->size);
	}
	end_numbers(r);
	return report_output(r, e);
}

static void finish(struct run *r)
{
	for (int i = 0; i < r->count && r->a->previous; i++) {
		struct client *c = client(r, i);
		const struct sums *s = &r->total[i];

		if (!r->a->clip)
			c->update_norm = sqrt(s->update);
		if (s->update > 0 && s->mean > 0)
			c->cosine = s->with_mean / sqrt(s->update) / sqrt(s->mean);
	}
	sha256_hex(&r->sha, r->a->digest);
}

/* By the number of files alone, so that sums do not depend on the threads. */
static void choose_sizes(struct run *r)
{
	int files = r->count + totals_files(r->a->partials);
	size_t block = (size_t)(BLOCKS / files) / LEAST_BLOCK * LEAST_BLOCK;

	r->block = block < LEAST_BLOCK ? LEAST_BLOCK : block < BLOCK ? block : BLOCK;
	r->piece = r->block / PIECES;
}

/* What each model counts, and with CLIP what is left for the previous one. */
static int init_weights(struct run *r, struct err *e)
{
	size_t count = (size_t)r->count;
	double *n = xmalloc(count + 1, sizeof *n), left = 0;
	int result;

	for (int i = 0; i < r->count; i++)
		n[i] = client(r, i)->weight;
	result = fedavg_weights_init(&r->weights, n, r->count, e);
	for (int i = 0; i < r->count; i++) {
		double part = n[i] * client(r, i)->scale;

		left += n[i] - part;
		n[i] = part;
	}
	n[count] = left;
	if (result == 0 && r->a->clip)
		result = fedavg_weights_init_parts(&r->clipped, n, r->count + 1, e);
	free(n);
	return result;
}

static int init_totals(struct run *r, int threads, struct err *e)
{
	const struct aggregate *a = r->a;

	r->totals = xmalloc(1, sizeof *r->totals);
	return totals_init(r->totals, a->partials, a->sums, a->clients, a->way, r->block, r->piece,
	                   threads, e);
}

static int run_init(struct run *r, struct aggregate *a, int threads, struct err *e)
{
	size_t count = (size_t)a->clients->count, dense = (size_t)a->clients->net.dense;
	size_t most, pieces;
	int result;

	*r = (struct run){ .a = a, .count = a->clients->count };
	choose_sizes(r);
	most = dense > r->block ? dense : r->block;
	pieces = (most + r->piece - 1) / r->piece;
	result = a->partials ? init_totals(r, threads, e) : init_weights(r, e);
	r->x = xcalloc(count, sizeof *r->x);
	r->error = xcalloc(count, sizeof *r->error);
	r->failed = xcalloc(count, sizeof *r->failed);
	r->view = xcalloc((size_t)threads * (count + 1), sizeof *r->view);
	r->mean = xcalloc((size_t)threads * r->piece, sizeof *r->mean);
	r->sums = xcalloc(pieces * count, sizeof *r->sums);
	r->bad = xcalloc(pieces, sizeof *r->bad);
	r->total = xcalloc(count, sizeof *r->total);
	r->statistics = xcalloc(a->pool ? count * dense : 1, sizeof *r->statistics);
	r->within = xcalloc(a->clip ? count * dense : 1, sizeof *r->within);
	sha256_init(&r->sha);
	weights_init(&a->w, &a->clients->net);
	return result;
}

static void run_release(struct run *r)
{
	if (r->totals)
		totals_release(r->totals);
	free(r->totals);
	fedavg_weights_release(&r->weights);
	fedavg_weights_release(&r->clipped);
	free(r->x);
	free(r->error);
	free(r->failed);
	free(r->view);
	free(r->mean);
	free(r->sums);
	free(r->bad);
	free(r->total);
	free(r->statistics);
	free(r->within);
}

int aggregate_run(struct aggregate *a, struct threads *pool, bool quiet, struct err *e)
{
	struct run r;
	struct progress p;
	int result = run_init(&r, a, threads_count(pool), e);

	progress_start(&p, "averaging", "numbers", net_total(&a->clients->net), quiet);
	for (r.k = 0; r.k < NET_ARRAYS && result == 0; r.k++)
		result = run_array(&r, pool, &p, e);
	progress_end(&p);
	if (result == 0)
		finish(&r);
	else
		weights_release(&a->w);
	run_release(&r);
	return result;
}
