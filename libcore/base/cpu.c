/* The processor, and AML_ISA; see cpu.h. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

static const char BLAS[] = "blas";

/* The widest first. */
static const struct isa {
	const char *name;
	unsigned needs;                 /* enum cpu_feature of the processor */
	unsigned allows;
} isas[] = {
	{ "avx512", CPU_AVX512, ~0u },
	{ "avx2", CPU_AVX2, CPU_SSE2 | CPU_PCLMUL | CPU_SHA | CPU_AVX2 | CPU_VPCLMUL },
	{ "sse2", CPU_SSE2, CPU_SSE2 },
	{ "neon", CPU_NEON, CPU_NEON },
	{ "ref", 0, 0 },
};

enum { ISAS = sizeof isas / sizeof *isas };

#if defined __x86_64__
#include <cpuid.h>

/* __builtin_cpu_supports has no name for it: leaf 7, EBX bit 29. */
static bool has_sha(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

static unsigned detect(void)
{
	unsigned f = CPU_SSE2;

	if (__builtin_cpu_supports("pclmul"))
		f |= CPU_PCLMUL;
	if (has_sha() && __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1"))
		f |= CPU_SHA;
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return f;
	f |= CPU_AVX2;
	if (__builtin_cpu_supports("vpclmulqdq"))
		f |= CPU_VPCLMUL;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
		f |= CPU_AVX512;
	return f;
}
#elif defined __aarch64__
static unsigned detect(void)
{
	return CPU_NEON;
}
#else
static unsigned detect(void)
{
	return 0;
}
#endif

static const struct isa *find(const char *name)
{
	for (int i = 0; i < ISAS; i++)
		if (!strcmp(isas[i].name, name))
			return &isas[i];
	return NULL;
}

const char *cpu_isa(void)
{
	const char *name = getenv("AML_ISA");

	return name && *name ? name : NULL;
}

/* Of an unknown name nothing, should nobody have called cpu_check. */
static unsigned allowed(const char *name)
{
	const struct isa *isa;

	if (!name || !strcmp(name, BLAS))
		return ~0u;
	isa = find(name);
	return isa ? isa->allows : 0;
}

bool cpu_has(enum cpu_feature feature)
{
	static const unsigned KNOWN = 1u << 31;
	static unsigned have;                   /* every thread finds the same answer */
	unsigned now = __atomic_load_n(&have, __ATOMIC_RELAXED);

	if (!now) {
		now = KNOWN | (detect() & allowed(cpu_isa()));
		__atomic_store_n(&have, now, __ATOMIC_RELAXED);
	}
	return now & feature;
}

static bool runs(const struct isa *isa)
{
	return (isa->needs & ~detect()) == 0;
}

bool cpu_runs(const char *name)
{
	const struct isa *isa = find(name);

	return isa && runs(isa);
}

/* "avx2, sse2, ref or blas" */
static void list(char *text, size_t size)
{
	*text = '\0';
	for (int i = 0; i < ISAS; i++) {
		if (!runs(&isas[i]))
			continue;
		strncat(text, *text ? ", " : "", size - strlen(text) - 1);
		strncat(text, isas[i].name, size - strlen(text) - 1);
	}
	strncat(text, " or blas", size - strlen(text) - 1);
}

int cpu_check(struct err *e)
{
	const char *name = cpu_isa();
	char here[64];

	if (!name || !strcmp(name, BLAS) || cpu_runs(name))
		return 0;
	list(here, sizeof here);
	return err_set(e, "AML_ISA=%.100s: %s, expected %s", name,
	               find(name) ? "not on this processor" : "no instruction set", here);
}
