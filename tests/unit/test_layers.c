/*
 * The network as the layers compute it against the formulas of their headers in double: gradients
 * against central differences of the loss. Sizes are odd, and channels fill no vector. Each
 * layer alone is in the test of its name.
 */
#include "nn/dropout.h"
#include "nn/trainer.h"

#include "gradient.h"
#include "layers_double.h"

enum { IMAGES = 5, MOST = 2000 };

struct network {
	struct net net;
	struct numbers w[NET_ARRAYS], x[IMAGES];
	int label[IMAGES];
	float weight[IMAGES];
	bool dropout;
};

enum { SEED = 11, DROPOUT_STEP = 3 };

static void drop(const struct network *t, double *x, int layer, int image, size_t n)
{
	uint8_t keep[MOST];

	if (!t->dropout)
		return;
	dropout_mask(keep, layer, SEED, DROPOUT_STEP, (uint32_t)image, 0, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		x[i] = keep[i] ? x[i] / (1 - dropout_rate[layer]) : 0;
}

static void features_double(const struct network *t, double *flat, int image)
{
	double a[MOST], b[MOST];
	int side = t->net.size, C = t->net.channels;

	memcpy(a, t->x[image].d, t->x[image].n * sizeof *a);
	for (int i = 0; i < 4; i++) {
		struct conv c = { side, side, C, t->net.filters[i], i % 2 == 0 };

		conv_double(&c, b, a, t->w[2 * i].d, t->w[2 * i + 1].d);
		side = conv_out(side, c.same);
		C = c.K;
		relu_double(b, (size_t)(side * side * C));
		memcpy(a, b, (size_t)(side * side * C) * sizeof *a);
		if (i % 2 == 0)
			continue;
		pool_double(a, b, side, side, C);
		side /= 2;
		drop(t, a, i / 2, image, (size_t)(side * side * C));
	}
	memcpy(flat, a, (size_t)t->net.flat * sizeof *flat);
}

static double network_loss(const void *arg)
{
	const struct network *t = arg;
	const struct net *n = &t->net;
	double flat[IMAGES * 64], z[IMAGES * 16], a[IMAGES * 16], loss = 0;

	for (int i = 0; i < IMAGES; i++)
		features_double(t, flat + i * n->flat, i);
	dense_double(z, flat, t->w[DENSE1_W].d, t->w[DENSE1_B].d, IMAGES, n->flat, n->dense);
	norm_double(a, z, t->w[BN_GAMMA].d, t->w[BN_BETA].d, IMAGES, n->dense);
	relu_double(a, (size_t)(IMAGES * n->dense));
	for (int i = 0; i < IMAGES; i++)
		drop(t, a + i * n->dense, 2, i, (size_t)n->dense);
	dense_double(z, a, t->w[DENSE2_W].d, t->w[DENSE2_B].d, IMAGES, n->dense, n->classes);
	for (int i = 0; i < IMAGES; i++)
		loss += t->weight[i] *
		        loss_double(z + i * n->classes, t->label[i], n->classes) / IMAGES;
	return loss;
}

static void network_init(struct network *t, struct rng *r, int size)
{
	static const int filters[4] = { 3, 5, 4, 6 };
	struct err e;

	if (net_init(&t->net, size, 2, filters, 7, 3, &e) < 0)
		exit(1);
	for (int k = 0; k < NET_ARRAYS; k++) {
		t->w[k] = numbers(r, net_count(&t->net, (enum net_array)k), .3);
		for (size_t i = 0; k == BN_VAR && i < t->w[k].n; i++)
			t->w[k].d[i] = t->w[k].f[i] = 1;
	}
	for (int i = 0; i < IMAGES; i++) {
		t->x[i] = numbers(r, (size_t)(size * size * 2), 1);
		t->label[i] = i % 3;
		t->weight[i] = .5f + (float)i / 4;
	}
}

static void network(struct rng *r, int size, bool dropout)
{
	struct network t = { .dropout = dropout };
	float *w[NET_ARRAYS], *dw[NET_ARRAYS];
	const float *image[IMAGES];
	struct threads *pool = threads_new(2);
	struct batch_result got;
	struct trainer *trainer;
	char text[80];

	network_init(&t, r, size);
	for (int k = 0; k < NET_ARRAYS; k++) {
		w[k] = t.w[k].f;
		dw[k] = xaligned(t.w[k].n, sizeof(float));
	}
	for (int i = 0; i < IMAGES; i++)
		image[i] = t.x[i].f;
	trainer = trainer_new(&engine_layers, &t.net, IMAGES, pool);
	trainer_set(trainer, (const float *const *)w, NULL, NULL, 0);
	trainer_gradients(trainer,
	                  &(struct batch){ .count = IMAGES,
	                                   .image = image,
	                                   .label = t.label,
	                                   .weight = t.weight,
	                                   .dropout = dropout,
	                                   .seed = SEED,
	                                   .step = DROPOUT_STEP },
	                  dw, &got);
	snprintf(text, sizeof text, "network of size %d, dropout %s: loss", size,
	         dropout ? "on" : "off");
	is_near(got.loss / IMAGES, network_loss(&t), 1e-6, text);
	for (int k = 0; k < NET_ARRAYS; k++) {
		if (net_is_statistic(k))
			continue;
		snprintf(text, sizeof text, "network of size %d, dropout %s: gradient %d",
		         size, dropout ? "on" : "off", k);
		check_gradient(dw[k], t.w[k].d, t.w[k].n, network_loss, &t, text);
	}
	trainer_free(trainer);
	threads_free(pool);
	for (int k = 0; k < NET_ARRAYS; k++) {
		release(&t.w[k]);
		free(dw[k]);
	}
	for (int i = 0; i < IMAGES; i++)
		release(&t.x[i]);
}

int main(void)
{
	struct rng r;

	rng_init(&r, 1, 1, 1);
	network(&r, 10, false);
	network(&r, 13, false);
	network(&r, 13, true);
	return tap_end();
}
