/* Ledgers: what is read is in order, and a chain that holds is found line by line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "fed/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const struct ledger *l, size_t i)
{
	const struct ledger_line *at = &l->line[i];

	if (strlen(at->hash) != SHA256_HEX - 1 || ledger_find(l, at->hash) > (long)i)
		abort();
	if (at->fault)
		return;
	if (at->round < 1 || !at->result || !at->inputs || !at->missing)
		abort();
	for (int k = 0; k < at->inputs; k++)
		if (!at->input[k].site || !(at->input[k].weight > 0))
			abort();
}

static void count(void *arg, const struct err *e)
{
	(void)e;
	++*(int *)arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ledger l;
	struct err e;
	int told = 0;

	if (ledger_load(&l, memfile(data, size), &e) < 0)
		return 0;
	for (size_t i = 0; i < l.count; i++)
		check_line(&l, i);
	if (l.whole + l.torn_size != size || ledger_check(&l, "ledger", count, &told) != told)
		abort();
	ledger_release(&l);
	return 0;
}
