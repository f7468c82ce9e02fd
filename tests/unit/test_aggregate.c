/*
 * Averaging of files against plain sums over the models in memory: means, medians, pooled
 * statistics, distances and optimiser steps, on a network whose largest array is several blocks;
 * the result written early, and what stops that.
 */
#include "fed/aggregate.c"       /* the size of a block */

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "fed/fedavg.h"
#include "model/digest.h"
#include "model/model_writer.h"
#include "model/weights.h"
#include "client_models.h"
#include "scratch.h"
#include "tap.h"

enum { CLIENTS = 4 };
static double images[CLIENTS] = { 10, 30, 5, 80 };

static struct net net;
static struct weights parent_w, w[CLIENTS];
static struct model parent;
static char *paths[CLIENTS];

/* dense1 is 1600 x 350: 560,000 numbers, no multiple of a block; the statistics are positive. */
static void make_models(void)
{
	struct rng r;

	make_parent(&parent, &parent_w, 88, 350, &r, 11);
	net = parent.net;
	ok(net_count(&net, DENSE1_W) > 2 * BLOCK, "more than two blocks");
	for (int c = 0; c < CLIENTS; c++) {
		draw_client(&w[c], &parent, 1e-3f, 1e-3f, &r);
		paths[c] = save_client(&w[c], &net, c);
	}
}

static void release_models(void)
{
	for (int c = 0; c < CLIENTS; c++) {
		free(paths[c]);
		weights_release(&w[c]);
	}
	weights_release(&parent_w);
}

/* Runs A over the files; the clients stay open for the caller. */
static bool run(struct aggregate *a, struct clients *c, int threads)
{
	struct threads *pool = threads_new(threads);
	struct err e = {0};
	int result;

	result = clients_open(c, paths, CLIENTS, a->previous, a->previous ? "unknown" : NULL, &e);
	if (result == 0) {
		for (int i = 0; i < CLIENTS; i++)
			c->client[i].weight = images[i];
		a->clients = c;
		result = aggregate_run(a, pool, true, &e);
	}
	threads_free(pool);
	if (result < 0)
		printf("# %s\n", e.text);
	return result == 0;
}

static double plain_mean(int k, size_t i)
{
	double sum = 0, total = 0;

	for (int c = 0; c < CLIENTS; c++) {
		sum += images[c] * w[c].a[k][i];
		total += images[c];
	}
	return sum / total;
}

/* Numbers that are not the plain mean, rounded; a last place is left to the order of its sum. */
static int count_wrong(const struct aggregate *a, int skip)
{
	int wrong = 0;

	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; k != skip && i < net_count(&net, (enum net_array)k); i++) {
			double want = plain_mean(k, i);

			wrong += !(fabs(a->w.a[k][i] - want) <= 0x1.000002p-24 * fabs(want));
		}
	return wrong;
}

static void test_mean(void)
{
	struct aggregate a = { .method = AGGREGATE_MEAN }, b = a;
	struct clients c, d;
	char digest[SHA256_HEX];

	if (!ok(run(&a, &c, 1) && run(&b, &d, 3), "averaged"))
		return;
	is_int(count_wrong(&a, -1), 0, "the mean");
	is_text(b.digest, a.digest, "with three threads the same");
	digest_numbers(&net, weights_const(&a.w), digest);
	is_text(a.digest, digest, "the digest is that of the numbers");
	is_text(c.client[2].stream.digest, c.client[2].stream.mark, "no facts: its mark");
	weights_release(&a.w);
	weights_release(&b.w);
	clients_release(&c);
	clients_release(&d);
}

/* ---- the result as a file ---- */

/* Averages into the file PATH; true if it was ended. */
static bool write_mean(const char *path, int threads, struct err *e)
{
	struct aggregate a = { .method = AGGREGATE_MEAN, .out = model_writer_open(path, &net, e) };
	struct threads *pool = threads_new(threads);
	struct clients c;
	int result = clients_open(&c, paths, CLIENTS, NULL, NULL, e);

	a.clients = &c;
	if (result == 0)
		result = aggregate_run(&a, pool, true, e);
	if (result == 0)
		result = model_writer_end(a.out, weights_const(&a.w), "{}", e);
	else
		model_writer_abandon(a.out);
	weights_release(&a.w);
	clients_release(&c);
	threads_free(pool);
	return result == 0;
}

static int files(void)
{
	char *command = xasprintf("ls -A %s | wc -l", scratch_folder);
	FILE *f = popen(command, "r");
	int n = -1;

	if (fscanf(f, "%d", &n) != 1)
		n = -1;
	pclose(f);
	free(command);
	return n;
}

static void test_written(void)
{
	struct aggregate a = { .method = AGGREGATE_MEAN };
	const char *path = scratch_path("early"), *late = scratch_path("late");
	struct clients c;
	struct err e = {0};
	size_t size = 0, want_size = 0;
	char *got, *want;

	for (int i = 0; i < CLIENTS; i++)
		images[i] = 1;
	if (!ok(run(&a, &c, 1) && model_save(late, &net, weights_const(&a.w), "{}", &e) == 0,
	        "written late"))
		return;
	want = scratch_read(late, &want_size);
	for (int threads = 1; threads <= 3; threads++) {
		ok(write_mean(path, threads, &e), "written early %s", e.text);
		got = scratch_read(path, &size);
		ok(got && size == want_size && !memcmp(got, want, size), "the same bytes");
		free(got);
	}
	unlink(path);
	unlink(late);
	free(want);
	weights_release(&a.w);
	clients_release(&c);
}

/* Turns one bit of the last block of dense1, 60 KB before the end, and back. */
static void turn_bit(const char *path)
{
	FILE *f = fopen(path, "r+b");
	int byte;

	fseek(f, -60000, SEEK_END);
	byte = getc(f);
	fseek(f, -60000, SEEK_END);
	putc(byte ^ 1, f);
	fclose(f);
}

static void test_not_written(void)
{
	const char *path = scratch_path("early");
	struct rlimit all, less;
	struct err e = {0};
	int before = files();

	turn_bit(paths[1]);
	ok(!write_mean(path, 2, &e), "damage behind what was written");
	ok(strstr(e.text, "array 8: damaged") && strstr(e.text, paths[1]), "%s", e.text);
	turn_bit(paths[1]);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &all);
	less = all;
	less.rlim_cur = 1 << 20;
	setrlimit(RLIMIT_FSIZE, &less);
	ok(!write_mean(path, 2, &e), "no room for the result");
	setrlimit(RLIMIT_FSIZE, &all);
	ok(strstr(e.text, path) && strstr(e.text, "File too large"), "%s", e.text);
	is_int(files(), before, "neither leaves a file");
}

static void test_pool(void)
{
	struct aggregate a = { .method = AGGREGATE_MEAN, .pool = true };
	struct clients c;
	double worst = 0, total = 0;

	if (!ok(run(&a, &c, 2), "statistics pooled"))
		return;
	is_int(count_wrong(&a, BN_VAR), 0, "all else is the mean");
	for (int k = 0; k < CLIENTS; k++)
		total += images[k];
	for (int i = 0; i < net.dense; i++) {
		double mean = plain_mean(BN_MEAN, (size_t)i), var = 0;

		for (int k = 0; k < CLIENTS; k++) {
			double m = w[k].a[BN_MEAN][i];

			var += images[k] / total * (w[k].a[BN_VAR][i] + (m - mean) * (m - mean));
		}
		worst = fmax(worst, fabs(a.w.a[BN_VAR][i] - var));
	}
	is_near(worst, 0, 1e-7, "the variance of all images");
	weights_release(&a.w);
	clients_release(&c);
}

static int compare(const void *a, const void *b)
{
	float p = *(const float *)a, q = *(const float *)b;

	return (p > q) - (p < q);
}

static void test_median(void)
{
	struct aggregate a = { .method = AGGREGATE_TRIMMED, .drop = 1 };
	struct clients c;
	int wrong = 0;

	if (!ok(run(&a, &c, 2), "median"))
		return;
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			float sorted[CLIENTS];

			for (int j = 0; j < CLIENTS; j++)
				sorted[j] = w[j].a[k][i];
			qsort(sorted, CLIENTS, sizeof *sorted, compare);
			wrong += a.w.a[k][i] != (float)(((double)sorted[1] + sorted[2]) / 2);
		}
	is_int(wrong, 0, "the mean of the middle two");
	weights_release(&a.w);
	clients_release(&c);
}

/* What rounding takes off a sum of many numbers is added up beside it (Neumaier). */
struct sum {
	double sum, lost;
};

static void add(struct sum *s, double x)
{
	double sum = s->sum + x;

	s->lost += fabs(s->sum) >= fabs(x) ? s->sum - sum + x : x - sum + s->sum;
	s->sum = sum;
}

static double sum_of(const struct sum *s)
{
	return s->sum + s->lost;
}

static void test_distances(void)
{
	struct aggregate a = { .method = AGGREGATE_MEAN, .previous = &parent }, b = a;
	struct clients c, d;

	if (!ok(run(&a, &c, 1) && run(&b, &d, 3), "with the previous model"))
		return;
	for (int j = 0; j < CLIENTS; j++) {
		struct sum update = {0}, both = {0}, mean = {0};

		for (int k = 0; k < NET_ARRAYS; k++)
			for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
				double u = (double)w[j].a[k][i] - parent.w[k][i];
				double v = (double)a.w.a[k][i] - parent.w[k][i];

				if (net_is_statistic(k))
					continue;
				add(&update, u * u);
				add(&both, u * v);
				add(&mean, v * v);
			}
		is_near(c.client[j].update_norm, sqrt(sum_of(&update)), 1e-12,
		        "the length of an update");
		is_near(c.client[j].cosine,
		        sum_of(&both) / sqrt(sum_of(&update) * sum_of(&mean)), 1e-12,
		        "its cosine to the mean");
		ok(c.client[j].update_norm == d.client[j].update_norm &&
		   c.client[j].cosine == d.client[j].cosine, "the same with three threads");
	}
	weights_release(&a.w);
	weights_release(&b.w);
	clients_release(&c);
	clients_release(&d);
}

static void test_optimiser(void)
{
	struct aggregate a = { .method = AGGREGATE_MEAN,
		               .previous = &parent,
		               .opt = serveropt_defaults };
	struct weights m, v;
	struct clients c;
	double worst = 0;
	int moved = 0;

	a.opt.rule = SERVEROPT_YOGI;
	weights_init(&m, &net);
	weights_init(&v, &net);
	for (int k = 0; k < NET_ARRAYS; k++)
		serveropt_start(&a.opt, m.a[k], v.a[k], net_count(&net, (enum net_array)k));
	a.m = &m;
	a.v = &v;
	if (!ok(run(&a, &c, 2), "a step of yogi"))
		return;
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			double mean = plain_mean(k, i), d = mean - parent.w[k][i], square = d * d;
			double v1 = 1e-8 - .01 * square * ((1e-8 > square) - (1e-8 < square));
			double want = parent.w[k][i] + 1e-3 * .1 * d / (sqrt(v1) + 1e-4);

			if (net_is_statistic(k))
				moved += fabs(a.w.a[k][i] - mean) > 1e-7;
			else
				worst = fmax(worst, fabs(a.w.a[k][i] - want));
		}
	is_near(worst, 0, 2e-8, "the formula, weights up to .25 rounded to float32");
	is_int(moved, 0, "the statistics are the mean");
	weights_release(&m);
	weights_release(&v);
	weights_release(&a.w);
	clients_release(&c);
}

int main(void)
{
	scratch_begin();
	make_models();
	test_mean();
	test_pool();
	test_median();
	test_distances();
	test_optimiser();
	test_written();
	test_not_written();
	release_models();
	return tap_end();
}
