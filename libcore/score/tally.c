/* Counts and sums of predictions; see tally.h. */
#include "score/tally.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

size_t tally_rows(const struct tally *t)
{
	return (size_t)t->confusion.classes.count + t->groups.count;
}

void tally_init(struct tally *t, const struct classes *classes, const struct class_groups *groups)
{
	*t = (struct tally){0};
	confusion_init(&t->confusion, classes);
	class_groups_copy(&t->groups, groups);
	t->scores = xcalloc(tally_rows(t), sizeof *t->scores);
}

void tally_release(struct tally *t)
{
	confusion_release(&t->confusion);
	class_groups_release(&t->groups);
	free(t->scores);
	*t = (struct tally){0};
}

/* ---- counting ---- */

static size_t bin_of(double p)
{
	double at = floor(TALLY_STEPS * log(p / (1 - p)));

	if (!(at >= TALLY_LOWEST))                      /* also log 0 */
		return 0;
	at -= TALLY_LOWEST;
	return at < TALLY_BINS ? (size_t)at : TALLY_BINS - 1;
}

static void count_score(struct tally_scores *s, double p, bool positive)
{
	size_t bin = p >= 1 ? TALLY_BINS - 1 : bin_of(p);

	++*(positive ? &s->positives[bin] : &s->negatives[bin]);
}

static void count_scores(struct tally *t, const double *p, int actual)
{
	const struct classes *c = &t->confusion.classes;

	for (int i = 0; i < c->count; i++)
		count_score(&t->scores[i], p[i], i == actual);
	for (size_t i = 0; i < t->groups.count; i++) {
		const struct class_group *g = &t->groups.each[i];

		count_score(&t->scores[(size_t)c->count + i], class_groups_sum(g, c, p),
		            g->member[actual]);
	}
}

static void add_to(struct tally_sum *s, double x)
{
	s->sum += x;
	s->squares += x * x;
}

void tally_count(struct tally *t, const struct cases *c)
{
	int classes = c->classes.count;

	assert(classes_equal(&c->classes, &t->confusion.classes));
	for (size_t i = 0; i < c->count; i++) {
		const double *p = cases_row(c, i);
		int actual = c->actual[i], predicted = c->predicted[i];
		double confidence = cases_confidence(c, i);

		++*confusion_at(&t->confusion, actual, predicted);
		t->top2 += cases_is_among(c, i, 2);
		add_to(&t->log_loss, calibration_log_loss(p, actual));
		add_to(&t->brier, calibration_brier(p, classes, actual));
		calibration_count(&t->calibration, confidence, predicted == actual, 1);
		count_score(&t->confidence, confidence, predicted == actual);
		count_scores(t, p, actual);
	}
	t->images += (int64_t)c->count;
}

/* ---- adding up ---- */

static void add_sum(struct tally_sum *s, const struct tally_sum *more)
{
	s->sum += more->sum;
	s->squares += more->squares;
}

static void add_scores(struct tally_scores *s, const struct tally_scores *more)
{
	for (int bin = 0; bin < TALLY_BINS; bin++) {
		s->positives[bin] += more->positives[bin];
		s->negatives[bin] += more->negatives[bin];
	}
}

/* Every count of a table is at most as large as its number of images: no sum overflows. */
static int check_images(const struct tally *t, const struct tally *other, struct err *e)
{
	if (t->images > CONFUSION_CELL_MAX - other->images)
		return err_set(e, "more than %lld images", (long long)CONFUSION_CELL_MAX);
	return 0;
}

int tally_add(struct tally *t, const struct tally *other, struct err *e)
{
	if (check_images(t, other, e) < 0 ||
	    class_groups_expect(&t->groups, &other->groups, e) < 0 ||
	    confusion_add(&t->confusion, &other->confusion, e) < 0)
		return -1;
	t->images += other->images;
	t->top2 += other->top2;
	add_sum(&t->log_loss, &other->log_loss);
	add_sum(&t->brier, &other->brier);
	calibration_add(&t->calibration, &other->calibration);
	add_scores(&t->confidence, &other->confidence);
	for (size_t i = 0; i < tally_rows(t); i++)
		add_scores(&t->scores[i], &other->scores[i]);
	return 0;
}

/* ---- the ranking ---- */

/* The middle of a bin, as a score. */
static double score_of(int bin)
{
	return 1 / (1 + exp(-(bin + TALLY_LOWEST + .5) / TALLY_STEPS));
}

void tally_rank(const struct tally_scores *s, struct rank *r)
{
	struct rank_step *steps = xmalloc(TALLY_BINS, sizeof *steps);
	size_t count = 0;

	for (int bin = TALLY_BINS - 1; bin >= 0; bin--)
		if (s->positives[bin] || s->negatives[bin])
			steps[count++] = (struct rank_step){ score_of(bin), s->positives[bin],
				                             s->negatives[bin] };
	rank_take(r, steps, count);
}

/* ---- suppressing what few images tell ---- */

static bool is_few(int64_t count, int least)
{
	return count > 0 && count < least;
}

/* LEAST or 0, by chance: right on average, so that rare errors do not vanish from sums. */
static void round_confusion(struct confusion *c, int least, struct rng *rng)
{
	int cells = c->classes.count * c->classes.count;

	for (int i = 0; i < cells; i++) {
		int64_t drawn = rng_below(rng, (uint32_t)least);

		if (is_few(c->counts[i], least))
			c->counts[i] = drawn < c->counts[i] ? least : 0;
	}
}

/* The same of COUNT of WHOLE images, if neither these nor the others may be few: 0, LEAST or, where
 * that leaves few others, WHOLE. */
static int64_t round_part(int64_t count, int64_t whole, int least, struct rng *rng)
{
	int64_t most = is_few(whole - least, least) ? whole : least;

	if (is_few(count, least))
		return rng_below(rng, (uint32_t)most) < count ? most : 0;
	if (is_few(whole - count, least))
		return whole - round_part(whole - count, whole, least, rng);
	return count;
}

/* Moves bin I to REST, and all of REST back into it unless that is telling. */
static void join_calibration_at(struct calibration *c, int i, int least,
                                struct calibration_bin *rest)
{
	calibration_bin_add(rest, &c->bin[i]);
	c->bin[i] = (struct calibration_bin){0};
	if (is_few(rest->correct, least) || is_few(rest->count - rest->correct, least))
		return;
	c->bin[i] = *rest;
	*rest = (struct calibration_bin){0};
}

/* As the scores' bins do. */
static void join_calibration(struct calibration *c, int least)
{
	struct calibration_bin rest = {0};

	for (int i = CALIBRATION_BINS - 1; i >= 0; i--)
		join_calibration_at(c, i, least, &rest);
	for (int i = 0; i < CALIBRATION_BINS; i++)
		join_calibration_at(c, i, least, &rest);
}

struct counts {
	int64_t positives, negatives;
};

static void join_scores_at(struct tally_scores *s, int bin, int least, struct counts *rest)
{
	rest->positives += s->positives[bin];
	rest->negatives += s->negatives[bin];
	s->positives[bin] = s->negatives[bin] = 0;
	if (is_few(rest->positives, least) || is_few(rest->negatives, least))
		return;
	s->positives[bin] = rest->positives;
	s->negatives[bin] = rest->negatives;
	*rest = (struct counts){0};
}

/*
 * Bins join, from the highest down, until neither kind is few. What is left at the lowest joins the
 * next higher ones, as many as it takes; if all are too few, nothing of the scores is left.
 */
static void join_scores(struct tally_scores *s, int least)
{
	struct counts rest = {0};

	for (int bin = TALLY_BINS - 1; bin >= 0; bin--)
		join_scores_at(s, bin, least, &rest);
	for (int bin = 0; bin < TALLY_BINS; bin++)
		join_scores_at(s, bin, least, &rest);
}

void tally_suppress(struct tally *t, int least, uint64_t key)
{
	struct rng rng;

	rng_init(&rng, key, RNG_SUPPRESS, 0);
	round_confusion(&t->confusion, least, &rng);
	t->top2 = round_part(t->top2, t->images, least, &rng);
	join_calibration(&t->calibration, least);
	join_scores(&t->confidence, least);
	for (size_t i = 0; i < tally_rows(t); i++)
		join_scores(&t->scores[i], least);
}
