/*
 * Predictions in memory: what is accepted is in order, and read a second time it is there
 * twice.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "score/cases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct cases *c, size_t i)
{
	double sum = 0;

	for (int k = 0; k < c->classes.count; k++)
		sum += cases_row(c, i)[k];
	if (!(fabs(sum - 1) <= CASES_SUM_OFF) || c->actual[i] >= c->classes.count ||
	    c->predicted[i] >= c->classes.count)
		abort();
}

/* TIMES: how often each id is there. */
static void check_order(const struct cases *c, size_t times)
{
	size_t *order = cases_by_id(c);

	for (size_t i = 1; i < c->count; i++) {
		int compared = strcmp(cases_id(c, order[i - 1]), cases_id(c, order[i]));

		if (i % times ? compared != 0 || order[i - 1] >= order[i] : compared >= 0)
			abort();
	}
	free(order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cases c = {0};
	struct err e;
	size_t count;

	if (cases_load(&c, memfile(data, size), &e) == 0) {
		count = c.count;
		for (size_t i = 0; i < count; i++)
			check_row(&c, i);
		check_order(&c, 1);
		if (cases_load(&c, memfile(data, size), &e) < 0 || c.count != 2 * count)
			abort();
		check_order(&c, 2);
	}
	cases_release(&c);
	return 0;
}
