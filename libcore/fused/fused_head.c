/* The head of a training step; see fused_head.h. */
#include "fused/fused_head.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/dropout.h"
#include "nn/norm.h"
#include "nn/softmax.h"

/* number of this dropout layer; bytes of one block of random numbers */
enum { LAYER = 2, BLOCK = 16 };

static const enum net_array head_arrays[] = { BN_GAMMA, BN_BETA, DENSE2_W, DENSE2_B };

void fused_head_init(struct head *h, const struct plan *p, int max_batch)
{
	size_t D = (size_t)p->net.dense, numbers = (size_t)max_batch * D;
	size_t logits = (size_t)max_batch * (size_t)p->net.classes;

	*h = (struct head){
		.y = xaligned(numbers, sizeof(float)), .dy = xaligned(numbers, sizeof(float)),
		.a = xaligned(numbers, sizeof(float)), .da = xaligned(numbers, sizeof(float)),
		.z = xaligned(logits, sizeof(float)), .dz = xaligned(logits, sizeof(float)),
		.mean = xaligned(D, sizeof(float)), .var = xaligned(D, sizeof(float)),
		.scale = xaligned(D, sizeof(float)), .shift = xaligned(D, sizeof(float)),
		.keep = xaligned(numbers, 1),
	};
	for (size_t i = 0; i < sizeof head_arrays / sizeof *head_arrays; i++)
		h->g[head_arrays[i]] = xaligned(net_count(&p->net, head_arrays[i]), sizeof(float));
}

void fused_head_release(struct head *h)
{
	float *all[] = { h->y,  h->dy,   h->a,   h->da,    h->z,
		         h->dz, h->mean, h->var, h->scale, h->shift };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
	for (int k = 0; k < NET_ARRAYS; k++)
		free(h->g[k]);
	free(h->keep);
	*h = (struct head){0};
}

void fused_head_logits(float *z, const float *a, const float *w, const float *b, int count,
                       int D, int classes)
{
	for (int n = 0; n < count; n++) {
		float *to = z + n * classes;

		memcpy(to, b, (size_t)classes * sizeof *z);
		for (int i = 0; i < D; i++)
			for (int k = 0; k < classes; k++)
				to[k] += a[n * D + i] * w[i * classes + k];
	}
}

/* What dropout and relu leave of X; with RELU = X itself that of the forward pass. */
static void mask(float *x, const float *relu, const uint8_t *keep, float scale, size_t count)
{
	for (size_t i = 0; i < count; i++)
		x[i] = relu[i] > 0 && keep[i] ? x[i] * scale : 0;
}

static void draw_mask(struct head *h, const struct plan *p, const struct batch *b)
{
	size_t D = (size_t)p->net.dense;

	if (!b->dropout) {
		memset(h->keep, 1, (size_t)b->count * D);
		return;
	}
	for (uint32_t n = 0; n < (uint32_t)b->count; n++) {
		const uint32_t counter[4] = { 0, n, b->step, RNG_DROPOUT + LAYER };

		p->k->keep(h->keep + n * D, b->seed, counter, (int)D / BLOCK,
		           (unsigned)(256 * dropout_rate[LAYER]));
	}
}

static void score(struct head *h, const struct batch *b, int classes, struct batch_result *r)
{
	*r = (struct batch_result){0};
	for (int n = 0; n < b->count; n++) {
		const float *z = h->z + n * classes;
		float weight = b->weight ? b->weight[n] : 1;

		r->loss += (double)weight * softmax_loss(z, b->label[n], classes);
		r->correct += softmax_argmax(z, classes) == b->label[n];
		softmax_gradient(h->dz + n * classes, z, b->label[n],
		                 weight / (float)b->count, classes);
	}
}

/* Gradients of dense2, and at its input. */
static void dense2_back(struct head *h, const float *w, int count, int D, int classes)
{
	memset(h->g[DENSE2_W], 0, (size_t)(D * classes) * sizeof(float));
	memset(h->g[DENSE2_B], 0, (size_t)classes * sizeof(float));
	for (int n = 0; n < count; n++) {
		const float *dz = h->dz + n * classes, *a = h->a + n * D;

		for (int k = 0; k < classes; k++)
			h->g[DENSE2_B][k] += dz[k];
		for (int i = 0; i < D; i++) {
			float sum = 0;

			for (int k = 0; k < classes; k++) {
				sum += dz[k] * w[i * classes + k];
				h->g[DENSE2_W][i * classes + k] += a[i] * dz[k];
			}
			h->da[n * D + i] = sum;
		}
	}
}

void fused_head_step(struct head *h, const struct plan *p, float *const w[NET_ARRAYS],
                     const struct batch *b, struct batch_result *r)
{
	int N = b->count, D = p->net.dense, classes = p->net.classes;
	size_t numbers = (size_t)N * (size_t)D;
	float scale = b->dropout ? 1.0f / (1 - dropout_rate[LAYER]) : 1;

	norm_statistics(h->mean, h->var, h->y, N, D);
	norm_affine(h->scale, h->shift, w[BN_GAMMA], w[BN_BETA], h->mean, h->var, D);
	norm_apply(h->a, h->y, h->scale, h->shift, N, D);
	draw_mask(h, p, b);
	mask(h->a, h->a, h->keep, scale, numbers);
	fused_head_logits(h->z, h->a, w[DENSE2_W], w[DENSE2_B], N, D, classes);
	score(h, b, classes, r);
	dense2_back(h, w[DENSE2_W], N, D, classes);
	mask(h->da, h->a, h->keep, scale, numbers);
	norm_backward(h->dy, h->g[BN_GAMMA], h->g[BN_BETA], h->da, h->y, h->mean, h->var,
	              w[BN_GAMMA], N, D);
}
