/* Files of partial sums: what is refused, and that what was written is read back. */
#include "fed/partial.h"

#include <math.h>
#include <string.h>

#include "corpus.h"
#include "scratch.h"
#include "tap.h"

/* All of it; the network is the corpus's. */
static int read_file(const char *path, struct err *e)
{
	struct partial p;
	int result = 0;

	if (!partial_is(path))
		return err_set(e, "%s: no partial sums", path);
	if (partial_open(&p, path, e) < 0)
		return -1;
	for (int k = 0; k < NET_ARRAYS && result == 0; k++) {
		result = partial_array(&p, k, e);
		if (result == 0)
			result = partial_next(&p, net_count(&p.sums.net, (enum net_array)k), e);
	}
	partial_close(&p);
	return result < 0 ? err_in(e, path) : 0;
}

/* Number I of term J of array K. */
static double number(int k, int j, size_t i)
{
	return j == 0 ? (double)i + k : ldexp((double)i - 3, -60);
}

/* Arrays with an even number have two terms, of which the first half of the block has one. */
static int put_all(struct partial_writer *w, const struct net *net, struct err *e)
{
	int result = 0;

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(net, (enum net_array)k), half = count / 2;
		double *term[2];

		for (int j = 0; j < 2; j++) {
			term[j] = xmalloc(count, sizeof **term);
			for (size_t i = 0; i < count; i++)
				term[j][i] = number(k, j, i);
		}
		if (half && result == 0)
			result = partial_writer_put(w, k, term, 1, half, e);
		for (int j = 0; j < 2; j++) {
			memmove(term[j], term[j] + half, (count - half) * sizeof **term);
			if (j == 1 && result == 0)
				result = partial_writer_put(w, k, term, 1 + (k % 2 == 0),
				                            count - half, e);
		}
		free(term[0]);
		free(term[1]);
	}
	return result;
}

static int count_wrong(struct partial *p)
{
	int wrong = 0;
	struct err e;

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t count = net_count(&p->sums.net, (enum net_array)k);

		if (p->terms[k] != 1 + (k % 2 == 0) || partial_array(p, k, &e) < 0 ||
		    partial_next(p, count, &e) < 0)
			return -1;
		for (size_t i = 0; i < count; i++) {
			wrong += p->block[0][i] != number(k, 0, i);
			if (k % 2 == 0)
				wrong += p->block[1][i] != (i < count / 2 ? 0 : number(k, 1, i));
		}
	}
	return wrong;
}

static void fill_sums(struct partial_sums *s, const struct net *net)
{
	*s = (struct partial_sums){ .net = *net, .weighing = "num_examples", .clip_norm = 2,
		                    .previous = "0123", .weight = 7, .part = 5.5, .count = 2 };
	s->client = xcalloc(2, sizeof *s->client);
	s->client[0] = (struct partial_client){ "b", "mark b", 3, 3, .5, 4 };
	s->client[1] = (struct partial_client){ "a", "mark a", -1, 4, 1, -1 };
	classes_numbered(&s->classes, net->classes);
}

static void check_sums(const struct partial_sums *got)
{
	ok(got->count == 2 && !strcmp(got->client[0].digest, "a") &&
	   !strcmp(got->client[1].mark, "mark b"), "the clients by their digests");
	ok(got->client[0].examples == -1 && got->client[0].update_norm == -1 &&
	   got->client[1].weight == 3 && got->client[1].scale == .5, "what they count");
	ok(!strcmp(got->previous, "0123") && got->weight == 7 && got->part == 5.5, "together");
	ok(got->net.size == 14 && got->net.dense == 3 && got->classes.count == 2, "their network");
}

static void test_written(const char *path)
{
	static const int filters[] = { 1, 2, 1, 2 };
	struct partial_sums s;
	struct partial_writer *w;
	struct partial p;
	struct net net;
	struct err e = {0};

	net_init(&net, 14, 2, filters, 3, 2, &e);
	fill_sums(&s, &net);
	w = partial_writer_open(path, &net, &e);
	ok(w && put_all(w, &net, &e) == 0 && partial_writer_end(w, &s, &e) == 0,
	   "written %s", e.text);
	partial_sums_release(&s);
	ok(partial_is(path), "partial sums");
	if (ok(partial_open(&p, path, &e) == 0, "opened %s", e.text)) {
		check_sums(&p.sums);
		is_int(count_wrong(&p), 0, "all numbers");
		partial_close(&p);
	}
	w = partial_writer_open(path, &net, &e);
	partial_writer_abandon(w);
	ok(partial_is(path), "abandoned, the file stays");
}

int main(void)
{
	scratch_begin();
	corpus_check("partial", read_file);
	test_written(scratch_path("sums.npz"));
	return tap_end();
}
