/*
 * Quantised differences from a fixed parent, read in blocks and whole. make_delta_corpus.py knows
 * the same parent.
 */
#include <stdint.h>

#include "memfile.h"
#include "fuzz/mutate_zip.h"
#include "model/delta.h"
#include "model/digest.h"
#include "model/model_stream.h"
#include "model/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The network of tests/data/forms, number i of an array is (i mod 7) / 8. */
static struct model *make_parent(void)
{
	static const int filters[] = { 3, 2, 3, 2 };
	static struct model parent;
	static struct weights w;
	struct err e;

	if (w.a[0])
		return &parent;
	net_init(&parent.net, 16, 4, filters, 5, 3, &e);
	weights_init(&w, &parent.net);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&parent.net, (enum net_array)k); i++)
			w.a[k][i] = (float)(i % 7) / 8;
	for (int k = 0; k < NET_ARRAYS; k++)
		parent.w[k] = w.a[k];
	return &parent;
}

/* The sum only makes sure that each number is there. */
static int add_up(void *sum, const float_any *x, size_t at, size_t n, struct err *e)
{
	(void)at, (void)e;
	for (size_t i = 0; i < n; i++)
		*(double *)sum += x[i];
	return 0;
}

/* Reads as much as there is of each array, in blocks of three numbers. */
static void read_blocks(struct model_stream *s)
{
	enum { BLOCK = 3 };
	double sum = 0;
	struct err e;

	for (int k = 0; k < NET_ARRAYS; k++)
		if (model_stream_each(s, k, BLOCK, add_up, &sum, &e) < 0)
			return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct model *parent = make_parent();
	const char *path = memfile(data, size);
	struct model m;
	struct model_stream s;
	struct err e;
	char from[SHA256_HEX];

	if (delta_load(&m, path, parent, &e) == 0)
		model_release(&m);
	digest_numbers(&parent->net, parent->w, from);
	if (model_stream_open(&s, path, NULL, parent, from, &e) < 0)
		return 0;
	read_blocks(&s);
	model_stream_close(&s);
	return 0;
}
