/* The processor under each value of AML_ISA, in a process of its own each. */
#include "base/cpu.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static const unsigned each[] = { CPU_SSE2,   CPU_NEON, CPU_PCLMUL,  CPU_SHA,
	                         CPU_AVX2, CPU_VPCLMUL, CPU_AVX512 };

static unsigned features(void)
{
	unsigned have = 0;

	for (size_t i = 0; i < sizeof each / sizeof *each; i++)
		if (cpu_has(each[i]))
			have |= each[i];
	return have;
}

/* What cpu_has grants with AML_ISA=ISA; NULL: unset. */
static unsigned features_with(const char *isa)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		if (isa)
			setenv("AML_ISA", isa, 1);
		_exit((int)features());
	}
	waitpid(child, &status, 0);
	return (unsigned)WEXITSTATUS(status);
}

static void what_is_allowed(void)
{
	unsigned all = features_with(NULL), wide = CPU_AVX2 | CPU_VPCLMUL | CPU_SHA | CPU_PCLMUL;

	is_int(features_with(""), all, "empty: all that the processor has");
	is_int(features_with("blas"), all, "blas: the same");
	is_int(features_with("ref"), 0, "ref: nothing");
	is_int(features_with("nonsense"), 0, "an unknown name: nothing");
	is_int(features_with("sse2"), all & CPU_SSE2, "sse2: that alone");
	is_int(features_with("avx2"), all & (CPU_SSE2 | wide), "avx2: all but AVX-512");
	is_int(features_with("avx512"), all, "avx512: all");
	is_int(features_with("neon"), all & CPU_NEON, "neon: that alone");
	is_int(cpu_runs("avx2"), (all & CPU_AVX2) != 0, "avx2 runs where there is AVX2");
	is_int(cpu_runs("avx512"), (all & CPU_AVX512) != 0, "avx512 where there is AVX-512");
	ok(cpu_runs("ref") && !cpu_runs("blas") && !cpu_runs("abacus"), "ref runs everywhere");
}

static void is_refused(const char *isa, const char *why)
{
	char *want = NULL;
	struct err e = {0};

	setenv("AML_ISA", isa, 1);
	is_int(cpu_check(&e), -1, isa);
	if (asprintf(&want, "AML_ISA=%s: %s, expected ", isa, why) < 0)
		return;
	ok(!strncmp(e.text, want, strlen(want)) && strstr(e.text, "ref or blas"), "%s", e.text);
	free(want);
}

static void what_is_refused(void)
{
	static const char *const good[] = { "", "ref", "blas" };
	struct err e;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		setenv("AML_ISA", good[i], 1);
		ok(cpu_check(&e) == 0, "AML_ISA=%s is fine", good[i]);
	}
	is_refused("abacus", "no instruction set");
	is_refused("AVX2", "no instruction set");
	is_refused("avx", "no instruction set");
	is_refused(cpu_runs("neon") ? "sse2" : "neon", "not on this processor");
	unsetenv("AML_ISA");
	ok(cpu_check(&e) == 0 && !cpu_isa(), "unset is fine");
}

int main(void)
{
	unsetenv("AML_ISA");
	what_is_allowed();
	what_is_refused();
	return tap_end();
}
