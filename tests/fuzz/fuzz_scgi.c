/*
 * SCGI: what arrives piece by piece, at another address each time, is taken as the same as what
 * arrives at once; what was taken, written again, is read as the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/scgi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 4096, STEPS = 64 };

/* The first SIZE bytes, in memory of exactly that size. */
static uint8_t *copy(const uint8_t *data, size_t size)
{
	uint8_t *result = malloc(size ? size : 1);

	if (!result)
		abort();
	memcpy(result, data, size);
	return result;
}

static void compare(const struct request *a, const struct request *b)
{
	if (a->count != b->count || a->size != b->size || memcmp(a->body, b->body, a->size) != 0)
		abort();
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->variable[i].name, b->variable[i].name) ||
		    strcmp(a->variable[i].value, b->variable[i].value))
			abort();
}

static void check_pieces(const struct request *want, int result, const uint8_t *data, size_t size)
{
	size_t step = 1 + size / STEPS, have = 0;
	uint8_t *piece = NULL;
	struct scgi s = {0};
	struct request r;
	struct err e;
	int got = 0;

	while (got == 0 && have < size) {
		have = size - have < step ? size : have + step;
		free(piece);
		piece = copy(data, have);
		got = scgi_read(&s, piece, have, LIMIT, &e);
	}
	if (got != result)
		abort();
	if (got > 0) {
		scgi_request(&r, &s, piece);
		compare(&r, want);
	}
	scgi_release(&s);
	free(piece);
}

static void check_again(const struct request *want)
{
	char *head = NULL, *text = NULL;
	size_t head_size, size;
	FILE *f = xmemstream(&head, &head_size);
	struct scgi s = {0};
	struct request r;
	struct err e;

	for (size_t i = 0; i < want->count; i++)
		fprintf(f, "%s%c%s%c", want->variable[i].name, 0, want->variable[i].value, 0);
	xmemclose(f);
	f = xmemstream(&text, &size);
	fprintf(f, "%zu:", head_size);
	fwrite(head, 1, head_size, f);
	putc(',', f);
	fwrite(want->body, 1, want->size, f);
	xmemclose(f);
	if (scgi_read(&s, (uint8_t *)text, size, LIMIT, &e) != 1)
		abort();
	scgi_request(&r, &s, (uint8_t *)text);
	compare(&r, want);
	scgi_release(&s);
	free(head);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request r = {0};
	struct scgi s = {0};
	struct err e;
	int got = scgi_read(&s, data, size, LIMIT, &e);

	if (got > 0) {
		scgi_request(&r, &s, data);
		if (r.size > LIMIT || r.body < data || r.body + r.size > data + size)
			abort();
		check_again(&r);
	}
	check_pieces(&r, got, data, size);
	scgi_release(&s);
	return 0;
}
