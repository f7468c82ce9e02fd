/* Predictions and count tables: what is read is written and read again the same. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "score/confusion.h"
#include "score/metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct confusion *c)
{
	size_t cells = (size_t)c->classes.count * (size_t)c->classes.count, size;
	struct confusion again;
	struct err e;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	confusion_write(c, f);
	fclose(f);
	if (confusion_load(&again, memfile((const uint8_t *)text, size), &e) < 0)
		abort();
	assert(!memcmp(again.counts, c->counts, cells * sizeof *c->counts));
	confusion_release(&again);
	free(text);
}

static void report(const struct confusion *c)
{
	struct metrics m;

	metrics_init(&m, c);
	free(metrics_report(&m, &c->classes));
	metrics_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct confusion c;
	struct err e;

	if (confusion_load(&c, memfile(data, size), &e) == 0) {
		read_again(&c);
		report(&c);
		confusion_release(&c);
	}
	return 0;
}
