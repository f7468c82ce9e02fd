/* Norms of updates, and what is clipped; see clip.h. */
#include "fed/clip.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "nn/norm.h"
#include "model/model_file.h"

enum {
	CHUNK = 1 << 12,                /* numbers of one sum; then these are summed */
	LANES = 8,                      /* sums side by side, so that they become vectors */
};
static_assert(MODEL_STREAM_BLOCK % CHUNK == 0, "no sum is cut");
static const double STEP = 0x1p-20;     /* scales are multiples of it */
static const double FACTOR = 2;         /* of the median; examples/experiments/README.md */
/* Of honest clients, with running and exact statistics, none was further than 91 and 80. */
static const double DEVIATIONS = 128, RATIO = 1024;
const double clip_most_weight = 0x1p33;

/* ---- the first reading ---- */

/* |x - p|^2 */
static double distance(const float_any *x, const float *p, size_t n)
{
	double lane[LANES] = {0}, sum = 0;

	for (size_t i = 0; i < n; i += LANES) {
		size_t lanes = n - i < LANES ? n - i : LANES;

		for (size_t j = 0; j < lanes; j++) {
			double u = (double)x[i + j] - p[i + j];

			lane[j] += u * u;
		}
	}
	for (int j = 0; j < LANES; j++)
		sum += lane[j];
	return sum;
}

/* |w - p|^2 of the arrays read so far */
struct square {
	double sum;
	const float *previous;          /* array K, which is being read */
	int k;
};

/* Adds a block. -1 with E set, the array named. */
static int add_block(void *arg, const float_any *x, size_t at, size_t n, struct err *e)
{
	struct square *q = arg;
	const float *p = q->previous + at;

	for (size_t i = 0; i < n; i += CHUNK)
		q->sum += distance(x + i, p + i, n - i < CHUNK ? n - i : CHUNK);
	if (isfinite(q->sum))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i])) {
			err_set(e, "entry %zu is %g", at + i, x[i]);
			break;
		}
	return model_file_in_array(e, q->k);
}

/* The block of an array of statistics, which is read for its checksum only. */
static int pass_by(void *arg, const float_any *x, size_t at, size_t n, struct err *e)
{
	(void)arg, (void)x, (void)at, (void)n, (void)e;
	return 0;
}

static int add_array(struct square *q, struct model_stream *s, const struct model *previous, int k,
                     struct err *e)
{
	q->previous = previous->w[k];
	q->k = k;
	return model_stream_each(s, k, MODEL_STREAM_BLOCK,
	                         net_is_statistic(k) ? pass_by : add_block, q, e);
}

struct measuring {
	struct clients *clients;
	const struct model *previous;
	bool *failed;                   /* [clients->count] */
	struct err *error;              /* [clients->count] */
};

static void measure(void *arg, size_t i, int worker)
{
	struct measuring *m = arg;
	struct client *one = &m->clients->client[i];
	struct err *e = &m->error[i];
	struct square q = {0};

	(void)worker;
	for (int k = 0; k < NET_ARRAYS && !m->failed[i]; k++)
		m->failed[i] = add_array(&q, &one->stream, m->previous, k, e) < 0;
	if (m->failed[i])
		err_in(e, infile_name(one->path));
	one->update_norm = sqrt(q.sum);
	memcpy(one->clipped_mark, one->stream.mark, sizeof one->clipped_mark);
}

static int measure_all(struct clients *c, const struct model *previous, struct threads *pool,
                       struct err *e)
{
	struct measuring m = { c, previous, xcalloc((size_t)c->count, sizeof *m.failed),
		               xcalloc((size_t)c->count, sizeof *m.error) };
	int result = 0;

	threads_run(pool, (size_t)c->count, measure, &m);
	for (int i = 0; i < c->count && result == 0; i++)
		if (m.failed[i]) {
			*e = m.error[i];
			result = -1;
		}
	free(m.failed);
	free(m.error);
	return result;
}

/* ---- scales ---- */

static int check_weights(const struct clients *c, struct err *e)
{
	double total = 0;

	for (int i = 0; i < c->count; i++)
		total += c->client[i].weight;
	if (total <= clip_most_weight)
		return 0;
	return err_set(e, "the weights add up to %.0f, expected at most %.0f to clip updates",
	               total, clip_most_weight);
}

static int compare(const void *a, const void *b)
{
	double p = *(const double *)a, q = *(const double *)b;

	return (p > q) - (p < q);
}

/*
 * Of an even count the lower one: of two clients the mean of both would follow a hostile one
 * wherever it goes.
 */
static double median_norm(const struct clients *c)
{
	double *norm = xmalloc((size_t)c->count, sizeof *norm), median;

	for (int i = 0; i < c->count; i++)
		norm[i] = c->client[i].update_norm;
	qsort(norm, (size_t)c->count, sizeof *norm, compare);
	median = norm[(c->count - 1) / 2];
	free(norm);
	return median;
}

static double scale_to(double bound, double norm)
{
	return norm <= bound ? 1 : floor(bound / norm / STEP) * STEP;
}

int clip_clients(struct clip *c, struct clients *clients, const struct model *previous,
                 struct threads *pool, struct err *e)
{
	if (check_weights(clients, e) < 0 || measure_all(clients, previous, pool, e) < 0)
		return -1;
	if (c->rule == CLIP_AUTO)
		c->norm = FACTOR * median_norm(clients);
	for (int i = 0; i < clients->count; i++)
		clients->client[i].scale = scale_to(c->norm, clients->client[i].update_norm);
	return 0;
}

int clip_check(const struct clients *clients, struct err *e)
{
	for (int i = 0; i < clients->count; i++) {
		const struct client *one = &clients->client[i];

		if (strcmp(one->clipped_mark, one->stream.mark) != 0)
			return err_set(e, "%s: was changed while it was read",
			               infile_name(one->path));
	}
	return 0;
}

/* ---- statistics ---- */

static float within(float x, float low, float high)
{
	if (!isfinite(x))
		return x;
	return x < low ? low : x > high ? high : x;
}

static float clip_variance(float x, double spread)
{
	return within(x, 0, (float)fmax(spread * RATIO - (double)NORM_EPSILON, 0));
}

void clip_statistics(float *to, const float_any *x, int k, const struct model *previous, size_t n)
{
	const float *mean = previous->w[BN_MEAN], *var = previous->w[BN_VAR];

	for (size_t i = 0; i < n; i++) {
		double spread = (double)var[i] + (double)NORM_EPSILON;
		double reach = DEVIATIONS * sqrt(spread);

		to[i] = k == BN_VAR ? clip_variance(x[i], spread)
		                    : within(x[i], (float)(mean[i] - reach),
		                             (float)(mean[i] + reach));
	}
}
