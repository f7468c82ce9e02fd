/* Units drawn again; see bootstrap.h. */
#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "stats/interval.h"

/* Resamples of one job, which use its memory again. */
enum { RUN = 64 };

struct run {
	const struct bootstrap *b;
	uint32_t units;
	bootstrap_figures *compute;
	const void *arg;
	double *figure;                 /* [resamples][figures] */
	size_t figures;
};

static void draw(const struct run *r, int resample, uint32_t *drawn)
{
	struct rng rng;

	rng_init(&rng, r->b->seed, RNG_BOOTSTRAP, (uint32_t)resample);
	memset(drawn, 0, r->units * sizeof *drawn);
	for (uint32_t i = 0; i < r->units; i++)
		drawn[rng_below(&rng, r->units)]++;
}

static void run_some(void *arg, size_t i, int worker)
{
	const struct run *r = arg;
	int first = (int)i * RUN, last = first + RUN;
	uint32_t *drawn = xmalloc(r->units, sizeof *drawn);

	(void)worker;
	for (int k = first; k < last && k < r->b->resamples; k++) {
		draw(r, k, drawn);
		r->compute(r->arg, drawn, r->figure + (size_t)k * r->figures);
	}
	free(drawn);
}

/* Of column K. */
static double deviation(const struct run *r, size_t k)
{
	double sum = 0, squares = 0, mean;
	int n = 0;

	for (int i = 0; i < r->b->resamples; i++) {
		double x = r->figure[(size_t)i * r->figures + k];

		n += !isnan(x);
		sum += isnan(x) ? 0 : x;
	}
	mean = sum / n;
	for (int i = 0; i < r->b->resamples; i++) {
		double x = r->figure[(size_t)i * r->figures + k];

		squares += isnan(x) ? 0 : (x - mean) * (x - mean);
	}
	return n > 1 ? sqrt(squares / (n - 1)) : NAN;
}

double bootstrap_times(double units)
{
	return interval_t(units - 1) * sqrt(units / (units - 1));
}

void bootstrap_errors(const struct bootstrap *b, uint32_t units, bootstrap_figures *compute,
                      const void *arg, double *error, size_t figures)
{
	size_t n = (size_t)b->resamples;
	struct run r = {
		.b = b, .units = units, .compute = compute, .arg = arg, .figures = figures,
		.figure = xmalloc(n * figures, sizeof *r.figure),
	};

	threads_run(b->pool, (n + RUN - 1) / RUN, run_some, &r);
	for (size_t k = 0; k < figures; k++)
		error[k] = deviation(&r, k);
	free(r.figure);
}
