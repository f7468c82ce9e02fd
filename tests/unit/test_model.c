/*
 * Weights files: sizes from shapes, other programs' forms, facts, and files that no
 * network has written.
 */
#include "model/digest.h"
#include "model/model.h"

#include <math.h>

#include "nn/init.h"
#include "model/model_writer.h"
#include "model/weights.h"
#include "scratch.h"
#include "tap.h"

static struct err e;

/* One array as it is put into a file; the caller may change any of it first. */
struct member {
	char name[24];
	const char *descr;
	int dims;
	size_t shape[4];
	void *data;
	size_t size;
	bool left_out;
};

struct made {
	struct net net;
	struct weights w;
	struct member member[NET_ARRAYS + 1];   /* the last is left out */
	const char *comment;
};

/* All weights that make made; released at the end. */
static struct weights kept[64];
static int kept_count;

static void make(struct made *m, int size)
{
	static const int filters[4] = { 2, 3, 4, 5 };

	*m = (struct made){0};
	if (net_init(&m->net, size, 4, filters, 6, 3, &e) < 0)
		exit(1);
	weights_init(&m->w, &m->net);
	kept[kept_count++] = m->w;
	init_weights(&m->net, 1, m->w.a);
	for (int k = 0; k < NET_ARRAYS; k++) {
		struct member *a = &m->member[k];

		snprintf(a->name, sizeof a->name, "%d", k);
		a->descr = "<f4";
		a->dims = net_shape(&m->net, (enum net_array)k, a->shape);
		a->data = m->w.a[k];
		a->size = net_count(&m->net, (enum net_array)k) * sizeof(float);
	}
	m->member[NET_ARRAYS].left_out = true;
}

static void write_made(const struct made *m, const char *path)
{
	FILE *f = fopen(path, "wb");
	struct npz_writer *z = npz_writer_new(f, false);

	for (int k = 0; k <= NET_ARRAYS; k++) {
		const struct member *a = &m->member[k];

		if (!a->left_out)
			npz_writer_add(z, a->name, a->descr, a->dims, a->shape, a->data,
			               a->size, &e);
	}
	npz_writer_end(z, m->comment, &e);
	fclose(f);
}

static void refused(const struct made *m, const char *why)
{
	const char *path = scratch_path("refused.npz");
	struct model got = {0};

	write_made(m, path);
	is_int(model_load(&got, path, 0, &e), -1, why);
	ok(strstr(e.text, path) && strstr(e.text, why),
	   "the message names file and reason: %s", e.text);
}

static bool loads(const struct made *m, struct model *got)
{
	const char *path = scratch_path("loaded.npz");

	write_made(m, path);
	return ok(model_load(got, path, 0, &e) == 0, "accepted");
}

static bool same_numbers(const struct made *m, const struct model *got)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (memcmp(got->w[k], m->w.a[k],
		           net_count(&m->net, (enum net_array)k) * sizeof(float)))
			return false;
	return true;
}

/* ---- bad files ---- */

static void arrays(void)
{
	struct made m;
	float one = 1;

	make(&m, 20);
	m.member[3].left_out = true;
	refused(&m, "holds 15 arrays, expected 16");
	make(&m, 20);
	m.member[NET_ARRAYS] = m.member[0];
	strcpy(m.member[NET_ARRAYS].name, "16");
	refused(&m, "holds 17 arrays, expected 16");
	make(&m, 20);
	strcpy(m.member[15].name, "arr_15");
	refused(&m, "array 15");
	make(&m, 20);
	m.member[5].data = &one;
	m.member[5].size = 4;
	m.member[5].shape[0] = 1;
	refused(&m, "array 5 is 1 of <f4, expected 4 of <f4");
	make(&m, 20);
	m.member[14].shape[0] = 3;
	m.member[14].shape[1] = 6;
	refused(&m, "array 14 is 3 x 6 of <f4, expected 6 x 6 of <f4");
	make(&m, 20);
	m.member[0].dims = 2;
	m.member[0].shape[0] = 9;
	m.member[0].shape[1] = 8;
	refused(&m, "array 0 has 2 dimensions, expected 4");
	make(&m, 20);
	m.member[8].shape[0] = 54;
	m.member[8].shape[1] = 5;
	refused(&m, "array 8 has 54 rows, which no square image gives with 5 filters");
	make(&m, 20);
	m.member[8].dims = 1;
	m.member[8].shape[0] *= 6;
	refused(&m, "array 8 has 1 dimensions, expected 2");
	make(&m, 20);
	m.member[11].descr = "|O";
	refused(&m, "array 11");
	make(&m, 20);
	m.member[11].descr = "<U6";
	m.member[11].shape[0] = 1;
	refused(&m, "array 11");
}

static void values(void)
{
	static const float bad[] = { NAN, INFINITY, -INFINITY };
	struct made m;

	for (int i = 0; i < 3; i++) {
		make(&m, 20);
		m.w.a[DENSE1_W][7] = bad[i];
		refused(&m, "array 8: entry 7 is ");
	}
	make(&m, 20);
	m.w.a[DENSE2_B][2] = NAN;
	refused(&m, "array 15: entry 2 is ");
	make(&m, 20);
	m.w.a[BN_VAR][4] = -.01f;
	refused(&m, "array 13: entry 4, a variance, is -0.01");
	make(&m, 20);
	m.comment = "{\"tool\": ";
	refused(&m, "archive comment: no valid JSON");
}

static void files(void)
{
	const char *path = scratch_path("damaged.npz");
	struct model got = {0};
	struct made m;
	size_t size = 0;
	char *bytes, *number;

	make(&m, 20);
	write_made(&m, path);
	bytes = scratch_read(path, &size);
	number = memmem(bytes, size, m.w.a[DENSE1_W], 16);
	if (!ok(number != NULL, "the file is stored, not deflated"))
		return;
	number[0] ^= 1;
	scratch_write(path, bytes, size);
	is_int(model_load(&got, path, 0, &e), -1, "a bit that fell over");
	is_int(model_load(&got, path, MODEL_UNCHECKED, &e), 0,
	       "... is not looked for in a file that is only mapped");
	model_release(&got);
	for (size_t cut = 0; cut < size; cut += size / 7 + 1) {
		scratch_write(path, bytes, cut);
		is_int(model_load(&got, path, 0, &e), -1, "a file cut short");
	}
	is_int(model_load(&got, scratch_path("missing.npz"), 0, &e), -1, "a file that is missing");
	free(bytes);
}

/* ---- good files ---- */

/* FEDn's form after a server optimiser, and numpy's of a transposed array. */
static void converted(void)
{
	struct made m;
	struct model got = {0};
	double wide[2000];

	make(&m, 20);
	for (size_t i = 0; i < net_count(&m.net, DENSE1_W); i++)
		wide[i] = m.w.a[DENSE1_W][i] * (1 + 1e-12);
	m.member[8].descr = "<f8";
	m.member[8].data = wide;
	m.member[8].size *= 2;
	if (loads(&m, &got))
		ok(same_numbers(&m, &got), "<f8 becomes float32");
	model_release(&got);
	wide[7] = 1e300;
	refused(&m, "array 8: entry 7 is inf");
}

static void slightly_negative(void)
{
	struct made m;
	struct model got = {0};

	make(&m, 20);
	m.w.a[BN_VAR][4] = -5e-4f;
	if (loads(&m, &got))
		ok(got.w[BN_VAR][4] == -5e-4f, "a variance just below 0, as averages give");
	model_release(&got);
}

/* Facts that contradict the arrays; without facts the classes would be called C0, C1, C2. */
static void contradictions(void)
{
	static const char *const comment[] = {
		"{\"classes\": [\"A\", \"B\"]}", "{\"classes\": [\"A\", \"B\", \"A\"]}",
		"{\"classes\": [\"A\", \"B\", \"C\", \"D\"]}", "{\"classes\": \"A,B,C\"}",
		"{\"classes\": [\"A\", \"B\", 3]}", "{\"classes\": null}",
	};
	struct made m;

	make(&m, 33);
	for (size_t i = 0; i < sizeof comment / sizeof *comment; i++) {
		m.comment = comment[i];
		refused(&m, "its facts do not name the 3 classes that its arrays have");
	}
}

/* 98 to 101 give the same shapes: the facts say which, otherwise it is 100. */
static void sizes(void)
{
	char comment[4][32];
	struct made m;
	struct model got = {0};

	for (int size = 98; size <= 101; size++) {
		make(&m, size);
		if (loads(&m, &got))
			ok(got.net.size == 100 && got.net.size_guessed,
			   "without facts: a guess, 4 side + 8");
		model_release(&got);
		snprintf(comment[size - 98], sizeof comment[0], "{\"size\": %d}", size);
		m.comment = comment[size - 98];
		if (loads(&m, &got))
			ok(got.net.size == size && !got.net.size_guessed, "the facts say which");
		model_release(&got);
	}
	m.comment = "{\"size\": 97}";
	refused(&m, "made for images of size 97, expected 98 to 101");
	m.comment = "{\"size\": 100.5}";
	refused(&m, "the size in its facts is no whole number");
	m.comment = "{\"size\": \"100\"}";
	refused(&m, "the size in its facts is no whole number");
	make(&m, 33);
	if (loads(&m, &got))
		is_int(got.net.size, 32, "of another side");
	model_release(&got);
}

static void saved(void)
{
	const char *path = scratch_path("saved.npz");
	char before[SHA256_HEX], after[SHA256_HEX];
	struct made m;
	struct model got = {0};

	make(&m, 20);
	is_int(model_save(path, &m.net, weights_const(&m.w),
	                  "{\"num_examples\": 7, \"size\": 21}", &e),
	       0, "saved");
	if (!ok(model_load(&got, path, 0, &e) == 0, "loaded"))
		return;
	ok(same_numbers(&m, &got), "the same numbers");
	is_int(got.net.size, 21, "the facts' size");
	digest_numbers(&m.net, weights_const(&m.w), before);
	digest_numbers(&got.net, got.w, after);
	is_text(after, before, "the digest is of the numbers");
	m.w.a[DENSE2_B][0] += 1;
	digest_numbers(&m.net, weights_const(&m.w), after);
	ok(strcmp(after, before), "another number, another digest");
	model_release(&got);
	model_release(&got);
}

/* ---- facts ---- */

static void another_comment(void)
{
	struct made m;
	struct model got = {0};

	make(&m, 20);
	m.comment = "written by another program";
	if (loads(&m, &got))
		ok(!got.facts, "another program's comment is no fact");
	model_release(&got);
}

int main(void)
{
	scratch_begin();
	arrays();
	values();
	files();
	converted();
	slightly_negative();
	sizes();
	contradictions();
	saved();
	another_comment();
	for (int i = 0; i < kept_count; i++)
		weights_release(&kept[i]);
	return tap_end();
}
