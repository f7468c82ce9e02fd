/*
 * The network at full size, as the tools run it: a training step of 32 images, inference of 1, 32
 * and 256. bench_network [THREADS (2) [RUNS (12)]]; AML_ISA chooses the engine. TSV on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/rng.h"
#include "nn/engine.h"
#include "nn/init.h"
#include "nn/weights.h"

enum { SIZE = 100, CLASSES = 15, BATCH = 32, MOST = 256, WARM_UP = 3 };

struct bench {
	const struct engine *engine;
	struct net net;
	struct weights w;
	struct pool *pool;
	float *pixels;
	const float *image[MOST];
	int label[MOST];
	int runs;
	double *ms;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const struct bench *b, const char *name)
{
	qsort(b->ms, (size_t)b->runs, sizeof *b->ms, compare);
	printf("%s\t%s\t%d\t%.3f\t%.3f\t%d\t-\t-\n", name, b->engine->name, pool_threads(b->pool),
	       b->ms[0], b->ms[b->runs / 2], b->runs);
}

static void bench_init(struct bench *b)
{
	size_t numbers = (size_t)SIZE * SIZE * 4;
	struct rng r;

	weights_init(&b->w, &b->net);
	init_weights(&b->net, 1, b->w.a);
	b->pixels = xaligned(MOST * numbers, sizeof *b->pixels);
	b->ms = xmalloc((size_t)b->runs, sizeof *b->ms);
	rng_init(&r, 1, RNG_SPLIT, 0);
	for (size_t i = 0; i < MOST * numbers; i++)
		b->pixels[i] = (float)rng_unit(&r);
	for (int i = 0; i < MOST; i++) {
		b->image[i] = b->pixels + (size_t)i * numbers;
		b->label[i] = (int)rng_below(&r, CLASSES);
	}
}

static void train_step(struct bench *b)
{
	struct batch batch = { .count = BATCH, .image = b->image, .label = b->label,
		               .dropout = true };
	struct adam adam = adam_keras(1e-3f);
	struct batch_result result;
	void *t = b->engine->trainer_new(&b->net, BATCH, b->pool);

	b->engine->trainer_set(t, b->w.a, NULL, NULL, 0);
	for (int i = -WARM_UP; i < b->runs; i++) {
		double start = now_ms();

		batch.step++;
		b->engine->trainer_step(t, &batch, &adam, &result);
		if (i >= 0)
			b->ms[i] = now_ms() - start;
	}
	b->engine->trainer_free(t);
	report(b, "train_step_b32");
}

static void infer(struct bench *b, int n, const char *name)
{
	float *logits = xmalloc((size_t)n * CLASSES, sizeof *logits);
	void *p = b->engine->predictor_new(&b->net, weights_const(&b->w), n, b->pool);

	for (int i = -WARM_UP; i < b->runs; i++) {
		double start = now_ms();

		b->engine->predictor_run(p, b->image, n, logits, NULL);
		if (i >= 0)
			b->ms[i] = now_ms() - start;
	}
	b->engine->predictor_free(p);
	free(logits);
	report(b, name);
}

int main(int argc, char **argv)
{
	struct bench b = { .runs = argc > 2 ? atoi(argv[2]) : 12 };
	struct err e;

	if (b.runs < 1 || net_tutorial(&b.net, SIZE, CLASSES, &e) < 0)
		return 2;
	b.engine = engine_pick(&b.net, &e);
	if (!b.engine)
		return tool_fail(&e);
	b.pool = pool_new(argc > 1 ? atoi(argv[1]) : 2);
	bench_init(&b);
	printf("name\tisa\tthreads\tbest_ms\tmedian_ms\truns\trate_g\tof_peak\n");
	train_step(&b);
	infer(&b, 1, "infer_b1");
	infer(&b, BATCH, "infer_b32");
	infer(&b, MOST, "infer_b256");
	pool_free(b.pool);
	weights_release(&b.w);
	free(b.pixels);
	free(b.ms);
	return 0;
}
