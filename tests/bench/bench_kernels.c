/*
 * Speed of the kernels beside the peak that this
 * machine shows: TSV of name, isa, threads, best ms, median ms, runs, rate (GF/s; GB/s
 * for what is bound by memory) and the share of the peak. Every table of kernels that
 * runs here (AML_ISA: only that one); in each round all take their turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "base/threads.h"
#include "kernels/kernels.h"

enum {
	ROUNDS = 15,
	SIZE = 100, CHANNELS = 4,
	/* calls of a kernel in a run: milliseconds, not microseconds */
	REPEAT = 100,
	BATCH = 32,
	STREAM = 64 << 20,              /* floats: 256 MB, past every cache */
	MAX_RUNS = 200,
};

/* ---- what a run is, and its times ---- */

struct setting;

struct run {
	char name[40];
	const char *isa;
	void (*go)(struct setting *s, int argument);
	struct setting *setting;
	int argument, threads;
	double work;                    /* floating point operations, or bytes */
	double *peak;                   /* of the same, a second; NULL: none */
	double ms[ROUNDS];
};

static struct run runs[MAX_RUNS];
static int run_count;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static struct run *add(const char *name, const char *isa,
                       void (*go)(struct setting *, int), struct setting *s, int argument,
                       double work, double *peak)
{
	struct run *r = &runs[run_count++];

	*r = (struct run){ .isa = isa,
		           .go = go,
		           .setting = s,
		           .argument = argument,
		           .threads = 1,
		           .work = work,
		           .peak = peak };
	snprintf(r->name, sizeof r->name, "%s", name);
	return r;
}

/* ---- the machine ---- */

static double peak_read, peak_update;   /* bytes a second, all threads */
static float *stream;
static struct threads *pool;

enum { PEAK_CHAINS = 12, PEAK_STEPS = 1000000, PIECES = 64 };

#if defined(__x86_64__)
/* Operations in registers, in as many chains as latency wants: INSN(n) is the nth. */
#define CHAINS(insn)                                                                     \
	insn(0) insn(1) insn(2) insn(3) insn(4) insn(5) insn(6) insn(7) insn(8) insn(9)  \
		insn(10) insn(11)
#define ZERO(n) "xorps %%xmm" #n ", %%xmm" #n "\n\t"
#define MULTIPLY_ADD_sse2(n)                                                             \
	"movaps %%xmm15, %%xmm13\n\tmulps %%xmm15, %%xmm13\n\taddps %%xmm13, %%xmm" #n   \
	"\n\t"
#define MULTIPLY_ADD_avx2(n) "vfmadd231ps %%ymm15, %%ymm15, %%ymm" #n "\n\t"
#define MULTIPLY_ADD_avx512(n) "vfmadd231ps %%zmm15, %%zmm15, %%zmm" #n "\n\t"
/* Upper halves that are not zero make every SSE instruction wait for the last on its register. */
#define CLEAN_sse2 ""
#define CLEAN_avx2 "vzeroupper"
#define CLEAN_avx512 "vzeroupper"
#define PEAK(isa)                                                                        \
	static void peak_##isa(void)                                                     \
	{                                                                                \
		for (int i = 0; i < PEAK_STEPS; i++)                                     \
			__asm__ volatile(CHAINS(MULTIPLY_ADD_##isa)                      \
			                 :                                               \
			                 :                                               \
			                 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",       \
			                   "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",       \
			                   "xmm10", "xmm11", "xmm13", "xmm15");          \
		__asm__ volatile(CLEAN_##isa);                                           \
	}
PEAK(sse2)
PEAK(avx2)
PEAK(avx512)

static const struct {
	const char *isa;
	void (*run)(void);
	int lanes;
} peaks[] = { { "sse2", peak_sse2, 4 }, { "avx2", peak_avx2, 8 }, { "avx512", peak_avx512, 16 } };

/* Operations a second, one thread. */
static double peak_of(const char *isa)
{
	double best = 0;

	for (size_t p = 0; p < sizeof peaks / sizeof *peaks; p++) {
		for (int i = 0; !strcmp(isa, peaks[p].isa) && i < ROUNDS; i++) {
			double start = now_ms(), rate;

			__asm__ volatile(CHAINS(ZERO) ZERO(15)
			                 :
			                 :
			                 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
			                   "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
			                   "xmm11", "xmm13", "xmm15");
			peaks[p].run();
			rate = 2.0 * PEAK_STEPS * PEAK_CHAINS * peaks[p].lanes /
			       ((now_ms() - start) * 1e-3);
			if (rate > best)
				best = rate;
		}
	}
	return best;
}
#else
static double peak_of(const char *isa)
{
	(void)isa;
	return 0;
}
#endif

static void read_piece(void *arg, size_t i, int worker)
{
	enum { AHEAD = 256 };           /* 4 KB: a page further than hardware looks */
	typedef float four __attribute__((vector_size(16)));
	const four *x = (const four *)stream + i * (STREAM / 4 / PIECES);
	four sum[4] = {{0}};

	(void)arg;
	(void)worker;
	for (size_t k = 0; k < STREAM / 4 / PIECES; k += 4) {
		__builtin_prefetch(x + k + AHEAD);
		for (int j = 0; j < 4; j++)
			sum[j] += x[k + (size_t)j];
	}
	for (int j = 0; j < 4; j++)
		__asm__ volatile("" : : "x"(sum[j]));
}

static void update_piece(void *arg, size_t i, int worker)
{
	uint64_t *x = (uint64_t *)stream + i * (STREAM / 2 / PIECES);

	(void)arg;
	(void)worker;
	for (size_t k = 0; k < STREAM / 2 / PIECES; k++)
		x[k] ^= k;
}

static void run_read(struct setting *s, int argument)
{
	(void)s;
	(void)argument;
	threads_run(pool, PIECES, read_piece, NULL);
}

static void run_update(struct setting *s, int argument)
{
	(void)s;
	(void)argument;
	threads_run(pool, PIECES, update_piece, NULL);
}

/* ---- kernels ---- */

/* The tutorial's layers, and memory for all of them. */
struct setting {
	const struct kernels *k;
	double peak;
	struct strip strip[3];          /* conv2, conv3, conv4 */
	int K[3];
	float *x, *u, *du, *y, *dx, *scratch, *b, *carry;
	uint8_t *at;
};

static const struct {
	const char *name;
	int tiles, C, K;
} layers[] = { { "conv2", 25, 32, 32 }, { "conv3", 12, 32, 64 }, { "conv4", 12, 64, 64 } };

static float *fill(size_t count)
{
	float *x = xaligned(count, sizeof *x);

	for (size_t i = 0; i < count; i++)
		x[i] = (float)(i * 2654435761u >> 8 & 0xffff) / 65536 - .5f;
	return x;
}

static void setting_new(struct setting *s, const struct kernels *k)
{
	enum { PLENTY = 1 << 18 };      /* floats: more than any strip, or block, has */

	*s = (struct setting){ .k = k, .peak = peak_of(k->isa) };
	s->x = fill(PLENTY);
	s->u = fill(PLENTY);
	s->du = fill(PLENTY);
	s->y = fill(PLENTY);
	s->dx = fill(PLENTY);
	s->scratch = fill(PLENTY);
	s->b = fill(PLENTY);
	s->carry = fill(PLENTY);
	s->at = xmalloc(PLENTY, 1);
	for (size_t i = 0; i < PLENTY; i++)
		s->at[i] = i % 5;
	for (int i = 0; i < 3; i++) {
		int pixels = STRIP_TILE * layers[i].tiles + 2;

		s->K[i] = layers[i].K;
		s->strip[i] = (struct strip){ .tiles = layers[i].tiles,
			                      .stride = layers[i].C,
			                      .C = layers[i].C };
		for (int r = 0; r < STRIP_REACH; r++)
			s->strip[i].row[r] = s->x + r * pixels * layers[i].C;
	}
}

static void run_conv1(struct setting *s, int argument)
{
	const float *const row[3] = { s->x, s->x + 408, s->x + 816 };

	(void)argument;
	for (int i = 0; i < REPEAT; i++)
		s->k->conv1(s->y, row, s->u, s->b, SIZE, CHANNELS, 32);
}

static void run_conv1_back(struct setting *s, int argument)
{
	const float *const row[3] = { s->x, s->x + 408, s->x + 816 };

	(void)argument;
	for (int i = 0; i < REPEAT; i++)
		s->k->conv1_back(s->du, s->b, row, s->y, SIZE, CHANNELS, 32);
}

static void run_conv(struct setting *s, int layer)
{
	int K = s->K[layer], columns = STRIP_TILE * s->strip[layer].tiles;
	struct relu_rows relu = { .columns = columns };
	struct pooled_rows pooled = { .columns = columns / 2, .scale = 1 };

	for (int r = 0; r < STRIP_TILE; r++)
		relu.row[r] = s->y + r * columns * K;
	for (int r = 0; r < STRIP_TILE / 2; r++) {
		pooled.row[r] = s->y + r * columns * K;
		pooled.at[r] = s->at + r * columns * K;
	}
	for (int i = 0; i < REPEAT; i++) {
		if (layer == 1)
			s->k->conv_relu(&relu, &s->strip[layer], s->u, s->b, K, s->scratch);
		else
			s->k->conv_pool(&pooled, &s->strip[layer], s->u, s->b, K, s->scratch);
	}
}

static void run_conv_back(struct setting *s, int layer)
{
	int K = s->K[layer], columns = STRIP_TILE * s->strip[layer].tiles;
	struct strip x = s->strip[layer];
	struct strip_gradient dy = { .scale = 1, .columns = columns };
	struct input_gradient out = { .stride = PANEL_WIDTH, .columns = columns };

	x.C = PANEL_WIDTH;
	for (int r = 0; layer == 1 && r < STRIP_TILE; r++)
		dy.row[r] = s->y + r * columns * K;
	for (int r = 0; layer != 1 && r < STRIP_TILE / 2; r++) {
		dy.columns = columns / 2;
		dy.pooled[r] = s->y + r * columns * K;
		dy.at[r] = s->at + r * columns * K;
	}
	for (int r = 0; r < STRIP_TILE; r++)
		out.row[r] = s->dx + r * columns * PANEL_WIDTH;
	for (int i = 0; i < REPEAT; i++)
		s->k->conv_back(&out, s->carry, s->du, s->b, &x, &dy, s->u, K, s->scratch);
}

static void run_dense(struct setting *s, int argument)
{
	(void)argument;
	for (int i = 0; i < REPEAT; i++)
		s->k->dense(s->y, PANEL_WIDTH, s->x, BATCH, s->u, PANEL_WIDTH);
}

static void run_dense_dx(struct setting *s, int argument)
{
	(void)argument;
	for (int i = 0; i < REPEAT; i++)
		s->k->dense_dx(s->y, s->u, s->x, BATCH);
}

static void run_keep(struct setting *s, int argument)
{
	static const uint32_t counter[4];

	(void)argument;
	for (int i = 0; i < REPEAT; i++)
		s->k->keep(s->at, 1, counter, 128, 64);
}

enum {
	BLOCK = PANEL_ROWS * PANEL_WIDTH,
	THIRD = STREAM / 3 / PIECES / BLOCK * BLOCK * PIECES,   /* of the stream: W, M and V */
	OUT = 512,                      /* dense1's columns */
};

static void dense_adam_piece(void *arg, size_t piece, int worker)
{
	static const struct adam_step step = { 1e-3f, .1f, .001f, 1e-7f, 0 };
	const struct setting *s = arg;
	float *w = stream + piece * (THIRD / PIECES);

	(void)worker;
	for (size_t i = 0; i < THIRD / PIECES; i += BLOCK)
		s->k->dense_adam(w + i, w + THIRD + i, w + 2 * THIRD + i, NULL, s->x,
		                 s->y, PANEL_WIDTH, BATCH, &step);
}

/* The block update as training runs it: over weights that come from memory. */
static void run_dense_adam(struct setting *s, int argument)
{
	(void)argument;
	threads_run(pool, PIECES, dense_adam_piece, s);
}

static void dense_few_piece(void *arg, size_t piece, int worker)
{
	const struct setting *s = arg;
	float y[OUT] = {0};

	(void)worker;
	s->k->dense_few(y, s->x, 0, 1, stream + piece * (STREAM / PIECES),
	                STREAM / PIECES / OUT, OUT);
}

static void run_dense_few(struct setting *s, int argument)
{
	(void)argument;
	threads_run(pool, PIECES, dense_few_piece, s);
}

static void add_kernels(struct setting *s)
{
	const char *isa = s->k->isa;
	int all = threads_count(pool);
	double conv1 = 2.0 * REPEAT * SIZE * 9 * CHANNELS * 32,
	       block = 2.0 * REPEAT * BATCH * PANEL_ROWS * PANEL_WIDTH;
	char name[40];

	add("conv1", isa, run_conv1, s, 0, conv1, &s->peak);
	add("conv1_back", isa, run_conv1_back, s, 0, conv1, &s->peak);
	for (int i = 0; i < 3; i++) {
		double products = 2.0 * REPEAT * STRIP_POINTS * layers[i].tiles * layers[i].K;

		snprintf(name, sizeof name, "%s strip", layers[i].name);
		add(name, isa, run_conv, s, i, products * layers[i].C, &s->peak);
		snprintf(name, sizeof name, "%s strip back, 32 inputs", layers[i].name);
		add(name, isa, run_conv_back, s, i, 2 * products * PANEL_WIDTH, &s->peak);
	}
	add("dense block", isa, run_dense, s, 0, block, &s->peak);
	add("dense_dx block", isa, run_dense_dx, s, 0, block, &s->peak);
	add("keep", isa, run_keep, s, 0, 0, NULL);
	add("dense_adam", isa, run_dense_adam, s, 0, THIRD * 3 * 8.0, &peak_update)->threads = all;
	add("dense_few, 1 image", isa, run_dense_few, s, 0, STREAM * 4.0, &peak_read)
		->threads = all;
}

/* ---- printing ---- */

static int by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double best_rate(struct run *r)
{
	qsort(r->ms, ROUNDS, sizeof *r->ms, by_time);
	return r->work / (r->ms[0] * 1e-3);
}

static void print_run(struct run *r)
{
	double rate = best_rate(r);

	printf("%s\t%s\t%d\t%.4f\t%.4f\t%d\t", r->name, r->isa, r->threads, r->ms[0],
	       r->ms[ROUNDS / 2], ROUNDS);
	if (r->work > 0)
		printf("%.1f\t", rate * 1e-9);
	else
		printf("-\t");
	if (r->peak && *r->peak > 0)
		printf("%.0f %%\n", 100 * rate / *r->peak);
	else
		printf("-\n");
}

static void run_all(void)
{
	for (int round = -1; round < ROUNDS; round++) {         /* the first only warms up */
		for (int i = 0; i < run_count; i++) {
			double start = now_ms();

			runs[i].go(runs[i].setting, runs[i].argument);
			if (round >= 0)
				runs[i].ms[round] = now_ms() - start;
		}
	}
}

int main(void)
{
	enum { TABLES = 8 };
	static struct setting settings[TABLES];
	const char *only = cpu_isa();
	const struct kernels *k;
	struct run *read, *update;
	int count = 0;

	pool = threads_new(0);
	stream = fill(STREAM);
	memset(stream, 0, STREAM * sizeof *stream);
	read = add("memory read", "-", run_read, NULL, 0, STREAM * 4.0, NULL);
	update = add("memory update", "-", run_update, NULL, 0, STREAM * 8.0, NULL);
	read->threads = update->threads = threads_count(pool);
	for (int i = 0; (k = kernels_at(i)) && count < TABLES; i++) {
		if (k == &kernels_ref || (only && strcmp(only, k->isa)))
			continue;
		setting_new(&settings[count], k);
		add_kernels(&settings[count++]);
	}
	run_all();
	peak_read = best_rate(read);
	peak_update = best_rate(update);
	printf("name\tisa\tthreads\tbest_ms\tmedian_ms\truns\trate_g\tof_peak\n");
	for (int i = 0; i < count; i++)
		printf("multiply-add\t%s\t1\t-\t-\t%d\t%.1f\t-\n", settings[i].k->isa, ROUNDS,
		       settings[i].peak * 1e-9);
	for (int i = 0; i < run_count; i++)
		print_run(&runs[i]);
	return 0;
}
