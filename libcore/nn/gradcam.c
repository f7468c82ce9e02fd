/*
 * Grad-CAM without a backward pass. A pool hands the gradient of each of its outputs on to
 * one position of its input, so the sum over the positions of conv4's output is the sum over
 * the pool's:
 *   weight[k] = 1 / P sum over d of dz / dy[d] (sum over pooled i, j of w1[i,j,k][d])
 * where y is dense1's output. The inner sums are the model's alone: made once, they leave a
 * matrix of filters x dense, where the backward pass reads all of dense1's weights for each
 * image.
 */
#include "nn/gradcam.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"
#include "image/resize.h"
#include "nn/elementwise.h"
#include "nn/norm.h"
#include "nn/predictor.h"
#include "nn/softmax.h"

struct gradcam {
	struct net net;
	const float *dense2;            /* borrowed */
	struct threads *pool;           /* of the caller alone */
	struct predictor *predictor;
	float *sums;                    /* [filters[3]][dense] */
	float *scale, *shift;           /* [dense] batch norm */
	float *features, *a;            /* [dense]: before batch norm, and after it */
	double *dy;                     /* [dense] */
	double *weight;                 /* [filters[3]] */
	float *logits, *probability;    /* [classes] */
	float *map;                     /* [conv4_size][conv4_size] */
};

/* Row by row of the pool: few enough numbers in each sum for single precision. */
static float *sum_positions(const struct net *net, const float *w)
{
	size_t count = (size_t)net->filters[3] * (size_t)net->dense;
	float *sums = xcalloc(count, sizeof *sums), *row = xaligned(count, sizeof *row);

	for (int i = 0; i < net->pool2_size; i++) {
		memset(row, 0, count * sizeof *row);
		for (int j = 0; j < net->pool2_size; j++, w += count)
			elementwise_add(row, w, count);
		elementwise_add(sums, row, count);
	}
	free(row);
	return sums;
}

struct gradcam *gradcam_new(const struct engine *engine, const struct net *net,
                            const float *const w[NET_ARRAYS])
{
	struct gradcam *g = xcalloc(1, sizeof *g);
	size_t D = (size_t)net->dense, C = (size_t)net->classes;

	g->net = *net;
	g->dense2 = w[DENSE2_W];
	g->pool = threads_new(1);
	g->predictor = predictor_new_mapped(engine, net, w, g->pool);
	g->sums = sum_positions(net, w[DENSE1_W]);
	g->scale = xaligned(D, sizeof(float));
	g->shift = xaligned(D, sizeof(float));
	norm_affine(g->scale, g->shift, w[BN_GAMMA], w[BN_BETA], w[BN_MEAN], w[BN_VAR], net->dense);
	g->features = xaligned(D, sizeof(float));
	g->a = xaligned(D, sizeof(float));
	g->dy = xaligned(D, sizeof(double));
	g->weight = xaligned((size_t)net->filters[3], sizeof(double));
	g->logits = xaligned(C, sizeof(float));
	g->probability = xaligned(C, sizeof(float));
	g->map = xaligned((size_t)net->conv4_size * (size_t)net->conv4_size, sizeof(float));
	return g;
}

void gradcam_free(struct gradcam *g)
{
	if (!g)
		return;
	predictor_free(g->predictor);
	threads_free(g->pool);
	free(g->sums);
	free(g->scale);
	free(g->shift);
	free(g->features);
	free(g->a);
	free(g->dy);
	free(g->weight);
	free(g->logits);
	free(g->probability);
	free(g->map);
	free(g);
}

const float *gradcam_forward(struct gradcam *g, const float *image)
{
	predictor_run(g->predictor, &image, 1, g->logits, g->features);
	norm_apply(g->a, g->features, g->scale, g->shift, 1, g->net.dense);
	softmax(g->probability, g->logits, g->net.classes);
	return g->probability;
}

/* The gradient of logit LABEL at dense1's output: through dense2, relu and batch norm. */
static void features_gradient(struct gradcam *g, int label)
{
	size_t C = (size_t)g->net.classes, D = (size_t)g->net.dense;

	for (size_t d = 0; d < D; d++)
		g->dy[d] = g->a[d] > 0 ? (double)g->scale[d] * g->dense2[d * C + (size_t)label] : 0;
}

static void weigh_filters(struct gradcam *g)
{
	double positions = (double)g->net.conv4_size * g->net.conv4_size;
	const float *sums = g->sums;

	for (int k = 0; k < g->net.filters[3]; k++, sums += g->net.dense) {
		double sum = 0;

		for (int d = 0; d < g->net.dense; d++)
			sum += g->dy[d] * sums[d];
		g->weight[k] = sum / positions;
	}
}

/* MAP: relu of the weighted sum. Returns its largest number; infinity or NaN if one is either. */
static float weigh_map(const struct gradcam *g, float *map)
{
	const float *x = predictor_map(g->predictor);
	int side = g->net.conv4_size, K = g->net.filters[3];
	float largest = 0;

	for (int i = 0; i < side * side; i++, x += K) {
		double sum = 0;

		for (int k = 0; k < K; k++)
			sum += g->weight[k] * x[k];
		if (!isfinite((float)sum))
			return (float)sum;
		map[i] = sum > 0 ? (float)sum : 0;
		largest = map[i] > largest ? map[i] : largest;
	}
	return largest;
}

int gradcam_map(struct gradcam *g, int label, float *map, struct err *e)
{
	int positions = g->net.conv4_size * g->net.conv4_size;
	float largest;

	assert(label >= 0 && label < g->net.classes);
	features_gradient(g, label);
	weigh_filters(g);
	largest = weigh_map(g, map);
	if (!isfinite(largest) || !finite_all(g->logits, (size_t)g->net.classes))
		return err_set(e, "the network's numbers become infinite for this image");
	for (int i = 0; i < positions && largest > 0; i++)
		map[i] /= largest;
	return 0;
}

int gradcam_picture(struct gradcam *g, int label, float *map, int width, int height, struct err *e)
{
	int side = g->net.conv4_size;

	if (gradcam_map(g, label, g->map, e) < 0)
		return -1;
	return resize_floats(map, width, height, g->map, side, side, RESIZE_BILINEAR, e);
}
