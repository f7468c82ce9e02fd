/*
 * Files of groups of the classes A to D: each has a name of its own, some of the classes
 * and not all.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "score/class_groups.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_group(const struct class_groups *g, size_t k, const struct classes *c)
{
	static const double one[] = { 1, 1, 1, 1 };
	double members = class_groups_sum(&g->each[k], c, one);

	if (members < 1 || members >= c->count || !*g->each[k].name)
		abort();
	for (size_t i = 0; i < k; i++)
		if (!strcmp(g->each[i].name, g->each[k].name))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct classes c = {0};
	struct class_groups g = {0};
	struct err e;

	if (classes_parse(&c, "A,B,C,D", &e) < 0)
		abort();
	if (class_groups_load(&g, memfile(data, size), &c, &e) == 0)
		for (size_t k = 0; k < g.count; k++)
			check_group(&g, k, &c);
	class_groups_release(&g);
	classes_release(&c);
	return 0;
}
