#pragma once
/*
 * What the processor can do, and what AML_ISA leaves of it: no other file asks. AML_ISA names
 * an instruction set, and code for a wider one does not run then: "avx512", "avx2", "sse2" or
 * "neon"; "ref", which is plain C; "blas", which concerns the layers of a network alone. The
 * results of checksums, digests, resizing and averaging are the same for each.
 */
#include <stdbool.h>

#include "base/err.h"

enum cpu_feature {
	CPU_SSE2 = 1 << 0,
	CPU_NEON = 1 << 1,
	CPU_PCLMUL = 1 << 2,            /* carry-less products of 64 bits */
	CPU_SHA = 1 << 3,               /* SHA-256, with SSSE3 and SSE4.1 */
	CPU_AVX2 = 1 << 4,              /* with FMA */
	CPU_VPCLMUL = 1 << 5,           /* PCLMUL in vectors of 256 bits, with AVX2 */
	CPU_AVX512 = 1 << 6,            /* F, BW, DQ and VL, with AVX2 */
};

/* Does the processor have it, and does AML_ISA allow it? Cheap; the answer never changes. */
bool cpu_has(enum cpu_feature feature);

/* What AML_ISA names; NULL where it is unset or empty. */
const char *cpu_isa(void);

/* Is NAME an instruction set of the list above ("blas" is none) that this processor has? */
bool cpu_runs(const char *name);

/* 0, or -1 with E set: AML_ISA names what cpu_runs denies, and is not "blas". */
int cpu_check(struct err *e);
