/* Weights files in pieces: the bytes of model_save, and nothing to see before the end. */
#include "model/model_writer.h"

#include "model/model.h"
#include "scratch.h"
#include "tap.h"

static const char *const FACTS = "{\"num_examples\": 3}";
static struct err e;

static void same_file(const char *path, const char *want_path, const char *what)
{
	size_t size = 0, want_size = 0;
	char *got = scratch_read(path, &size), *want = scratch_read(want_path, &want_size);

	ok(got && want && size == want_size && !memcmp(got, want, size), "%s", what);
	free(got);
	free(want);
}

/* Puts the arrays before ARRAY whole, and of that the first COUNT numbers in steps of STEP. */
static int put(struct model_writer *w, const struct model *m, int array, size_t count, size_t step)
{
	for (int k = 0; k < array; k++)
		if (model_writer_put(w, k, m->w[k], net_count(&m->net, (enum net_array)k), &e) < 0)
			return -1;
	for (size_t at = step; at < count + step; at += step)
		if (model_writer_put(w, array, m->w[array], at < count ? at : count, &e) < 0)
			return -1;
	return 0;
}

static void pieces(const struct model *m, const char *want)
{
	const char *path = scratch_path("pieces.npz");
	size_t count = net_count(&m->net, DENSE1_W);
	struct { size_t count, step; } cases[] = { { 0, 1 }, { 1, 1 }, { count - 1, 7 },
	                                           { count, 7 }, { count, count } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct model_writer *w = model_writer_open(path, &m->net, &e);

		is_int(put(w, m, DENSE1_W, cases[i].count, cases[i].step), 0, "put");
		ok(access(path, F_OK) < 0, "not there before it is whole");
		is_int(model_writer_end(w, m->w, FACTS, &e), 0, "end");
		same_file(path, want, "the bytes of a file that was written at once");
		unlink(path);
	}
}

static void abandon(const struct model *m)
{
	const char *path = scratch_path("none.npz");
	struct model_writer *w = model_writer_open(path, &m->net, &e);

	put(w, m, DENSE1_W, 5, 2);
	model_writer_abandon(w);
	ok(access(path, F_OK) < 0, "abandoned");
	model_writer_abandon(NULL);
}

/* What cannot be renamed is written at the end. */
static void device(const struct model *m)
{
	struct model_writer *w = model_writer_open("/dev/full", &m->net, &e);

	is_int(put(w, m, NET_ARRAYS - 1, 1, 1), 0, "a device gets nothing early");
	ok(model_writer_end(w, m->w, FACTS, &e) < 0 && !strncmp(e.text, "/dev/full: ", 11),
	   "and fails at the end: %s", e.text);
}

int main(void)
{
	char *want;
	struct model m;

	scratch_begin();
	want = strdup(scratch_path("whole.npz"));
	if (!ok(model_load(&m, "tests/data/forms/stored.npz", 0, &e) == 0, "a model"))
		return tap_end();
	is_int(model_save(want, &m.net, m.w, FACTS, &e), 0, "written at once");
	pieces(&m, want);
	abandon(&m);
	device(&m);
	model_release(&m);
	free(want);
	return tap_end();
}
