/* Files of groups for four images, which are dealt to two parts then: no group is torn apart. */
#include <stdint.h>
#include <stdlib.h>

#include "memfile.h"
#include "data/id_groups.h"
#include "data/partition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IMAGES = 4, PARTS = 2 };

static void deal(const uint32_t *group, size_t groups)
{
	static const int label[IMAGES] = { 0, 1, 0, 1 };
	uint32_t part[IMAGES];
	struct partition p = {
		.count = IMAGES, .label = label, .group = group, .groups = groups,
		.classes = 2, .parts = PARTS, .scheme = PARTITION_STRATIFIED,
	};

	if (groups < PARTS)
		return;
	partition_deal(&p, part);
	for (int i = 0; i < IMAGES; i++)
		for (int j = 0; j < IMAGES; j++)
			if (part[i] >= PARTS || (group[i] == group[j] && part[i] != part[j]))
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char first[] = "BAS 1", second[] = "a", third[] = "b", fourth[] = "\xc3\xa4";
	char *const ids[IMAGES] = { first, second, third, fourth };
	struct id_groups g;
	struct err e;

	if (id_groups_load(&g, ids, IMAGES, memfile(data, size), &e) < 0)
		return 0;
	for (int i = 0; i < IMAGES; i++)
		if (g.of[i] >= g.count)
			abort();
	deal(g.of, g.count);
	id_groups_release(&g);
	return 0;
}
