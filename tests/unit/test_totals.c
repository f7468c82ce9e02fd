/*
 * Trees of partial sums against the flat mean: the same file, byte for byte, for random trees of 1
 * to 40 clients, with weights of all sizes, denormals, cancelling numbers, pooled and clipped; and
 * the partial sums of all, however they were grouped.
 */
#include "fed/totals.h"

#include <math.h>
#include <unistd.h>

#include "base/rng.h"
#include "fed/round.h"
#include "model/facts.h"
#include "model/model_file.h"
#include "scratch.h"
#include "tap.h"

enum { MOST = 40, TRIALS = 45 };

static struct net net;
static char *clients[MOST], *sums[MOST];
static struct weights parent;
static const char *parent_path;

/* ---- clients ---- */

enum kind { ALIKE, SPREAD, CANCEL, DENORMAL, TIES, KINDS, FEW };

static float draw(struct rng *r, enum kind kind, int client, float from)
{
	float x = .1f * (float)rng_normal(r);

	switch (kind) {
	case SPREAD:
		return ldexpf(x, (int)rng_below(r, 120) - 60);
	case CANCEL:
		return client % 2 ? ldexpf(x, -40) - 1 : 1;
	case DENORMAL:
		return rng_below(r, 4) ? ldexpf((float)rng_below(r, 9) - 4, -149) : -0.0f;
	case TIES:
		return 1 + ldexpf((float)rng_below(r, 3), -23);
	case FEW:                       /* short, but for some numbers of some pieces */
		return (float)rng_below(r, 9) / 8;
	default:
		return from + x;
	}
}

static char *facts_of(int images)
{
	struct facts f;

	facts_start(&f, "test");
	json_int(&f.j, "num_examples", images);
	return facts_end(&f);
}

/* Without the syncing of each file. */
static void write_model(const char *path, const struct weights *w, int images)
{
	FILE *f = fopen(path, "wb");
	struct npz_writer *z = npz_writer_new(f, images % 5 == 0);
	char *facts = facts_of(images), name[MODEL_FILE_NAME];
	struct err e;

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], count = net_count(&net, (enum net_array)k);
		int dims = net_shape(&net, (enum net_array)k, shape);

		model_file_name(name, k, MODEL_FILE_NUMBERS);
		npz_writer_add(z, name, "<f4", dims, shape, w->a[k], count * sizeof(float), &e);
	}
	npz_writer_end(z, facts, &e);
	fclose(f);
	free(facts);
}

static void make_client(struct rng *r, enum kind kind, int i)
{
	static const int most[] = { 1, 20, 1000, 100000000 };
	struct weights w;

	weights_init(&w, &net);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t j = 0; j < net_count(&net, (enum net_array)k); j++) {
			bool far = kind == FEW && j % 40000 < 9;
			float x = draw(r, far ? SPREAD : kind, i, parent.a[k][j]);

			w.a[k][j] = k == BN_VAR ? fabsf(x) : x;
		}
	w.a[DENSE2_B][0] = (float)i;            /* no two alike */
	write_model(clients[i], &w, 1 + (int)rng_below(r, (uint32_t)most[rng_below(r, 4)]));
	weights_release(&w);
}

/* ---- rounds ---- */

static bool done(const struct round_options *o, int threads)
{
	struct threads *pool = threads_new(threads);
	struct round r = {0};
	struct err e = {0};
	bool good = round_load(&r, o, &e) == 0 && round_average(&r, pool, true, &e) == 0 &&
	            round_save(&r, &e) == 0;

	if (!good)
		printf("# %s\n", e.text);
	round_release(&r);
	threads_free(pool);
	return good;
}

/* Takes 1 or more of the COUNT files at random places of FILE to TO; returns how many. */
static int take(struct rng *r, char **file, int *count, char **to)
{
	int wanted = 1 + (int)rng_below(r, (uint32_t)*count), n = 0;

	for (; n < wanted; n++) {
		uint32_t at = rng_below(r, (uint32_t)*count);

		to[n] = file[at];
		file[at] = file[--*count];
	}
	return n;
}

/* Adds up some of the clients, some of those sums, and so on, while LEFT files are to be had. */
static int grow(struct rng *r, struct round_options o, char **file, int count)
{
	int levels = (int)rng_below(r, 6);

	o.partial = true;
	for (int i = 0; i < levels; i++) {
		char *some[MOST];

		o.models = some;
		o.count = take(r, file, &count, some);
		o.out = sums[i];
		if (!done(&o, 1 + i % 3))
			return -1;
		file[count++] = sums[i];
	}
	return count;
}

static bool same_files(const char *a, const char *b)
{
	size_t size = 0, other = 0;
	char *p = scratch_read(a, &size), *q = scratch_read(b, &other);
	bool same = p && q && size == other && !memcmp(p, q, size);

	free(p);
	free(q);
	return same;
}

static void try_tree(struct rng *r, enum kind kind, int trial, int count)
{
	struct round_options o = { .method_name = "mean", .opt = serveropt_defaults };
	int left;
	char *file[MOST + 1];

	for (int i = 0; i < count; i++) {
		make_client(r, kind, i);
		file[i] = clients[i];
	}
	o.pool = trial / 2 % 2;
	o.equal = trial % 7 == 6;
	o.previous = trial % 3 ? parent_path : NULL;
	if (trial % 3 == 1)
		o.clip = (struct clip){ CLIP_NORM, ldexp(1, trial % 9 - 4) };
	o.models = clients;
	o.count = count;
	o.out = scratch_path("flat.npz");
	if (!ok(done(&o, 2), "tree %d: %d clients", trial, count))
		return;
	o.out = scratch_path("all.npz");
	o.partial = true;
	ok(done(&o, 3), "the sums of all");
	o.partial = false;
	left = grow(r, o, file, count);
	o.models = file;
	o.count = left;
	o.out = scratch_path("tree.npz");
	ok(left > 0 && done(&o, 1), "a tree that ends in %d files", left);
	ok(same_files(scratch_path("flat.npz"), o.out), "the bytes of the flat mean");
	o.out = scratch_path("sums.npz");
	o.partial = true;
	ok(done(&o, 2) && same_files(scratch_path("all.npz"), o.out), "and the sums of all");
}

static void make_net(int size, int dense, struct rng *r)
{
	const int filters[] = { 1, 2, 1, 2 };
	struct err e;

	net_init(&net, size, 2, filters, dense, 3, &e);
	weights_init(&parent, &net);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++)
			parent.a[k][i] = .2f * (float)rng_unit(r);
	write_model(parent_path, &parent, 1);
}

int main(void)
{
	struct rng r;

	scratch_begin();
	rng_init(&r, 77, RNG_INIT, 0);
	parent_path = scratch_path("parent.npz");
	for (int i = 0; i < MOST; i++) {
		clients[i] = xasprintf("%s.%d", scratch_path("client"), i);
		sums[i] = xasprintf("%s.%d", scratch_path("sums"), i);
	}
	make_net(28, 5, &r);
	for (int trial = 0; trial < (tap_is_slow() ? 8 : TRIALS); trial++)
		try_tree(&r, (enum kind)(trial % KINDS), trial,
		         trial < MOST ? trial + 1 : 1 + (int)rng_below(&r, MOST));
	weights_release(&parent);
	make_net(60, 900, &r);          /* dense1 is more than a block */
	for (int trial = 0; trial < 3; trial++)
		try_tree(&r, FEW, trial, 4);
	for (int i = 0; i < MOST; i++) {
		free(clients[i]);
		free(sums[i]);
	}
	weights_release(&parent);
	return tap_end();
}
