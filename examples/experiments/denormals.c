/*
 * denormals: how much slower does each table of kernels become where numbers are denormal? Prints
 * instruction set, what was done, what was denormal, microseconds, and that over the time
 * for ordinary numbers. The best of many runs, all in the first cache.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/tool.h"
#include "kernels/kernels.h"

enum { COUNT = 2048, ROUNDS = 400, STEPS = 8, COLUMNS = 32, C = 4, K = 32 };

/* Where dead units leave the moments: what is left of a denormal rounds to itself. */
#define STUCK_M (2 * 0x1p-149f)
#define STUCK_V (200 * 0x1p-149f)
#define TINY 0x1p-130f

struct numbers {
	float *w, *m, *v, *g;
};

static void fill(float *x, float value)
{
	for (int i = 0; i < COUNT; i++)
		x[i] = value * (1 + (float)(i % 7) / 8);
}

/* Seconds for STEPS steps of Adam that begin with these numbers. */
static double adam(const struct kernels *k, struct numbers *n, const float value[3])
{
	static const struct adam_step step = { 1e-3f, .1f, .001f, 1e-7f, 0 };
	double began;

	fill(n->w, .01f);
	fill(n->m, value[0]);
	fill(n->v, value[1]);
	fill(n->g, value[2]);
	began = clock_seconds();
	for (int i = 0; i < STEPS; i++)
		k->adam(n->w, n->m, n->v, NULL, n->g, COUNT, &step);
	return clock_seconds() - began;
}

/* The same of rows of the first convolution. */
static double conv1(const struct kernels *k, struct numbers *n, const float value[3])
{
	const float *const row[3] = { n->m, n->m, n->m };
	double began;

	fill(n->m, value[0]);
	fill(n->g, value[1]);
	fill(n->v, 0);
	began = clock_seconds();
	for (int i = 0; i < STEPS; i++)
		k->conv1(n->w, row, n->g, n->v, COLUMNS, C, K);
	return clock_seconds() - began;
}

struct trial {
	const char *job, *what;
	double (*run)(const struct kernels *, struct numbers *, const float value[3]);
	float value[3];
};

static const struct trial trials[] = {
	{ "adam", "-", adam, { 1e-3f, 1e-5f, 1e-3f } },
	{ "adam", "m, no gradient", adam, { STUCK_M, 1e-5f, 0 } },
	{ "adam", "v, no gradient", adam, { 1e-3f, STUCK_V, 0 } },
	{ "adam", "m and v, no gradient", adam, { STUCK_M, STUCK_V, 0 } },
	{ "adam", "m, v and gradient", adam, { TINY, TINY, TINY } },
	{ "conv1", "-", conv1, { .5f, .01f, 0 } },
	{ "conv1", "weights", conv1, { .5f, TINY, 0 } },
	{ "conv1", "pixels", conv1, { TINY, .01f, 0 } },
};
enum { TRIALS = sizeof trials / sizeof *trials };

static double best(const struct kernels *k, const struct trial *t, struct numbers *n)
{
	double least = 1e9, took;

	for (int i = 0; i < ROUNDS; i++)
		if ((took = t->run(k, n, t->value)) < least)
			least = took;
	return least;
}

static void compare(const struct kernels *k, struct numbers *n)
{
	double ordinary = 0, took;

	for (const struct trial *t = trials; t < trials + TRIALS; t++) {
		took = best(k, t, n);
		if (*t->what == '-')
			ordinary = took;
		printf("%s\t%s\t%s\t%.1f\t%.2f\n", k->isa, t->job, t->what,
		       took / STEPS * 1e6, took / ordinary);
	}
}

int main(int argc, char **argv)
{
	const struct opt table[] = { OPT_END };
	const struct opt_tool tool = { .operands = "",
		                       .summary = "time kernels on denormal numbers" };
	struct numbers n = {
		xaligned(COUNT, sizeof *n.w), xaligned(COUNT, sizeof *n.m),
		xaligned(COUNT, sizeof *n.v), xaligned(COUNT, sizeof *n.g),
	};

	opt_parse(table, &tool, argc, argv);
	puts("isa\tjob\tdenormal\tus\tratio");
	for (int i = 0; kernels_at(i); i++)
		compare(kernels_at(i), &n);
	free(n.w);
	free(n.m);
	free(n.v);
	free(n.g);
	return tool_end(0);
}
