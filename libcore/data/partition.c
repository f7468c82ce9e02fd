/* Sharing out images; see partition.h. */
#include "data/partition.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

/* One client takes all of a class; evener than one image in any data set. */
static const double alpha_min = 1e-6, alpha_max = 1e6;

int partition_parse(enum partition_scheme *scheme, double *alpha, bool *folds,
                    const char *text, struct err *e)
{
	static const char dirichlet[] = "dirichlet:";
	char *end;

	*folds = !strcmp(text, "folds");
	if (!strcmp(text, "iid")) {
		*scheme = PARTITION_IID;
		return 0;
	}
	if (!strcmp(text, "stratified") || *folds) {
		*scheme = PARTITION_STRATIFIED;
		return 0;
	}
	if (strncmp(text, dirichlet, strlen(dirichlet)))
		return err_set(e, "unknown scheme '%s', expected iid, stratified, "
		               "dirichlet:ALPHA or folds", text);
	*scheme = PARTITION_DIRICHLET;
	text += strlen(dirichlet);
	*alpha = strtod(text, &end);
	if (end == text || *end || !(*alpha >= alpha_min && *alpha <= alpha_max))
		return err_set(e, "dirichlet takes a number from %g to %g, not '%s'",
		               alpha_min, alpha_max, text);
	return 0;
}

/* ---- images one by one ---- */

/* All images in an order drawn, those of a class next to each other unless MIXED.
 * START[c]: where class c begins. */
static uint32_t *draw_order(const struct partition *p, struct rng *r, bool mixed,
                            size_t *start)
{
	uint32_t *drawn = xmalloc(p->count, sizeof *drawn), *order;
	size_t *next;

	for (size_t i = 0; i < p->count; i++)
		drawn[i] = (uint32_t)i;
	rng_shuffle(r, drawn, (uint32_t)p->count);
	if (mixed)
		return drawn;
	memset(start, 0, ((size_t)p->classes + 1) * sizeof *start);
	for (size_t i = 0; i < p->count; i++)
		start[p->label[i] + 1]++;
	for (int c = 0; c < p->classes; c++)
		start[c + 1] += start[c];
	order = xmalloc(p->count, sizeof *order);
	next = xmalloc((size_t)p->classes, sizeof *next);
	memcpy(next, start, (size_t)p->classes * sizeof *next);
	for (size_t i = 0; i < p->count; i++)
		order[next[p->label[drawn[i]]]++] = drawn[i];
	free(next);
	free(drawn);
	return order;
}

/*
 * Shares of one class: gamma variates over their sum. For alpha < 1 a variate is that of
 * alpha + 1 times u^(1/alpha) (Marsaglia and Tsang 2000), which underflows for small
 * alpha; hence logarithms, relative to the largest.
 */
static void draw_shares(double *share, int parts, double alpha, struct rng *r)
{
	double largest = -INFINITY, sum = 0;

	for (int k = 0; k < parts; k++) {
		share[k] = log(rng_gamma(r, alpha + 1)) + log(1 - rng_unit(r)) / alpha;
		largest = fmax(largest, share[k]);
	}
	for (int k = 0; k < parts; k++)
		sum += share[k] = exp(share[k] - largest);
	for (int k = 0; k < parts; k++)
		share[k] /= sum;
}

/* N images by SHARE, by the largest remainders (the first of equal ones). SHARE is
 * used up. */
static void round_shares(size_t *images, double *share, int parts, size_t n)
{
	size_t left = n;

	for (int k = 0; k < parts; k++) {
		double exact = share[k] * (double)n;

		images[k] = (size_t)exact < left ? (size_t)exact : left;
		share[k] = exact - (double)images[k];
		left -= images[k];
	}
	for (; left > 0; left--) {
		int best = 0;

		for (int k = 1; k < parts; k++)
			if (share[k] > share[best])
				best = k;
		images[best]++;
		share[best] -= 1;
	}
}

static void deal_dirichlet(const struct partition *p, uint32_t *part,
                           const uint32_t *order, const size_t *start, struct rng *r)
{
	double *share = xmalloc((size_t)p->parts, sizeof *share);
	size_t *images = xmalloc((size_t)p->parts, sizeof *images);

	for (int c = 0; c < p->classes; c++) {
		size_t i = start[c];

		draw_shares(share, p->parts, p->alpha, r);
		round_shares(images, share, p->parts, start[c + 1] - start[c]);
		for (int k = 0; k < p->parts; k++)
			for (size_t end = i + images[k]; i < end; i++)
				part[order[i]] = (uint32_t)k;
	}
	free(share);
	free(images);
}

/* Round and round; with the classes one after the other, each goes on where the last
 * one stopped. */
static void deal_images(const struct partition *p, uint32_t *part, struct rng *r)
{
	size_t *start = xmalloc((size_t)p->classes + 1, sizeof *start);
	uint32_t *order = draw_order(p, r, p->scheme == PARTITION_IID, start);

	if (p->scheme == PARTITION_DIRICHLET)
		deal_dirichlet(p, part, order, start, r);
	else
		for (size_t i = 0; i < p->count; i++)
			part[order[i]] = (uint32_t)(i % (size_t)p->parts);
	free(start);
	free(order);
}

/* ---- groups ---- */

struct group {
	uint32_t number, drawn;         /* DRAWN: its place in the shuffle */
	size_t images;
	size_t *of_class;
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->images != y->images)
		return x->images < y->images ? 1 : -1;
	return x->drawn < y->drawn ? -1 : x->drawn > y->drawn;
}

/* COUNTS: groups x classes zeros, which the groups borrow. */
static struct group *count_groups(const struct partition *p, int classes, size_t *counts,
                                  struct rng *r)
{
	struct group *group = xcalloc(p->groups, sizeof *group);
	uint32_t *drawn = xmalloc(p->groups, sizeof *drawn);

	for (size_t g = 0; g < p->groups; g++)
		drawn[g] = (uint32_t)g;
	rng_shuffle(r, drawn, (uint32_t)p->groups);
	for (size_t g = 0; g < p->groups; g++)
		group[g] = (struct group){ .number = (uint32_t)g, .drawn = drawn[g],
		                           .of_class = counts + g * (size_t)classes };
	for (size_t i = 0; i < p->count; i++) {
		struct group *g = &group[p->group[i]];

		g->images++;
		g->of_class[classes == 1 ? 0 : p->label[i]]++;
	}
	qsort(group, p->groups, sizeof *group, compare_groups);
	free(drawn);
	return group;
}

/* HELD: parts x classes, SIZE: parts, images dealt so far. */
static int cheapest_part(const struct group *g, const size_t *held, const size_t *size,
                         const size_t *total, int parts, int classes)
{
	double least = INFINITY;
	int best = 0;

	for (int k = 0; k < parts; k++) {
		double cost = 0;

		for (int c = 0; c < classes; c++)
			if (g->of_class[c])
				cost += (double)g->of_class[c] *
				        (double)held[k * classes + c] / (double)total[c];
		if (cost < least || (cost == least && size[k] < size[best])) {
			least = cost;
			best = k;
		}
	}
	return best;
}

static void deal_groups(const struct partition *p, uint32_t *part, struct rng *r)
{
	int classes = p->scheme == PARTITION_IID ? 1 : p->classes;
	size_t *counts = xcalloc(p->groups * (size_t)classes, sizeof *counts);
	size_t *held = xcalloc((size_t)p->parts * (size_t)classes, sizeof *held);
	size_t *size = xcalloc((size_t)p->parts, sizeof *size);
	size_t *total = xcalloc((size_t)classes, sizeof *total);
	uint32_t *part_of_group = xmalloc(p->groups, sizeof *part_of_group);
	struct group *group = count_groups(p, classes, counts, r);

	for (size_t g = 0; g < p->groups; g++)
		for (int c = 0; c < classes; c++)
			total[c] += group[g].of_class[c];
	for (size_t g = 0; g < p->groups; g++) {
		int k = cheapest_part(&group[g], held, size, total, p->parts, classes);

		for (int c = 0; c < classes; c++)
			held[k * classes + c] += group[g].of_class[c];
		size[k] += group[g].images;
		part_of_group[group[g].number] = (uint32_t)k;
	}
	for (size_t i = 0; i < p->count; i++)
		part[i] = part_of_group[p->group[i]];
	free(counts);
	free(held);
	free(size);
	free(total);
	free(part_of_group);
	free(group);
}

void partition_deal(const struct partition *p, uint32_t *part)
{
	struct rng r;

	rng_init(&r, p->seed, RNG_PARTITION, 0);
	if (p->group)
		deal_groups(p, part, &r);
	else
		deal_images(p, part, &r);
}
