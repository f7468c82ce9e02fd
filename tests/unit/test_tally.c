/* Counts and sums of sites: added up they are those of all; suppressed they tell little. */
#include "made_cases.h"
#include "tap.h"

#include "score/scorecard.h"
#include "score/tally.h"

static const char *const group_text[] = { "first=C0,C1", "second=C2,C4,C6" };
enum { GROUPS = 2 };

static void count(struct tally *t, const struct cases *c, const struct class_groups *g)
{
	tally_init(t, &c->classes, g);
	tally_count(t, c);
}

/* The sum over SITES sites, each larger than the one before, the last with what is left. */
static void count_sites(struct tally *sum, const struct cases *c, const struct class_groups *g,
                        size_t sites)
{
	size_t unit = 2 * c->count / (sites * (sites + 1)), first = 0;

	tally_init(sum, &c->classes, g);
	for (size_t i = 0; i < sites; i++) {
		size_t last = i + 1 == sites ? c->count : first + unit * (i + 1);
		struct cases part = made_part(c, first, last);
		struct tally t;
		struct err e;

		count(&t, &part, g);
		must(tally_add(sum, &t, &e), &e);
		tally_release(&t);
		first = last;
	}
}

static double farthest(const struct interval *a, const struct interval *b)
{
	double value = fabs(a->value - b->value), low = fabs(a->low - b->low);

	if (isnan(a->value) || isnan(b->value))
		return interval_is_none(a) && interval_is_none(b) ? 0 : INFINITY;
	return fmax(value, fmax(low, fabs(a->high - b->high)));
}

/* Figures of counts to the bit, those of sums within ROUNDING, those of scores within SCORES. */
static void compare(const struct scorecard *pooled, const struct scorecard *sum, double scores)
{
	const double rounding = 1e-12;
	double worst = 0;
	size_t counts = 0;

	for (int k = 0; k < SCORECARD_OVERALL; k++) {
		double off = farthest(&pooled->overall[k], &sum->overall[k]);

		if (!(off <= (k < SCORECARD_LOG_LOSS ? 0 : rounding)))
			ok(false, "%s is off by %g",
			   scorecard_overall_key((enum scorecard_overall)k), off);
	}
	for (size_t i = 0; i < pooled->classes + pooled->groups; i++)
		for (int k = 0; k < SCORECARD_EACH; k++) {
			const struct interval *a = &pooled->rows[i].figure[k],
			                      *b = &sum->rows[i].figure[k];

			if (k < SCORECARD_AUC)
				counts += farthest(a, b) != 0;
			else if (isnan(a->value) != isnan(b->value))
				worst = INFINITY;
			else if (!isnan(a->value))
				worst = fmax(worst, fabs(a->value - b->value));
		}
	is_int((long long)counts, 0, "shares of classes and groups are the same");
	ok(worst <= scores, "AUC and average precision are off by %.6f", worst);
}

static void test_sites(const struct cases *c, const struct class_groups *g, size_t sites)
{
	struct threads *pool = threads_new(1);
	struct scorecard pooled, sum;
	struct tally all, added;

	count(&all, c, g);
	count_sites(&added, c, g, sites);
	printf("# %zu sites\n", sites);
	is_int(added.images, all.images, "images");
	ok(!memcmp(added.confusion.counts, all.confusion.counts,
	           (size_t)(c->classes.count * c->classes.count) * sizeof *all.confusion.counts),
	   "the confusion matrix");
	ok(!memcmp(added.scores, all.scores,
	           ((size_t)c->classes.count + g->count) * sizeof *all.scores) &&
	           !memcmp(&added.confidence, &all.confidence, sizeof all.confidence),
	   "histograms of scores");
	scorecard_init(&pooled, &all, c, pool);
	scorecard_init(&sum, &added, NULL, pool);
	compare(&pooled, &sum, .001);
	scorecard_release(&pooled);
	scorecard_release(&sum);
	tally_release(&all);
	tally_release(&added);
	threads_free(pool);
}

static void test_bins(void)
{
	static const struct {
		double p;
		int bin;
	} at[] = {
		{ 0, 0 }, { 1e-12, 0 }, { .5, -TALLY_LOWEST }, { .4999, -TALLY_LOWEST - 1 },
		{ 1, TALLY_BINS - 1 }, { 1 - 1e-12, TALLY_BINS - 1 },
	};
	struct cases c;
	uint16_t class[] = { 0 };
	const struct class_groups none = {0};

	c = (struct cases){ .count = 1, .actual = class, .predicted = class };
	classes_numbered(&c.classes, 2);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		double p[] = { at[i].p, 1 - at[i].p };
		struct tally t;

		c.p = p;
		count(&t, &c, &none);
		ok(t.scores[0].positives[at[i].bin] == 1, "the bin of %g", at[i].p);
		tally_release(&t);
	}
	classes_release(&c.classes);
}

static void test_refused(const struct cases *c, const struct class_groups *g)
{
	struct class_groups one = made_groups(c, group_text, 1);
	struct classes other;
	struct tally t, u;
	struct err e = {0};

	count(&t, c, g);
	count(&u, c, &one);
	ok(tally_add(&t, &u, &e) < 0 && strstr(e.text, "has 1 groups, expected 2"),
	   "other groups: %s", e.text);
	tally_release(&u);
	classes_numbered(&other, 3);
	tally_init(&u, &other, &(struct class_groups){0});
	tally_release(&t);
	count(&t, c, &(struct class_groups){0});
	ok(tally_add(&t, &u, &e) < 0 && strstr(e.text, "its classes are"), "other classes: %s",
	   e.text);
	tally_release(&u);
	count(&u, c, &(struct class_groups){0});
	u.images = CONFUSION_CELL_MAX;
	ok(tally_add(&t, &u, &e) < 0 && strstr(e.text, "more than 35184372088832 images"),
	   "too many images: %s", e.text);
	tally_release(&u);
	tally_release(&t);
	classes_release(&other);
	class_groups_release(&one);
}

/* ---- suppression ---- */

static bool few(int64_t n, int least)
{
	return n > 0 && n < least;
}

static size_t few_scores(const struct tally_scores *s, int least)
{
	size_t n = 0;

	for (int bin = 0; bin < TALLY_BINS; bin++)
		n += few(s->positives[bin], least) + few(s->negatives[bin], least);
	return n;
}

/* How many counts from 1 to LEAST - 1 there are. */
static size_t few_of(const struct tally *t, int least)
{
	int classes = t->confusion.classes.count;
	size_t n = few(t->top2, least) + few(t->images - t->top2, least);

	for (int i = 0; i < classes * classes; i++)
		n += few(t->confusion.counts[i], least);
	for (int i = 0; i < CALIBRATION_BINS; i++) {
		const struct calibration_bin *b = &t->calibration.bin[i];

		n += few(b->correct, least) + few(b->count - b->correct, least);
	}
	for (size_t i = 0; i < (size_t)classes + t->groups.count; i++)
		n += few_scores(&t->scores[i], least);
	return n + few_scores(&t->confidence, least);
}

static void totals(const struct tally_scores *s, int64_t *positives, int64_t *negatives)
{
	*positives = *negatives = 0;
	for (int bin = 0; bin < TALLY_BINS; bin++) {
		*positives += s->positives[bin];
		*negatives += s->negatives[bin];
	}
}

/* The same totals, unless one of them was few: then nothing. */
static bool totals_kept(const struct tally_scores *was, const struct tally_scores *is, int least)
{
	int64_t p, n, p_now, n_now;

	totals(was, &p, &n);
	totals(is, &p_now, &n_now);
	if (few(p, least) || few(n, least))
		return p_now == 0 && n_now == 0;
	return p_now == p && n_now == n;
}

static void test_suppressed(const struct cases *c, const struct class_groups *g, int least)
{
	struct tally was, is;
	bool kept = true;
	double sum = 0, sum_now = 0;

	count(&was, c, g);
	count(&is, c, g);
	printf("# %zu cases, least %d: %zu counts are too small\n", c->count, least,
	       few_of(&was, least));
	tally_suppress(&is, least, 5);
	is_int((long long)few_of(&is, least), 0, "none is left");
	for (size_t i = 0; i < (size_t)c->classes.count + g->count; i++)
		kept &= totals_kept(&was.scores[i], &is.scores[i], least);
	ok(kept && totals_kept(&was.confidence, &is.confidence, least), "totals are kept");
	for (int i = 0; i < CALIBRATION_BINS; i++) {
		sum += was.calibration.bin[i].sum;
		sum_now += is.calibration.bin[i].sum;
	}
	ok(calibration_total(&is.calibration) == 0 || fabs(sum - sum_now) < 1e-9 * sum,
	   "sums of confidence as well");
	ok(is.images == was.images && is.brier.sum == was.brier.sum &&
	           is.log_loss.squares == was.log_loss.squares,
	   "images and losses are as they were");
	tally_release(&was);
	tally_release(&is);
}

/* Means over keys, of which each count is at most 4.5 standard errors away. */
static void test_unbiased(const struct cases *c)
{
	enum { KEYS = 1000, LEAST = 10 };
	int cells = c->classes.count * c->classes.count;
	double *mean = xcalloc((size_t)cells + 1, sizeof *mean);
	const struct class_groups none = {0};
	struct tally was;
	size_t off = 0, rounded = 0;

	count(&was, c, &none);
	was.top2 = was.images - 4;
	for (int key = 0; key < KEYS; key++) {
		struct tally t;

		tally_init(&t, &c->classes, &none);
		memcpy(t.confusion.counts, was.confusion.counts, (size_t)cells * sizeof(int64_t));
		t.images = was.images;
		t.top2 = was.top2;
		tally_suppress(&t, LEAST, (uint64_t)key);
		for (int i = 0; i <= cells; i++)
			mean[i] += (double)(i < cells ? t.confusion.counts[i] : t.top2) / KEYS;
		tally_release(&t);
	}
	for (int i = 0; i <= cells; i++) {
		double n = (double)(i < cells ? was.confusion.counts[i] : was.images - was.top2);
		double error = n < LEAST ? sqrt(n * (LEAST - n) / KEYS) : 0;

		rounded += n > 0 && n < LEAST;
		off += fabs(mean[i] - (double)(i < cells ? was.confusion.counts[i] : was.top2)) >
		       4.5 * error + 1e-9;
	}
	ok(rounded > 5 && off == 0, "%zu counts, %zu of them not right on average", rounded, off);
	free(mean);
	tally_release(&was);
}

/* So few that the rest beside LEAST would be few itself: all or none. */
static void test_few_images(void)
{
	enum { KEYS = 2000, LEAST = 10 };
	double mean = 0;
	size_t wrong = 0;

	for (int key = 0; key < KEYS; key++) {
		struct tally t;
		struct classes two;

		classes_numbered(&two, 2);
		tally_init(&t, &two, &(struct class_groups){0});
		t.images = 13;
		t.top2 = 9;
		tally_suppress(&t, LEAST, (uint64_t)key);
		wrong += t.top2 != 0 && t.top2 != 13;
		mean += (double)t.top2 / KEYS;
		tally_release(&t);
		classes_release(&two);
	}
	is_int((long long)wrong, 0, "9 of 13 images become 0 or 13");
	is_near(mean, 9, 4 * sqrt(9 * 4. / KEYS), "and are 9 on average");
}

int main(void)
{
	struct cases c;
	struct class_groups g;

	made_cases(&c, 8, 3000, 3, 1);
	g = made_groups(&c, group_text, GROUPS);
	test_sites(&c, &g, 2);
	test_sites(&c, &g, 8);
	test_sites(&c, &g, 50);
	test_bins();
	test_refused(&c, &g);
	for (int least = 1; least <= 100; least += least < 5 ? 1 : 95) {
		test_suppressed(&c, &g, least);
		for (size_t n = 100; n < 110; n++) {
			struct cases part = made_part(&c, 0, n);

			test_suppressed(&part, &g, least);
		}
	}
	test_unbiased(&c);
	test_few_images();
	class_groups_release(&g);
	cases_release(&c);
	return tap_end();
}
