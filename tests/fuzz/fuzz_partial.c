/*
 * Partial sums: the clients of what is accepted add up, and its numbers are of a size that keeps
 * sums exact. make_partial_corpus.py writes those of the smallest network.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "fed/partial.h"
#include "fed/sums.h"
#include "memfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clients(const struct partial_sums *s)
{
	double weight = 0, part = 0;

	for (int i = 0; i < s->count; i++) {
		weight += s->client[i].weight;
		part += s->client[i].weight * s->client[i].scale;
	}
	if (weight != s->weight || part != s->part || !(part <= weight))
		abort();
}

/* In steps of 3, which no array's length is a multiple of. */
static int read_array(struct partial *p, int k, struct err *e)
{
	size_t count = net_count(&p->sums.net, (enum net_array)k);

	if (partial_array(p, k, e) < 0)
		return -1;
	for (size_t at = 0; at < count; at += 3) {
		size_t n = count - at < 3 ? count - at : 3;

		if (partial_next(p, n, e) < 0)
			return -1;
		for (int j = 0; j < p->terms[k]; j++)
			for (size_t i = 0; i < n; i++)
				if (!sums_holds(p->block[j][i]))
					abort();
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = memfile(data, size);
	struct partial p;
	struct err e;

	if (!partial_is(path) || partial_open(&p, path, &e) < 0)
		return 0;
	check_clients(&p.sums);
	for (int k = 0; k < NET_ARRAYS; k++)
		if (net_count(&p.sums.net, (enum net_array)k) > size || read_array(&p, k, &e) < 0)
			break;
	partial_close(&p);
	return 0;
}
