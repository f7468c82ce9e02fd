/* Who gets which image: sizes, classes, groups, and that chance is fair. */
#include "data/partition.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "tap.h"

enum { CLASSES = 4 };

/* Classes of very unlike size. */
static int *make_labels(size_t count)
{
	int *label = xmalloc(count, sizeof *label);

	for (size_t i = 0; i < count; i++)
		label[i] = i % 50 == 0 ? 3 : i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0;
	return label;
}

/* Of class C, or all if C < 0: largest minus smallest part. */
static size_t spread(const struct partition *p, const uint32_t *part, int c)
{
	size_t *n = xcalloc((size_t)p->parts, sizeof *n), low = SIZE_MAX, high = 0;

	for (size_t i = 0; i < p->count; i++)
		if (c < 0 || p->label[i] == c)
			n[part[i]]++;
	for (int k = 0; k < p->parts; k++) {
		low = n[k] < low ? n[k] : low;
		high = n[k] > high ? n[k] : high;
	}
	free(n);
	return high - low;
}

static bool in_range(const struct partition *p, const uint32_t *part)
{
	for (size_t i = 0; i < p->count; i++)
		if (part[i] >= (uint32_t)p->parts)
			return false;
	return true;
}

static void test_even(size_t count, int parts)
{
	int *label = make_labels(count);
	uint32_t *part = xmalloc(count, sizeof *part),
		 *other = xmalloc(count, sizeof *other);
	struct partition p = {
		.count = count, .label = label, .classes = CLASSES, .parts = parts
	};
	size_t worst = 0;

	partition_deal(&p, part);
	ok(in_range(&p, part) && spread(&p, part, -1) <= 1,
	   "iid, %zu images, %d parts: sizes", count, parts);
	p.scheme = PARTITION_STRATIFIED;
	partition_deal(&p, part);
	for (int c = 0; c < CLASSES; c++)
		worst = spread(&p, part, c) > worst ? spread(&p, part, c) : worst;
	ok(in_range(&p, part) && spread(&p, part, -1) <= 1 && worst <= 1,
	   "stratified, %zu images, %d parts: sizes, and of each class", count, parts);
	partition_deal(&p, other);
	ok(!memcmp(part, other, count * sizeof *part), "the same again");
	p.seed = 1;
	partition_deal(&p, other);
	if (count > 50 && parts > 1)
		ok(memcmp(part, other, count * sizeof *part),
		   "another seed, another partition");
	free(label);
	free(part);
	free(other);
}

/* Images 0 and 1 meet in one of four parts as often as chance says. */
static void test_chance(void)
{
	enum { COUNT = 40, PARTS = 4, SEEDS = 4000 };
	int *label = make_labels(COUNT), together = 0;
	uint32_t part[COUNT];
	struct partition p = {
		.count = COUNT, .label = label, .classes = CLASSES, .parts = PARTS
	};
	const double expected = SEEDS * 9.0 / 39;       /* 9 of the other 39 share a part */

	for (p.seed = 0; p.seed < SEEDS; p.seed++) {
		partition_deal(&p, part);
		together += part[0] == part[1];
	}
	is_near(together, expected, 5 * sqrt(expected * 30 / 39),
	        "two images meet as often as chance says");
	free(label);
}

/* Shares of one class follow the Dirichlet distribution: mean 1/k, variance (1/k)(1 -
 * 1/k) / (k alpha + 1). */
static void test_dirichlet(double alpha)
{
	enum { COUNT = 1000, PARTS = 5, SEEDS = 1500 };
	int *label = xcalloc(COUNT, sizeof *label);
	uint32_t *part = xmalloc(COUNT, sizeof *part);
	struct partition p = { .count = COUNT,
		               .label = label,
		               .classes = 1,
		               .parts = PARTS,
		               .scheme = PARTITION_DIRICHLET,
		               .alpha = alpha };
	double sum = 0, squares = 0, mean, variance, want = .2 * .8 / (PARTS * alpha + 1);

	for (p.seed = 0; p.seed < SEEDS; p.seed++) {
		double share = 0;

		partition_deal(&p, part);
		for (int i = 0; i < COUNT; i++)
			share += part[i] == 2;
		share /= COUNT;
		sum += share;
		squares += share * share;
	}
	mean = sum / SEEDS;
	variance = squares / SEEDS - mean * mean;
	is_near(mean, .2, 5 * sqrt(want / SEEDS), "dirichlet: mean share of a part");
	is_near(variance, want, .15 * want + 1e-6, "dirichlet: variance of the share");
	free(label);
	free(part);
}

static void test_dirichlet_extremes(void)
{
	enum { COUNT = 300, PARTS = 7 };
	int *label = make_labels(COUNT);
	uint32_t part[COUNT];
	struct partition p = { .count = COUNT,
		               .label = label,
		               .classes = CLASSES,
		               .parts = PARTS,
		               .scheme = PARTITION_DIRICHLET,
		               .alpha = 1e-6 };
	bool whole = true;

	partition_deal(&p, part);
	for (int c = 0; c < CLASSES; c++) {
		int first = -1;

		for (int i = 0; i < COUNT; i++) {
			if (label[i] != c)
				continue;
			if (first < 0)
				first = (int)part[i];
			whole &= (int)part[i] == first;
		}
	}
	ok(whole && in_range(&p, part), "alpha near 0: every class goes to one part");
	p.alpha = 1e6;
	partition_deal(&p, part);
	for (int c = 0; c < CLASSES; c++)
		ok(spread(&p, part, c) <= 2, "large alpha: class %d is even", c);
	free(label);
}

static void test_groups(enum partition_scheme scheme)
{
	enum { COUNT = 600, GROUPS = 60, PARTS = 5 };
	int *label = make_labels(COUNT);
	uint32_t group[COUNT], part[COUNT], part_of[GROUPS];
	struct partition p = { .count = COUNT,
		               .label = label,
		               .classes = CLASSES,
		               .parts = PARTS,
		               .group = group,
		               .groups = GROUPS,
		               .scheme = scheme };
	bool together = true;

	for (uint32_t i = 0; i < COUNT; i++)            /* sizes 3 to 17, classes mixed */
		group[i] = (uint32_t)(sqrt((double)i * 6) + .001);
	partition_deal(&p, part);
	memset(part_of, 0xff, sizeof part_of);
	for (uint32_t i = 0; i < COUNT; i++) {
		if (part_of[group[i]] == UINT32_MAX)
			part_of[group[i]] = part[i];
		together &= part_of[group[i]] == part[i];
	}
	ok(in_range(&p, part) && together, "groups stay together");
	ok(spread(&p, part, -1) <= 20, "and the sizes near each other: %zu",
	   spread(&p, part, -1));
	for (int c = 0; scheme == PARTITION_STRATIFIED && c < CLASSES; c++)
		ok(spread(&p, part, c) <= 12, "class %d too: %zu", c,
		   spread(&p, part, c));
	p.parts = GROUPS;
	partition_deal(&p, part);
	memset(part_of, 0xff, sizeof part_of);
	together = true;
	for (uint32_t i = 0; i < COUNT; i++) {
		together &= part_of[part[i]] == UINT32_MAX ||
		            part_of[part[i]] == group[i];
		part_of[part[i]] = group[i];
	}
	ok(together, "as many parts as groups: one each");
	free(label);
}

static void test_parse(void)
{
	static const struct {
		const char *text;
		int result;
		enum partition_scheme scheme;
		double alpha;
		bool folds;
	} cases[] = {
		{ "iid", 0, PARTITION_IID, 0, false },
		{ "stratified", 0, PARTITION_STRATIFIED, 0, false },
		{ "folds", 0, PARTITION_STRATIFIED, 0, true },
		{ "dirichlet:0.5", 0, PARTITION_DIRICHLET, .5, false },
		{ "dirichlet", -1, 0, 0, false },
		{ "dirichlet:", -1, 0, 0, false },
		{ "dirichlet:0", -1, 0, 0, false },
		{ "dirichlet:-1", -1, 0, 0, false },
		{ "dirichlet:nan", -1, 0, 0, false },
		{ "dirichlet:inf", -1, 0, 0, false },
		{ "dirichlet:1x", -1, 0, 0, false },
		{ "IID", -1, 0, 0, false },
		{ "", -1, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum partition_scheme scheme = 0;
		double alpha = 0;
		bool folds = false;
		struct err e = {0};
		int result = partition_parse(&scheme, &alpha, &folds, cases[i].text, &e);

		ok(result == cases[i].result &&
		           (result < 0 ||
		            (scheme == cases[i].scheme && folds == cases[i].folds &&
		             alpha == cases[i].alpha)),
		   "scheme '%s' %s", cases[i].text, e.text);
	}
}

int main(void)
{
	static const int parts[] = { 1, 2, 3, 7, 50 };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		test_even(50, parts[i]);
		test_even(1003, parts[i]);
	}
	test_chance();
	test_dirichlet(.1);
	test_dirichlet(1);
	test_dirichlet(20);
	test_dirichlet_extremes();
	test_groups(PARTITION_IID);
	test_groups(PARTITION_STRATIFIED);
	test_parse();
	return tap_end();
}
