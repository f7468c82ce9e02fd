#pragma once
/* tests/data/rank: cases, and what scikit-learn says of them. */
#include <stdint.h>
#include <stdio.h>

#include "stats/rank.h"

enum { RANK_CASES_MOST = 1000 };

static const char *const rank_names[] = { "smooth", "ties", "worse", "alike", "apart", "one" };
enum { RANK_NAMES = sizeof rank_names / sizeof rank_names[0] };

static FILE *open_rank(const char *name, const char *ending)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "tests/data/rank/%s.%s", name, ending);
	f = fopen(path, "r");
	if (!f)
		printf("Bail out! %s is missing\n", path);
	return f;
}

static void read_rank(struct rank *r, const char *name)
{
	static double score[RANK_CASES_MOST];
	static uint8_t positive[RANK_CASES_MOST];
	size_t n = 0;
	FILE *f = open_rank(name, "tsv");

	while (n < RANK_CASES_MOST && fscanf(f, "%lf %hhu", &score[n], &positive[n]) == 2)
		n++;
	fclose(f);
	rank_init(r, score, positive, n);
}
