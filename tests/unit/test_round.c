/* A round from files to files: what each client counts, the facts, the optimiser's state. */
#include "fed/round.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/facts.h"
#include "nn/init.h"
#include "scratch.h"
#include "tap.h"
#include "model/digest.h"

enum { CLIENTS = 3, SIDE = 20, CLASSES = 4 };
static const int examples[CLIENTS] = { 10, 30, 60 };
static const double given[CLIENTS] = { 3, 2, 5 };

static struct net net;
static struct weights w[CLIENTS];
static char *models[CLIENTS];
static const char *parent;

static void save(const char *path, const struct weights *weights, int images)
{
	struct facts f;
	struct err e;
	char *text;

	facts_start(&f, "test");
	json_int(&f.j, "num_examples", images);
	text = facts_end(&f);
	if (model_save(path, &net, weights_const(weights), text, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	free(text);
}

static void set_up(void)
{
	struct err e;

	net_tutorial(&net, SIDE, CLASSES, &e);
	for (int c = 0; c < CLIENTS; c++) {
		weights_init(&w[c], &net);
		init_weights(&net, (uint64_t)c + 2, w[c].a);
		models[c] = xasprintf("%s.%d", scratch_path("client"), c);
		save(models[c], &w[c], examples[c]);
	}
	parent = scratch_path("parent.npz");
	save(parent, &w[0], 1);
}

static struct round_options options(const char *out)
{
	return (struct round_options){ .models = models, .count = CLIENTS, .method_name = "mean",
		                       .method = AGGREGATE_MEAN, .opt = serveropt_defaults,
		                       .out = scratch_path(out) };
}

/* What comes out, loaded; the caller releases it. */
static struct model made(const struct round_options *o, const char *message)
{
	struct threads *pool = threads_new(1);
	struct round r = {0};
	struct model m = {0};
	struct err e = {0};
	bool done = round_gather(&r, o, &e) == 0 && round_load(&r, o, &e) == 0 &&
	            round_average(&r, pool, true, &e) == 0 &&
	            round_save(&r, &e) == 0;

	if (message)
		ok(!done && strstr(e.text, message), "refused: %s", e.text);
	else
		ok(done && model_load(&m, o->out, 0, &e) == 0, "a round %s", e.text);
	round_release(&r);
	round_release(&r);
	threads_free(pool);
	return m;
}

static void is_mean(const struct model *m, const double *n, const char *what)
{
	double want = 0, total = 0;

	for (int c = 0; c < CLIENTS; c++) {
		want += n[c] * (double)w[c].a[CONV1_W][7];
		total += n[c];
	}
	is_near(m->w[CONV1_W][7], want / total, 1e-7, what);
}

static void test_weighing(void)
{
	const double images[] = { 10, 30, 60 }, same[] = { 1, 1, 1 };
	struct round_options o = options("mean.npz");
	struct model m = made(&o, NULL);

	is_mean(&m, images, "by the images of each");
	is_text(facts_text(m.facts, "weighing"), "num_examples", "which its facts say");
	is_int(facts_int(m.facts, "num_examples"), 100, "and how many");
	model_release(&m);
	o.equal = true;
	m = made(&o, NULL);
	is_mean(&m, same, "all alike");
	is_text(facts_text(m.facts, "weighing"), "equal", "which its facts say");
	model_release(&m);
	o.equal = false;
	o.weights = given;
	m = made(&o, NULL);
	is_mean(&m, given, "by weights given");
	is_text(facts_text(m.facts, "weighing"), "given", "which its facts say");
	model_release(&m);
}

static void test_parents(void)
{
	struct round_options o = options("parents.npz");
	struct model m = made(&o, NULL);
	const struct json *parents = json_get(m.facts, "parents");
	char digest[SHA256_HEX];

	digest_numbers(&m.net, m.w, digest);
	is_text(facts_text(m.facts, "weights"), digest, "the digest of its numbers");
	is_int(parents ? (long long)parents->count : -1, CLIENTS, "a parent each");
	ok(parents && strcmp(parents->items[0].text, parents->items[1].text) < 0 &&
	   strcmp(parents->items[1].text, parents->items[2].text) < 0, "in the order of digests");
	model_release(&m);
}

static void test_optimiser(void)
{
	struct round_options o = options("step.npz");
	const struct json *parents;
	char digest[SHA256_HEX];
	struct model m, sent;
	struct err e;

	o.opt.rule = SERVEROPT_ADAGRAD;
	o.previous = parent;
	o.state = scratch_path("state");
	m = made(&o, NULL);
	is_text(facts_text(m.facts, "server_opt"), "adagrad", "the rule is a fact");
	ok(!json_get(m.facts, "beta2"), "what it does not use is none");
	ok(access(o.state, F_OK) == 0, "the state is kept");
	model_load(&sent, parent, 0, &e);
	digest_numbers(&sent.net, sent.w, digest);
	parents = json_get(m.facts, "parents");
	is_text(parents && parents->count == CLIENTS + 1 ? parents->items[CLIENTS].text : NULL,
	        digest, "the model sent out is the last parent");
	model_release(&sent);
	model_release(&m);
	m = made(&o, "state: ");        /* it belongs to step.npz now */
	model_release(&m);
	o.previous = scratch_path("step.npz");
	o.out = scratch_path("step2.npz");
	m = made(&o, NULL);
	model_release(&m);
}

static void test_not_saved(void)
{
	struct round_options o = options("unsaved.npz");
	struct threads *pool = threads_new(1);
	struct round r = {0};
	struct err e;

	ok(round_load(&r, &o, &e) == 0 && round_average(&r, pool, true, &e) == 0, "averaged");
	round_release(&r);
	ok(access(o.out, F_OK) < 0, "without round_save there is no file");
	threads_free(pool);
}

/* A model of one filter whose numbers all are X, without the syncing of each file. */
static void write_small(const char *path, const struct net *small, float x)
{
	FILE *f = fopen(path, "wb");
	struct npz_writer *z = npz_writer_new(f, x > 0 && (int)x % 2 == 0);
	struct err e;

	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4], count = net_count(small, (enum net_array)k);
		int dims = net_shape(small, (enum net_array)k, shape);
		float *all = xmalloc(count, sizeof *all);
		char name[MODEL_FILE_NAME];

		for (size_t i = 0; i < count; i++)
			all[i] = x;
		model_file_name(name, k, MODEL_FILE_NUMBERS);
		if (npz_writer_add(z, name, "<f4", dims, shape, all, count * sizeof *all, &e) < 0)
			exit(1);
		free(all);
	}
	npz_writer_end(z, NULL, &e);
	fclose(f);
}

/* More than a comment has parents, and than there may be open files; half of them deflated. */
static void test_many(void)
{
	enum { MANY = 1200 };
	const int filters[] = { 1, 1, 1, 1 };
	char **paths = xmalloc(MANY, sizeof *paths);
	struct round_options o = options("many");
	struct rlimit few = { 300, 300 };
	struct net small;
	struct model m;
	struct err e;

	net_init(&small, 12, 1, filters, 2, 2, &e);
	for (int i = 0; i < MANY; i++) {
		paths[i] = xasprintf("%s.%d", scratch_path("many"), i);
		write_small(paths[i], &small, (float)i);
	}
	o.models = paths;
	o.count = MANY;
	o.equal = true;
	ok(setrlimit(RLIMIT_NOFILE, &few) == 0, "few open files");
	m = made(&o, NULL);
	is_near((double)m.w[DENSE2_B][1], (MANY - 1) / 2., 0, "their mean");
	is_int((long long)json_get(m.facts, "parents")->count, MANY, "parents");
	model_release(&m);
	for (int i = 0; i < MANY; i++)
		free(paths[i]);
	free(paths);
}

int main(void)
{
	scratch_begin();
	set_up();
	test_weighing();
	test_parents();
	test_optimiser();
	test_not_saved();
	if (!tap_is_slow())             /* valgrind refuses limits of open files */
		test_many();
	for (int c = 0; c < CLIENTS; c++) {
		free(models[c]);
		weights_release(&w[c]);
	}
	return tap_end();
}
