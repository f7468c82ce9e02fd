/*
 * The network of the tutorial as the tools run it: training steps of 32 images and
 * inference of 1, 32 and 256. TSV as bench_kernels prints it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/threads.h"
#include "base/rng.h"
#include "base/tool.h"
#include "fused/engine_pick.h"
#include "nn/init.h"
#include "nn/predictor.h"
#include "nn/trainer.h"
#include "nn/softmax.h"
#include "model/weights.h"

enum {
	SIZE = 100, CLASSES = 15,
	BATCH = 32, MANY = 256,
	WARM_UP = 3,
	/* runs of the short figure for each run of the long ones */
	SHORT_RUNS = 4,
};

struct args {
	int threads, runs;
	char **only;                    /* names of figures; none: all */
};

struct bench {
	struct args a;
	const struct engine *engine;
	struct net net;
	struct weights w;
	struct threads *pool;
	float *pixels;
	const float *image[MANY];
	int label[MANY];
};

static struct args parse(int argc, char **argv)
{
	struct args a = { .threads = 2, .runs = 12 };
	const struct opt opts[] = {
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_INT('r', "runs", &a.runs, 1, 10000, "N", "timed runs of each figure"),
		OPT_END
	};
	const struct opt_tool tool = { "[FIGURE]...",
		                       "time the tutorial's network: train_step_b32, "
		                       "infer_b1, infer_b32, infer_b256",
		                       0, -1, engine_pick_name, NULL, NULL };

	a.only = opt_parse(opts, &tool, argc, argv);
	return a;
}

static int bench_init(struct bench *b, struct err *e)
{
	struct rng r;
	size_t numbers;

	if (net_tutorial(&b->net, SIZE, CLASSES, e) < 0)
		return -1;
	b->engine = engine_pick(&b->net, e);
	if (!b->engine)
		return -1;
	numbers = (size_t)SIZE * SIZE * (size_t)b->net.channels;
	b->pool = threads_new(b->a.threads);
	weights_init(&b->w, &b->net);
	init_weights(&b->net, 1, b->w.a);
	b->pixels = xaligned(MANY * numbers, sizeof *b->pixels);
	rng_init(&r, 1, RNG_SPLIT, 0);
	for (size_t i = 0; i < MANY * numbers; i++)
		b->pixels[i] = (float)rng_unit(&r);
	for (size_t i = 0; i < MANY; i++) {
		b->image[i] = b->pixels + i * numbers;
		b->label[i] = (int)rng_below(&r, CLASSES);
	}
	return 0;
}

static void bench_release(struct bench *b)
{
	threads_free(b->pool);
	weights_release(&b->w);
	free(b->pixels);
}

/* ---- figures ---- */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void train_steps(const struct bench *b, int count, double *ms, int runs)
{
	struct batch batch = { .count = count, .image = b->image, .label = b->label,
		               .dropout = true };
	struct adam adam = adam_keras(1e-3f);
	struct batch_result result;
	struct trainer *t = trainer_new(b->engine, &b->net, count, b->pool);

	trainer_set(t, weights_const(&b->w), NULL, NULL, 0);
	for (int i = -WARM_UP; i < runs; i++) {
		double start = now_ms();

		batch.step++;
		trainer_step(t, &batch, &adam, &result);
		if (i >= 0)
			ms[i] = now_ms() - start;
	}
	trainer_free(t);
}

static void infer(const struct bench *b, int count, double *ms, int runs)
{
	float *logits = xmalloc((size_t)count * CLASSES, sizeof *logits);
	struct predictor *p = predictor_new(b->engine, &b->net, weights_const(&b->w), count,
	                                    b->pool);

	for (int i = -WARM_UP; i < runs; i++) {
		double start = now_ms();

		predictor_run(p, b->image, count, logits, NULL);
		for (int n = 0; n < count; n++)
			softmax(logits + n * CLASSES, logits + n * CLASSES, CLASSES);
		if (i >= 0)
			ms[i] = now_ms() - start;
	}
	predictor_free(p);
	free(logits);
}

static const struct figure {
	const char *name;
	void (*run)(const struct bench *b, int count, double *ms, int runs);
	int count;                      /* images */
	int runs;                       /* for each of -r */
} figures[] = {
	{ "train_step_b32", train_steps, BATCH, 1 },
	{ "infer_b1", infer, 1, SHORT_RUNS },
	{ "infer_b32", infer, BATCH, 1 },
	{ "infer_b256", infer, MANY, 1 },
};

static bool wanted(const struct bench *b, const char *name)
{
	for (char **only = b->a.only; *only; only++)
		if (!strcmp(*only, name))
			return true;
	return !*b->a.only;
}

static int by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void run_figure(const struct bench *b, const struct figure *f)
{
	int runs = f->runs * b->a.runs;
	double *ms = xmalloc((size_t)runs, sizeof *ms);

	f->run(b, f->count, ms, runs);
	qsort(ms, (size_t)runs, sizeof *ms, by_time);
	printf("%s\t%s\t%d\t%.4f\t%.4f\t%d\t-\t-\n", f->name, b->engine->name,
	       threads_count(b->pool), ms[0], ms[runs / 2], runs);
	fflush(stdout);
	free(ms);
}

int main(int argc, char **argv)
{
	struct bench b = { .a = parse(argc, argv) };
	struct err e;

	if (bench_init(&b, &e) < 0)
		return tool_fail(&e);
	printf("name\tisa\tthreads\tbest_ms\tmedian_ms\truns\trate_g\tof_peak\n");
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		if (wanted(&b, figures[i].name))
			run_figure(&b, &figures[i]);
	bench_release(&b);
	return tool_end(0);
}
