/*
 * Shared tables: what is accepted comes back from what is written of it, adds up with itself, and
 * has figures that are numbers or none.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "base/mem.h"
#include "base/threads.h"
#include "score/scorecard.h"
#include "score/shared.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_bytes(struct tally *t, const void *data, size_t size)
{
	struct err e;
	struct tsv *tsv = tsv_open(memfile(data, size), &e);
	int result = tsv ? tsv_first(tsv, &e) : -1;

	if (result == 0)
		result = shared_read(t, tsv, &e);
	tsv_close(tsv);
	return result;
}

static char *text_of(const struct tally *t, size_t *size)
{
	char *text;
	FILE *f = xmemstream(&text, size);

	shared_write(t, f);
	xmemclose(f);
	return text;
}

static void check_round_trip(const struct tally *t)
{
	struct tally back;
	size_t size, again;
	char *text = text_of(t, &size), *second;

	if (read_bytes(&back, text, size) < 0)
		abort();
	second = text_of(&back, &again);
	if (size != again || memcmp(text, second, size) != 0)
		abort();
	free(text);
	free(second);
	tally_release(&back);
}

static void check_interval(const struct interval *i)
{
	if (interval_is_none(i))
		return;
	if (!(i->low <= i->value && i->value <= i->high) || !isfinite(i->low) || !isfinite(i->high))
		abort();
}

static void check_figures(const struct tally *t)
{
	static struct threads *pool;
	struct scorecard s;

	if (!pool)
		pool = threads_new(1);
	scorecard_init(&s, t, NULL, pool);
	for (int k = 0; k < SCORECARD_OVERALL; k++)
		check_interval(&s.overall[k]);
	for (size_t i = 0; i < s.classes + s.groups; i++)
		for (int k = 0; k < SCORECARD_EACH; k++)
			check_interval(&s.rows[i].figure[k]);
	scorecard_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tally t;
	struct err e;

	if (read_bytes(&t, data, size) < 0)
		return 0;
	check_round_trip(&t);
	if (t.images > 0)
		check_figures(&t);
	if (tally_add(&t, &t, &e) == 0 && t.images > 0)
		check_figures(&t);
	tally_release(&t);
	return 0;
}
