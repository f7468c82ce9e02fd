#pragma once
/* Made-up predictions in memory, and parts of them as sites have them. */
#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "must.h"
#include "score/cases.h"

/* N cases of CLASSES classes, the first the most frequent; rounded as tables are. SKILL: how much
 * higher the logit of the true class is than those of others, which deviate by 1.5. */
__attribute__((unused))
static void made_cases(struct cases *c, int classes, size_t n, double skill, uint64_t seed)
{
	struct rng r;

	*c = (struct cases){ .count = n };
	classes_numbered(&c->classes, classes);
	c->actual = xmalloc(n, sizeof *c->actual);
	c->predicted = xmalloc(n, sizeof *c->predicted);
	c->p = xmalloc(n, (size_t)classes * sizeof *c->p);
	rng_init(&r, seed, RNG_SPLIT, 0);
	for (size_t i = 0; i < n; i++) {
		double *p = c->p + i * (size_t)classes, sum = 0, u = rng_unit(&r);
		int best = 0;

		c->actual[i] = (uint16_t)(u * u * u * classes);
		for (int k = 0; k < classes; k++) {
			p[k] = exp(1.5 * rng_normal(&r) + (k == c->actual[i] ? skill : 0));
			sum += p[k];
		}
		for (int k = 0; k < classes; k++) {
			p[k] = (double)(float)(p[k] / sum);
			best = p[k] > p[best] ? k : best;
		}
		c->predicted[i] = (uint16_t)best;
	}
}

/* Cases FIRST to LAST - 1 of C, which must outlive the result. */
__attribute__((unused))
static struct cases made_part(const struct cases *c, size_t first, size_t last)
{
	return (struct cases){
		.classes = c->classes, .count = last - first, .actual = c->actual + first,
		.predicted = c->predicted + first,
		.p = c->p + first * (size_t)c->classes.count,
	};
}

/* The groups of C's classes that TEXT names, COUNT of them. */
__attribute__((unused))
static struct class_groups made_groups(const struct cases *c, const char *const *text, int count)
{
	struct class_groups g = {0};
	struct err e;

	for (int i = 0; i < count; i++)
		must(class_groups_add(&g, text[i], &c->classes, &e), &e);
	return g;
}
