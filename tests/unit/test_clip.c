/*
 * Clipped updates: norms that no other client changes, scales, bounds, the mean against the formula
 * in long double, and the ranges of statistics.
 */
#include "fed/clip.c"

#include "fed/aggregate.h"
#include "client_models.h"
#include "tap.h"

enum { CLIENTS = 7 };
static const double images[CLIENTS] = { 10, 30, 5, 80, 1, 940, 12 };
static const double size[CLIENTS] = { 1, 2, 3, 50, .1, 1.5, 1e7 };      /* of the updates */

static struct net net;
static struct weights parent_w, w[CLIENTS];
static struct model parent;
static char *paths[CLIENTS];

/* dense1 is 400 x 30: several chunks, and no multiple of one. */
static void make_models(void)
{
	struct rng r;

	make_parent(&parent, &parent_w, 48, 30, &r, 5);
	net = parent.net;
	ok(net_count(&net, DENSE1_W) > 2 * CHUNK, "more than two chunks");
	for (int c = 0; c < CLIENTS; c++) {
		draw_client(&w[c], &parent, (float)size[c] * .01f, .01f, &r);
		w[c].a[BN_MEAN][c] = c == 4 ? -1e30f : 0;
		w[c].a[BN_VAR][c] = c == 3 ? 1e30f : 1;
		paths[c] = save_client(&w[c], &net, c);
	}
}

/* The clients FROM to FROM + COUNT - 1, measured; -1 with E set. */
static int measured(struct clients *c, int from, int count, struct clip *clip, int threads,
                    struct err *e)
{
	struct threads *pool = threads_new(threads);
	int result = clients_open(c, paths + from, count, &parent, "unknown", e);

	for (int i = 0; i < count && result == 0; i++)
		c->client[i].weight = images[from + i];
	if (result == 0)
		result = clip_clients(clip, c, &parent, pool, e);
	threads_free(pool);
	return result;
}

static double plain_norm(int c)
{
	double sum = 0, lost = 0;       /* compensated: valgrind has no long double */

	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			double u = (double)w[c].a[k][i] - parent.w[k][i];
			double term = u * u - lost, next = sum + term;

			if (net_is_statistic(k))
				continue;
			lost = (next - sum) - term;
			sum = next;
		}
	return sqrt(sum);
}

static void test_norms(void)
{
	struct clip clip = { CLIP_NORM, 1 };
	struct clients all = {0}, one;
	struct err e = {0};

	if (!ok(measured(&all, 0, CLIENTS, &clip, 3, &e) == 0, "measured %s", e.text))
		return;
	for (int c = 0; c < CLIENTS; c++) {
		const struct client *got = &all.client[c];

		is_near(got->update_norm / plain_norm(c), 1, 1e-14, "the length of an update");
		ok(got->scale * got->update_norm <= 1 + 1e-15, "within the bound when scaled");
		ok(got->scale == 1 || (got->scale + STEP) * got->update_norm > 1,
		   "and by the largest multiple of the step");
		if (ok(measured(&one, c, 1, &clip, 1, &e) == 0, "alone"))
			ok(one.client[0].update_norm == got->update_norm, "the same alone");
		clients_release(&one);
	}
	ok(all.client[CLIENTS - 1].scale == 0, "a million times too long counts nothing");
	clients_release(&all);
}

static void test_auto(void)
{
	struct clip clip = { CLIP_AUTO, 0 };
	struct clients c;
	struct err e = {0};

	ok(measured(&c, 0, CLIENTS, &clip, 1, &e) == 0, "seven");
	is_near(clip.norm, FACTOR * plain_norm(1), 1e-9, "twice the median");
	clients_release(&c);
	ok(measured(&c, 0, 4, &clip, 1, &e) == 0, "four");
	is_near(clip.norm, FACTOR * plain_norm(1), 1e-9, "twice the lower of the middle two");
	clients_release(&c);
	ok(measured(&c, 5, 2, &clip, 1, &e) == 0, "two");
	is_near(clip.norm, FACTOR * plain_norm(5), 1e-9, "of two the shorter one counts");
	clients_release(&c);
}

/* What statistic I of client C counts as. */
static double held(int c, int k, size_t i)
{
	float all[30];

	clip_statistics(all, w[c].a[k], k, &parent, i + 1);
	return (double)all[i];
}

static int count_wrong(const struct aggregate *a, const struct clients *c)
{
	int wrong = 0;

	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			long double sum = 0, total = 0, want;

			for (int j = 0; j < CLIENTS; j++) {
				long double p = (long double)parent.w[k][i];
				long double s = net_is_statistic(k) ? 1 : c->client[j].scale;
				long double x = net_is_statistic(k) ? held(j, k, i)
				                                    : (double)w[j].a[k][i];

				sum += images[j] * (p + s * (x - p));
				total += images[j];
			}
			want = sum / total;
			wrong += !(fabsl(a->w.a[k][i] - want) <= 0x1.00002p-24L * fabsl(want));
		}
	return wrong;
}

static void test_mean(void)
{
	char digest[SHA256_HEX] = "";

	for (int threads = 1; threads <= 3; threads++) {
		struct clip clip = { CLIP_NORM, 1 };
		struct threads *pool = threads_new(threads);
		struct aggregate a = { .method = AGGREGATE_MEAN, .previous = &parent,
			               .clip = true };
		struct clients c;
		struct err e = {0};

		a.clients = &c;
		ok(measured(&c, 0, CLIENTS, &clip, threads, &e) == 0 &&
		   aggregate_run(&a, pool, true, &e) == 0, "averaged %s", e.text);
		if (threads == 1)
			is_int(count_wrong(&a, &c), 0, "the formula, rounded");
		else
			is_text(a.digest, digest, "the same with more threads");
		memcpy(digest, a.digest, sizeof digest);
		is_int(clip_check(&c, &e), 0, "the files are the same");
		c.client[2].clipped_mark[9] ^= 1;
		ok(clip_check(&c, &e) < 0 && strstr(e.text, paths[2]), "another: %s", e.text);
		weights_release(&a.w);
		clients_release(&c);
		threads_free(pool);
	}
}

static void test_refused(void)
{
	struct clip clip = { CLIP_NORM, 1 };
	struct clients c;
	struct threads *pool = threads_new(1);
	struct err e = {0};
	float *number = &w[3].a[DENSE1_W][CHUNK + 7], keep = *number;

	ok(measured(&c, 0, CLIENTS, &clip, 1, &e) == 0, "weights that are small");
	for (int i = 0; i < CLIENTS; i++)
		c.client[i].weight = i ? 1 : clip_most_weight;
	ok(clip_clients(&clip, &c, &parent, pool, &e) < 0, "too large: %s", e.text);
	clients_release(&c);
	*number = NAN;
	ok(model_save(paths[3], &net, weights_const(&w[3]), NULL, &e) == 0, "NaN");
	ok(measured(&c, 0, CLIENTS, &clip, 2, &e) < 0 && strstr(e.text, "array 8: entry 4103 is") &&
	   strstr(e.text, paths[3]), "%s", e.text);
	clients_release(&c);
	*number = keep;
	threads_free(pool);
}

static float one_statistic(int k, float mean, float var, float x)
{
	struct model p = {0};
	float y;

	p.w[BN_MEAN] = &mean;
	p.w[BN_VAR] = &var;
	clip_statistics(&y, &x, k, &p, 1);
	return y;
}

static void test_statistics(void)
{
	const float var = 4 - NORM_EPSILON, top = 4 * 1024 - NORM_EPSILON;

	is_near((double)one_statistic(BN_MEAN, 3, var, 1e30f), 3 + 128 * 2, 1e-4, "a mean above");
	is_near((double)one_statistic(BN_MEAN, 3, var, -1e30f), 3 - 128 * 2, 1e-4, "one below");
	ok(one_statistic(BN_MEAN, 3, var, 200) == 200, "one within stays");
	is_near((double)one_statistic(BN_VAR, 3, var, 1e38f), (double)top, 1e-3,
	        "a variance above");
	ok(one_statistic(BN_VAR, 3, var, 4000) == 4000, "one within stays");
	ok(one_statistic(BN_VAR, 0, 1, 1e-6f) == 1e-6f, "exact ones of an untrained model stay");
	ok(one_statistic(BN_VAR, 0, 1, -.0005f) == 0, "none is below 0");
	ok(one_statistic(BN_VAR, 0, -.0009f, -.0005f) == 0, "nor around one that is");
	ok(isnan(one_statistic(BN_MEAN, 3, var, NAN)), "NaN stays");
	ok(isinf(one_statistic(BN_VAR, 3, var, INFINITY)), "infinity stays");
}

int main(void)
{
	scratch_begin();
	make_models();
	test_norms();
	test_auto();
	test_mean();
	test_statistics();
	test_refused();
	for (int c = 0; c < CLIENTS; c++) {
		free(paths[c]);
		weights_release(&w[c]);
	}
	weights_release(&parent_w);
	return tap_end();
}
