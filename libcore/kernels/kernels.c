/*
 * Which table of kernels this processor gets. Built for the baseline:
 * nothing of simd.c may run before this file has answered.
 */
#include "kernels/kernels.h"

#include <string.h>

#include "base/cpu.h"

static const struct kernels *const tables[] = {         /* fastest first */
#ifdef HAVE_avx512
	&kernels_avx512,
#endif
#ifdef HAVE_avx2
	&kernels_avx2,
#endif
#ifdef HAVE_sse2
	&kernels_sse2,
#endif
#ifdef HAVE_neon
	&kernels_neon,
#endif
	&kernels_ref,
	NULL,
};

const struct kernels *kernels_at(int i)
{
	for (const struct kernels *const *t = tables; *t; t++)
		if (cpu_runs((*t)->isa) && i-- == 0)
			return *t;
	return NULL;
}

const struct kernels *kernels_pick(const char *isa, struct err *e)
{
	const struct kernels *k;

	if (!isa)
		return kernels_at(0);
	for (int i = 0; (k = kernels_at(i)); i++)
		if (!strcmp(isa, k->isa))
			return k;
	err_set(e, "AML_ISA=%s: no kernels of that name here", isa);
	return NULL;
}
