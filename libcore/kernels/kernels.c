/*
 * Which table of kernels this processor gets. Built for the baseline:
 * nothing of simd.c may run before this file has answered.
 */
#include "kernels/kernels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool always(void)
{
	return true;
}

#ifdef HAVE_avx2
static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#ifdef HAVE_avx512
static bool has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512dq");
}
#endif

static const struct {
	const struct kernels *table;
	bool (*runs)(void);
} tables[] = {                          /* fastest first */
#ifdef HAVE_avx512
	{ &kernels_avx512, has_avx512 },
#endif
#ifdef HAVE_avx2
	{ &kernels_avx2, has_avx2 },
#endif
#ifdef HAVE_sse2
	{ &kernels_sse2, always },
#endif
#ifdef HAVE_neon
	{ &kernels_neon, always },
#endif
	{ &kernels_ref, always },
};

enum { TABLES = sizeof tables / sizeof *tables };

const struct kernels *kernels_at(int i)
{
	for (int t = 0; t < TABLES; t++)
		if (tables[t].runs() && i-- == 0)
			return tables[t].table;
	return NULL;
}

const struct kernels *kernels_pick(const char *isa, struct err *e)
{
	if (!isa)
		isa = getenv("AML_ISA");
	if (!isa || !*isa)
		return kernels_at(0);
	for (int t = 0; t < TABLES; t++) {
		if (strcmp(isa, tables[t].table->isa))
			continue;
		if (tables[t].runs())
			return tables[t].table;
		err_set(e, "AML_ISA=%s: this processor does not run it", isa);
		return NULL;
	}
	err_set(e, "AML_ISA=%s: no kernels of that name", isa);
	return NULL;
}
