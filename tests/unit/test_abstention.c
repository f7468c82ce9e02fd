/* Answering only when sure: thresholds, coverage and risk. */
#include "tap.h"

#include "score/abstention.h"

static void confidence_of(struct rank *r, const double *score, const char *right)
{
	uint8_t positive[1000];
	size_t n = strlen(right);

	for (size_t i = 0; i < n; i++)
		positive[i] = right[i] == '+';
	rank_init(r, score, positive, n);
}

static bool is_point(const struct abstention_point *p, double min_prob, int64_t answered,
                     int64_t wrong, int64_t all)
{
	struct interval share = interval_wilson(answered, all);
	struct interval error = interval_wilson(wrong, answered);

	return p->min_prob == min_prob && p->count == answered && p->answered.low == share.low &&
	       (answered ? p->error.high == error.high : interval_is_none(&p->error));
}

static void test_points(void)
{
	static const double score[] = { .9, .5, .7, .7, .3 };
	struct abstention_point p;
	struct rank r;

	confidence_of(&r, score, "++-+-");
	p = abstention_at(&r, 0);
	ok(is_point(&p, 0, 5, 2, 5), "0 answers all");
	p = abstention_at(&r, .7);
	ok(is_point(&p, .7, 3, 1, 5), "what reaches the threshold is answered");
	p = abstention_at(&r, .71);
	ok(is_point(&p, .71, 1, 0, 5), "what does not is not");
	p = abstention_at(&r, 1);
	ok(is_point(&p, 1, 0, 0, 5), "1 answers none, whose error nobody knows");
	rank_release(&r);
}

static void test_table(void)
{
	static const double score[] = { .9, .5, .7, .7, .3 };
	struct abstention a;
	struct rank r;

	confidence_of(&r, score, "++-+-");
	abstention_init(&a, &r, .6);
	ok(is_point(&a.chosen, .6, 3, 1, 5), "the threshold asked for");
	is_int((long long)a.count, 4, "each threshold once");
	ok(is_point(&a.table[0], .3, 5, 2, 5) && is_point(&a.table[1], .5, 4, 1, 5) &&
	           is_point(&a.table[2], .7, 3, 1, 5) && is_point(&a.table[3], .9, 1, 0, 5),
	   "from all images answered to the surest");
	abstention_release(&a);
	abstention_release(&a);
	ok(!a.table && !a.count, "released");
	rank_release(&r);
}

/* Of 1000 images each in a hundred is in the table, to the image. */
static void test_hundred(void)
{
	double score[1000];
	char right[1001];
	size_t wrong = 0;
	struct abstention a;
	struct rank r;

	for (int i = 0; i < 1000; i++) {
		score[i] = (i + 1) / 1000.;
		right[i] = i % 3 ? '+' : '-';
	}
	right[1000] = '\0';
	confidence_of(&r, score, right);
	abstention_init(&a, &r, 0);
	is_int((long long)a.count, 100, "a hundred points");
	for (size_t i = 0; i < a.count; i++)
		wrong += a.table[i].count != 1000 - 10 * (int64_t)i;
	is_int((long long)wrong, 0, "at 100, 99, ..., 1 of 100 images");
	abstention_release(&a);
	rank_release(&r);
}

static void test_nothing(void)
{
	struct abstention a;
	struct rank r;

	rank_init(&r, NULL, NULL, 0);
	abstention_init(&a, &r, .5);
	ok(a.count == 0 && a.chosen.count == 0 && interval_is_none(&a.chosen.answered),
	   "without images nothing is known");
	abstention_release(&a);
	rank_release(&r);
}

int main(void)
{
	test_points();
	test_table();
	test_hundred();
	test_nothing();
	return tap_end();
}
