/* Pairs of the classes A to D: near is the same both ways, and each class is near itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "memfile.h"
#include "score/tolerant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct tolerant_pairs *p)
{
	for (int i = 0; i < p->classes; i++) {
		if (!p->near[i * p->classes + i])
			abort();
		for (int j = 0; j < i; j++)
			if (p->near[i * p->classes + j] != p->near[j * p->classes + i])
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct classes c = {0};
	struct tolerant_pairs p;
	struct err e;

	if (classes_parse(&c, "A,B,C,D", &e) < 0)
		abort();
	if (tolerant_load(&p, memfile(data, size), &c, &e) == 0) {
		check(&p);
		tolerant_pairs_release(&p);
	}
	classes_release(&c);
	return 0;
}
