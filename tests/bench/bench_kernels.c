/*
 * Speed of the kernels, of a training step and of inference, beside the peak that this
 * machine shows: TSV of name, isa, threads, best ms, median ms, runs, rate (GF/s; GB/s
 * for what is bound by memory) and the share of the peak. Every table of kernels that
 * runs here (AML_ISA: only that one); in each round all take their turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/fused.h"

enum {
	ROUNDS = 15,
	SIZE = 100, CHANNELS = 4, CLASSES = 15,
	/* calls of a kernel in a run: milliseconds, not microseconds */
	REPEAT = 100,
	BATCH = 32, MANY = 256,
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
	int argument;
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
		           .work = work,
		           .peak = peak };
	snprintf(r->name, sizeof r->name, "%s", name);
	return r;
}

/* ---- the machine ---- */

static double peak_read, peak_update;   /* bytes a second, all threads */
static float *stream;
static struct pool *pool;

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
	typedef float four __attribute__((vector_size(16)));
	const four *x = (const four *)stream + i * (STREAM / 4 / PIECES);
	four sum[4] = {{0}};

	(void)arg;
	(void)worker;
	for (size_t k = 0; k < STREAM / 4 / PIECES; k += 4)
		for (int j = 0; j < 4; j++)
			sum[j] += x[k + (size_t)j];
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

static double stream_rate(void (*piece)(void *, size_t, int), int bytes)
{
	double best = 0;

	for (int i = 0; i < ROUNDS / 2; i++) {
		double start = now_ms(), rate;

		pool_run(pool, PIECES, piece, NULL);
		rate = (double)STREAM * bytes / ((now_ms() - start) * 1e-3);
		if (rate > best)
			best = rate;
	}
	return best;
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
	void *trainer, *predictor;
	const float **image;
	int *label;
	uint32_t step;
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
		int pixels = STRIP * layers[i].tiles + 2;

		s->K[i] = layers[i].K;
		s->strip[i] = (struct strip){ .tiles = layers[i].tiles,
			                      .stride = layers[i].C,
			                      .C = layers[i].C };
		for (int r = 0; r < REACH; r++)
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
	int K = s->K[layer], columns = STRIP * s->strip[layer].tiles;
	struct relu_rows relu = { .columns = columns };
	struct pooled_rows pooled = { .columns = columns / 2, .scale = 1 };

	for (int r = 0; r < STRIP; r++)
		relu.row[r] = s->y + r * columns * K;
	for (int r = 0; r < STRIP / 2; r++) {
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
	int K = s->K[layer], columns = STRIP * s->strip[layer].tiles;
	struct strip x = s->strip[layer];
	struct strip_gradient dy = { .scale = 1, .columns = columns };
	struct input_gradient out = { .stride = PANEL, .columns = columns };

	x.C = PANEL;
	for (int r = 0; layer == 1 && r < STRIP; r++)
		dy.row[r] = s->y + r * columns * K;
	for (int r = 0; layer != 1 && r < STRIP / 2; r++) {
		dy.columns = columns / 2;
		dy.pooled[r] = s->y + r * columns * K;
		dy.at[r] = s->at + r * columns * K;
	}
	for (int r = 0; r < STRIP; r++)
		out.row[r] = s->dx + r * columns * PANEL;
	for (int i = 0; i < REPEAT; i++)
		s->k->conv_back(&out, s->carry, s->du, s->b, &x, &dy, s->u, K, s->scratch);
}

static void run_dense(struct setting *s, int argument)
{
	(void)argument;
	for (int i = 0; i < REPEAT; i++)
		s->k->dense(s->y, PANEL, s->x, BATCH, s->u, PANEL);
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

/* The block update as training runs it: over weights that come from memory. */
static void run_dense_adam(struct setting *s, int argument)
{
	static const struct adam_step step = { 1e-3f, .1f, .001f, 1e-7f, 0 };
	enum { BLOCK = DENSE_ROWS * PANEL };
	size_t third = STREAM / 3 / BLOCK * BLOCK;

	(void)argument;
	for (size_t i = 0; i < third; i += BLOCK)
		s->k->dense_adam(stream + i, stream + third + i, stream + 2 * third + i,
		                 NULL, s->x, s->y, PANEL, BATCH, &step);
}

static void run_dense_few(struct setting *s, int n)
{
	s->k->dense_few(s->y, s->x, 0, n, stream, STREAM / 512, 512);
}

static void add_kernels(struct setting *s)
{
	const char *isa = s->k->isa;
	double conv1 = 2.0 * REPEAT * SIZE * 9 * CHANNELS * 32,
	       block = 2.0 * REPEAT * BATCH * DENSE_ROWS * PANEL;
	char name[40];

	add("conv1", isa, run_conv1, s, 0, conv1, &s->peak);
	add("conv1_back", isa, run_conv1_back, s, 0, conv1, &s->peak);
	for (int i = 0; i < 3; i++) {
		double products = 2.0 * REPEAT * POINTS * layers[i].tiles * layers[i].K;

		snprintf(name, sizeof name, "%s strip", layers[i].name);
		add(name, isa, run_conv, s, i, products * layers[i].C, &s->peak);
		snprintf(name, sizeof name, "%s strip back, 32 inputs", layers[i].name);
		add(name, isa, run_conv_back, s, i, 2 * products * PANEL, &s->peak);
	}
	add("dense block", isa, run_dense, s, 0, block, &s->peak);
	add("dense_dx block", isa, run_dense_dx, s, 0, block, &s->peak);
	add("keep", isa, run_keep, s, 0, 0, NULL);
	add("dense_adam, one thread", isa, run_dense_adam, s, 0, STREAM * 8.0, &peak_update);
	add("dense_few 1, one thread", isa, run_dense_few, s, 1, STREAM * 4.0, &peak_read);
}

/* ---- the whole ---- */

static void run_step(struct setting *s, int argument)
{
	struct batch b = { .count = BATCH,
		           .image = s->image,
		           .label = s->label,
		           .dropout = true,
		           .step = ++s->step };
	struct adam a = adam_keras(1e-3f);
	struct batch_result r;

	(void)argument;
	fused_engine(s->k)->trainer_step(s->trainer, &b, &a, &r);
}

static void run_predictor(struct setting *s, int n)
{
	static float logits[MANY * CLASSES];

	fused_engine(s->k)->predictor_run(s->predictor, s->image, n, logits, NULL);
}

static void draw_weights(float *w[NET_ARRAYS], const struct net *net)
{
	struct rng r;

	rng_init(&r, 1, RNG_INIT, 0);
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(net, (enum net_array)k), shape[4];
		int dims = net_shape(net, (enum net_array)k, shape);
		float scale = dims == 4 ? .08f : dims == 2 ? .01f : 0;

		w[k] = xaligned(count, sizeof(float));
		for (size_t i = 0; i < count; i++)
			w[k][i] = k == BN_GAMMA || k == BN_VAR
			                  ? 1
			                  : scale * ((float)rng_unit(&r) * 2 - 1);
	}
}

static void add_network(struct setting *s)
{
	static float *w[NET_ARRAYS];
	struct net net;
	struct err e;
	const char *isa = s->k->isa;

	if (net_tutorial(&net, SIZE, CLASSES, &e) < 0) {
		fprintf(stderr, "bench_kernels: %s\n", e.text);
		exit(1);
	}
	if (!w[0])
		draw_weights(w, &net);
	s->image = xcalloc(MANY, sizeof *s->image);
	s->label = xcalloc(MANY, sizeof *s->label);
	for (int i = 0; i < MANY; i++) {
		s->image[i] = stream + i * SIZE * SIZE * CHANNELS;
		s->label[i] = i % CLASSES;
	}
	s->trainer = fused_engine(s->k)->trainer_new(&net, BATCH, pool);
	fused_engine(s->k)->trainer_set(s->trainer, w, NULL, NULL, 0);
	s->predictor = fused_engine(s->k)->predictor_new(&net, (const float *const *)w, MANY, pool);
	add("training step, 32 images", isa, run_step, s, 0, 0, NULL);
	add("inference, 1 image", isa, run_predictor, s, 1, 0, NULL);
	add("inference, 32 images", isa, run_predictor, s, BATCH, 0, NULL);
	add("inference, 256 images", isa, run_predictor, s, MANY, 0, NULL);
}

/* ---- printing ---- */

static int by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void print_run(struct run *r)
{
	double rate;
	int threads = strstr(r->name, "image") ? pool_threads(pool) : 1;

	qsort(r->ms, ROUNDS, sizeof *r->ms, by_time);
	rate = r->work / (r->ms[0] * 1e-3);
	printf("%s\t%s\t%d\t%.4f\t%.4f\t%d\t", r->name, r->isa, threads, r->ms[0],
	       r->ms[ROUNDS / 2], ROUNDS);
	if (r->peak && *r->peak > 0)
		printf("%.1f\t%.0f %%\n", rate * 1e-9, 100 * rate / *r->peak);
	else
		printf("-\t-\n");
}

static void print_peak(const char *name, const char *isa, int threads, double rate)
{
	printf("%s\t%s\t%d\t-\t-\t%d\t%.1f\t-\n", name, isa, threads, ROUNDS, rate * 1e-9);
}

int main(void)
{
	enum { TABLES = 8 };
	static struct setting settings[TABLES];
	const char *only = getenv("AML_ISA");
	const struct kernels *k;
	int count = 0;

	pool = pool_new(0);
	stream = fill(STREAM);
	peak_read = stream_rate(read_piece, sizeof(float));
	peak_update = stream_rate(update_piece, 2 * sizeof(float));
	memset(stream, 0, STREAM * sizeof *stream);
	for (int i = 0; (k = kernels_at(i)) && count < TABLES; i++) {
		if (k == &kernels_ref || (only && *only && strcmp(only, k->isa)))
			continue;
		setting_new(&settings[count], k);
		add_kernels(&settings[count]);
		add_network(&settings[count++]);
	}
	for (int round = -1; round < ROUNDS; round++) {         /* the first only warms up */
		for (int i = 0; i < run_count; i++) {
			double start = now_ms();

			runs[i].go(runs[i].setting, runs[i].argument);
			if (round >= 0)
				runs[i].ms[round] = now_ms() - start;
		}
	}
	printf("name\tisa\tthreads\tbest_ms\tmedian_ms\truns\trate_g\tof_peak\n");
	print_peak("memory read", "-", pool_threads(pool), peak_read);
	print_peak("memory update", "-", pool_threads(pool), peak_update);
	for (int i = 0; i < count; i++)
		print_peak("multiply-add", settings[i].k->isa, 1, settings[i].peak);
	for (int i = 0; i < run_count; i++)
		print_run(&runs[i]);
	return 0;
}
