/* Which images train and which validate. */
#include "data/split.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tap.h"

static void test_drawn(size_t count)
{
	struct dataset d = { .count = count };
	uint32_t *train = xmalloc(count, sizeof *train),
		 *valid = xmalloc(count, sizeof *valid);
	uint32_t *all = xmalloc(count, sizeof *all),
		 *other = xmalloc(count, sizeof *other);
	size_t t = split_select(&d, SPLIT_TRAIN, 7, train),
	       v = split_select(&d, SPLIT_VALID, 7, valid);
	size_t a = split_select(&d, SPLIT_ALL, 7, all),
	       o = split_select(&d, SPLIT_TRAIN, 8, other);
	size_t i = 0, j = 0;

	is_int((long long)t, (long long)(count * 9 / 10), "nine tenths train");
	is_int((long long)(t + v), (long long)count, "the others validate");
	is_int((long long)a, (long long)count, "all are all");
	for (uint32_t k = 0; k < count; k++) {  /* two ascending lists that merge to 0..n-1 */
		if (i < t && train[i] == k)
			i++;
		else if (j < v && valid[j] == k)
			j++;
		else
			break;
	}
	ok(i == t && j == v, "%zu images: ascending, every one on one side", count);
	if (count >= 100)
		ok(o == t && memcmp(train, other, t * sizeof *train),
		   "another seed, another split");
	free(train);
	free(valid);
	free(all);
	free(other);
}

/* Over many seeds each image validates about a tenth of the time. */
static void test_even(void)
{
	enum { IMAGES = 20, SEEDS = 5000, EXPECTED = SEEDS / 10 };
	struct dataset d = { .count = IMAGES };
	int seen[IMAGES] = {0};
	double worst = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		uint32_t valid[IMAGES];
		size_t n = split_select(&d, SPLIT_VALID, seed, valid);

		for (size_t i = 0; i < n; i++)
			seen[valid[i]]++;
	}
	for (int i = 0; i < IMAGES; i++)
		worst = fmax(worst, fabs(seen[i] - (double)EXPECTED));
	/* Standard deviation sqrt(5000 x .1 x .9) = 21; five of them. */
	ok(worst < 106, "every image validates as often: at most %g from %d", worst,
	   EXPECTED);
}

static void test_own(void)
{
	uint8_t part[] = { DATASET_VALID, DATASET_TRAIN, DATASET_NEITHER, DATASET_TRAIN };
	struct dataset d = { .count = 4, .has_split = true, .part = part };
	uint32_t index[4];

	is_int((long long)split_select(&d, SPLIT_TRAIN, 0, index), 2,
	       "a split of its own: training images");
	ok(index[0] == 1 && index[1] == 3, "the named ones");
	is_int((long long)split_select(&d, SPLIT_VALID, 0, index), 1,
	       "validation images");
	ok(index[0] == 0, "the named one");
	is_int((long long)split_select(&d, SPLIT_ALL, 0, index), 4,
	       "all, also those on neither side");
}

int main(void)
{
	static const size_t counts[] = { 0, 1, 9, 10, 11, 100, 5001 };

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		test_drawn(counts[i]);
	test_even();
	test_own();
	return tap_end();
}
