/* The forward pass, layer after layer; see layers_forward.h. */
#include "nn/layers_forward.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/dropout.h"
#include "nn/elementwise.h"
#include "nn/gemm.h"
#include "nn/pool.h"

enum {
	/* of dense1 a job: enough jobs for 8 threads, wide enough for the BLAS kernels */
	COLUMNS = 64,
};

/* ---- memory ---- */

size_t layers_forward_conv_count(const struct layers_forward *s, int i)
{
	const struct conv *c = &s->conv[i];

	return (size_t)conv_out(c->H, c->same) * (size_t)conv_out(c->W, c->same) * (size_t)c->K;
}

size_t layers_forward_pool_count(const struct layers_forward *s, int half)
{
	return (size_t)(s->side[half] / 2) * (size_t)(s->side[half] / 2) *
	       (size_t)s->net.filters[2 * half + 1];
}

void layers_forward_image_init(const struct layers_forward *s, struct layers_image *image,
                               bool training)
{
	*image = (struct layers_image){0};
	for (int i = 0; i < 4; i++)
		image->conv[i] = xaligned(layers_forward_conv_count(s, i), sizeof(float));
	for (int i = 0; i < 2; i++) {
		size_t count = layers_forward_pool_count(s, i);

		image->pool[i] = xaligned(count, sizeof(float));
		if (!training)
			continue;
		image->at[i] = xmalloc(count, 1);
		image->keep[i] = xmalloc(count, 1);
	}
}

void layers_forward_image_release(struct layers_image *image)
{
	for (int i = 0; i < 4; i++)
		free(image->conv[i]);
	for (int i = 0; i < 2; i++) {
		free(image->pool[i]);
		free(image->at[i]);
		free(image->keep[i]);
	}
	*image = (struct layers_image){0};
}

static size_t largest_scratch(const struct layers_forward *s)
{
	size_t most = 0;

	for (int i = 0; i < 4; i++)
		if (conv_scratch(&s->conv[i]) > most)
			most = conv_scratch(&s->conv[i]);
	return most;
}

float **layers_forward_per_worker(const struct layers_forward *s, size_t numbers)
{
	int workers = threads_count(s->pool);
	float **p = xcalloc((size_t)workers, sizeof *p);

	for (int i = 0; i < workers; i++)
		p[i] = xaligned(numbers, sizeof **p);
	return p;
}

void layers_forward_free_per_worker(const struct layers_forward *s, float **p)
{
	for (int i = 0; p && i < threads_count(s->pool); i++)
		free(p[i]);
	free(p);
}

void layers_forward_init(struct layers_forward *s, const struct net *net, int max_batch,
                         struct threads *pool)
{
	const int *f = net->filters;
	size_t N = (size_t)max_batch, dense = (size_t)net->dense;

	*s = (struct layers_forward){ .net = *net, .pool = pool };
	s->conv[0] = (struct conv){ net->size, net->size, net->channels, f[0], true };
	s->conv[1] = (struct conv){ net->size, net->size, f[0], f[1], false };
	s->conv[2] = (struct conv){ net->pool1_size, net->pool1_size, f[1], f[2], true };
	s->conv[3] = (struct conv){ net->pool1_size, net->pool1_size, f[2], f[3], false };
	s->side[0] = net->conv2_size;
	s->side[1] = net->conv4_size;
	s->scratch = layers_forward_per_worker(s, largest_scratch(s));
	s->flat = xaligned(N * (size_t)net->flat, sizeof(float));
	s->z1 = xaligned(N * dense, sizeof(float));
	s->a1 = xaligned(N * dense, sizeof(float));
	s->scale = xaligned(dense, sizeof(float));
	s->shift = xaligned(dense, sizeof(float));
}

void layers_forward_release(struct layers_forward *s)
{
	layers_forward_free_per_worker(s, s->scratch);
	free(s->flat);
	free(s->z1);
	free(s->a1);
	free(s->scale);
	free(s->shift);
	*s = (struct layers_forward){0};
}

/* ---- convolutions ---- */

/* Relu while the rows are in the cache. */
void layers_forward_strip(const struct layers_forward *s, int i, float *y, const float *x,
                          float *scratch, int strip)
{
	const struct conv *c = &s->conv[i];
	size_t row = (size_t)conv_out(c->W, c->same) * (size_t)c->K;
	int from, to;

	conv_forward_strip(c, y, x, s->w[2 * i], s->w[2 * i + 1], scratch, strip);
	conv_strip_rows(c, strip, &from, &to);
	elementwise_relu(y + (size_t)from * row, (size_t)(to - from) * row);
}

static void forward_conv(const struct layers_forward *s, int i, float *y, const float *x,
                         float *scratch)
{
	for (int strip = 0; strip < conv_strips(&s->conv[i]); strip++)
		layers_forward_strip(s, i, y, x, scratch, strip);
}

void layers_forward_image(const struct layers_forward *s, float *flat, const float *x,
                          struct layers_image *t, const struct batch *b, int n, int worker)
{
	float *scratch = s->scratch[worker];

	for (int half = 0; half < 2; half++) {
		int i = 2 * half, side = s->side[half], K = s->net.filters[i + 1];
		uint32_t count = (uint32_t)layers_forward_pool_count(s, half);

		forward_conv(s, i, t->conv[i], x, scratch);
		forward_conv(s, i + 1, t->conv[i + 1], t->conv[i], scratch);
		pool_forward(t->pool[half], t->at[half], t->conv[i + 1], side, side, K);
		if (b && b->dropout) {
			dropout_mask(t->keep[half], half, b->seed, b->step, (uint32_t)n, 0, count);
			dropout_apply(t->pool[half], t->keep[half], half, count);
		}
		x = t->pool[half];
	}
	memcpy(flat, x, (size_t)s->net.flat * sizeof *flat);
}

/* ---- dense products ---- */

struct dense_job {
	const struct layers_forward *s;
	int count;
};

static void dense1_job(void *arg, size_t job, int worker)
{
	const struct dense_job *d = arg;
	const struct layers_forward *s = d->s;
	int D = s->net.dense, from = (int)job * COLUMNS,
	    width = D - from < COLUMNS ? D - from : COLUMNS;

	(void)worker;
	for (int n = 0; n < d->count; n++)
		memcpy(s->z1 + (size_t)n * (size_t)D + from, s->w[DENSE1_B] + from,
		       (size_t)width * sizeof(float));
	gemm(GEMM_NN, d->count, width, s->net.flat, s->flat, s->net.flat,
	     s->w[DENSE1_W] + from, D, 1, s->z1 + from, D);
}

void layers_forward_dense1(const struct layers_forward *s, int count)
{
	struct dense_job d = { s, count };

	threads_run(s->pool, (size_t)(s->net.dense + COLUMNS - 1) / COLUMNS, dense1_job, &d);
}

void layers_forward_dense2(const struct layers_forward *s, float *z, int count)
{
	int C = s->net.classes, D = s->net.dense;

	for (int n = 0; n < count; n++)
		memcpy(z + (size_t)n * (size_t)C, s->w[DENSE2_B], (size_t)C * sizeof *z);
	gemm(GEMM_NN, count, C, D, s->a1, D, s->w[DENSE2_W], C, 1, z, C);
}
