/* A model: reading and checking a weights file; see model.h. */
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "nn/norm.h"
#include "model/facts.h"

enum {
	METADATA_LIMIT = 1 << 20,       /* bytes of a MODEL-metadata file */
	MAX_FLAT_SIDE = 2048,
};

void model_member(char name[MODEL_MEMBER], int k)
{
	snprintf(name, MODEL_MEMBER, "%d", k);
}

static int in_array(struct err *e, int k)
{
	char place[32];

	snprintf(place, sizeof place, "array %d", k);
	return err_in(e, place);
}

/* ---- sizes from shapes ---- */

/* The side of the last pool, from dense1's rows; -1: they are no square times the filters. */
static int pool2_side(size_t rows, size_t filters)
{
	size_t square = filters ? rows / filters : 0;
	int side = (int)lround(sqrt((double)square));

	if (!filters || rows % filters || side < 1 || side > MAX_FLAT_SIDE ||
	    (size_t)side * (size_t)side != square)
		return -1;
	return side;
}

/*
 * Sizes 4 side + 6 to 4 side + 9 give the same weights; where the facts say which, they
 * are believed, otherwise it is 4 side + 8 (100, 20, 400).
 */
static int image_size(int side, const struct json *facts)
{
	int64_t told = facts_int(facts, "size");

	if (told >= 4 * side + 6 && told <= 4 * side + 9)
		return (int)told;
	return 4 * side + 8;
}

static int as_int(size_t n)
{
	return n > 1 << 30 ? -1 : (int)n;
}

int model_sizes(struct net *net, const struct npy a[NET_ARRAYS], const struct json *facts,
                struct err *e)
{
	int filters[4], side;

	for (int i = 0; i < 4; i++) {
		const struct npy *w = &a[2 * i];

		if (w->dims != 4)
			return err_set(e, "array %d has %d dimensions, expected 4", 2 * i, w->dims);
		filters[i] = as_int(w->shape[3]);
	}
	if (a[DENSE1_W].dims != 2 || a[DENSE2_W].dims != 2)
		return err_set(e, "array %d has not 2 dimensions",
		               a[DENSE1_W].dims != 2 ? DENSE1_W : DENSE2_W);
	side = pool2_side(a[DENSE1_W].shape[0], a[CONV4_W].shape[3]);
	if (side < 0)
		return err_set(e,
		               "array 8 has %zu rows, which no square image gives with "
		               "%zu filters",
		               a[DENSE1_W].shape[0], a[CONV4_W].shape[3]);
	return net_init(net, image_size(side, facts), as_int(a[CONV1_W].shape[2]), filters,
	                as_int(a[DENSE1_W].shape[1]), as_int(a[DENSE2_W].shape[1]), e);
}

static int check_shape(const struct net *net, int k, const struct npy *a, struct err *e)
{
	struct npy want = *a;
	char got_text[128], want_text[128];

	want.dims = net_shape(net, (enum net_array)k, want.shape);
	if (a->dims == want.dims &&
	    !memcmp(a->shape, want.shape, (size_t)a->dims * sizeof *a->shape))
		return 0;
	return err_set(e, "array %d is %s, expected %s", k,
	               npy_describe(a, got_text, sizeof got_text),
	               npy_describe(&want, want_text, sizeof want_text));
}

/* ---- values ---- */

static int check_finite(const float *w, size_t count, struct err *e)
{
	enum { BLOCK = 4096 };

	/*
	 * x - x is 0 for finite x and NaN otherwise: sums vectorise where a test for each
	 * would not
	 */
	for (size_t at = 0; at < count; at += BLOCK) {
		size_t end = at + BLOCK < count ? at + BLOCK : count;
		bool bad = false;

		for (size_t i = at; i < end; i++)
			bad |= !(w[i] - w[i] == 0);
		if (!bad)
			continue;
		while (isfinite(w[at]))
			at++;
		return err_set(e, "entry %zu is %g", at, w[at]);
	}
	return 0;
}

static int check_variance(const float *w, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (w[i] <= -NORM_EPSILON)
			return err_set(e, "entry %zu, a variance, is %g", i, w[i]);
	return 0;
}

/* As FEDn writes it: doubles in C order, lowest byte first. */
static bool is_f8(const struct npy *a)
{
	return a->kind == 'f' && a->item_bytes == sizeof(double) && !a->big_endian && !a->fortran;
}

static int keep_low(struct model *m, int k, const struct npy *a, struct err *e)
{
	size_t count = npy_count(a);

	m->low[k] = mem_try(count, sizeof(float), e);
	if (!m->low[k])
		return in_array(e, k);
	for (size_t i = 0; i < count; i++) {
		double whole;

		memcpy(&whole, (const char *)a->data + i * sizeof whole, sizeof whole);
		m->low[k][i] = (float)(whole - m->w[k][i]);
	}
	return 0;
}

/* The array as float32 in C order: as it lies in the file if possible, converted otherwise. */
static int take_array(struct model *m, int k, struct npy *a, int flags, struct err *e)
{
	bool aligned = (uintptr_t)a->data % sizeof(float) == 0;

	if (npy_is_f4(a) && aligned) {
		m->w[k] = a->data;
		m->owned[k] = a->owned;         /* NULL where borrowed from the archive */
		a->owned = NULL;
		return 0;
	}
	m->w[k] = m->owned[k] = mem_try(npy_count(a), sizeof(float), e);
	if (!m->owned[k] || npy_to_f4(a, m->owned[k], e) < 0)
		return in_array(e, k);
	return flags & MODEL_LOW && is_f8(a) ? keep_low(m, k, a, e) : 0;
}

int model_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (check_finite(w[k], net_count(net, (enum net_array)k), e) < 0)
			return in_array(e, k);
	return 0;
}

static int check_values(const struct model *m, int flags, struct err *e)
{
	if (check_variance(m->w[BN_VAR], net_count(&m->net, BN_VAR), e) < 0)
		return in_array(e, BN_VAR);
	return flags & MODEL_UNCHECKED ? 0 : model_check(&m->net, m->w, e);
}

/* ---- loading ---- */

static int read_facts(struct model *m, struct err *e)
{
	size_t size;
	const char *comment = npz_comment(m->archive, &size);

	if (!size || comment[0] != '{')
		return 0;                       /* another program's comment is none of ours */
	m->facts = json_parse(comment, size, e);
	return m->facts ? 0 : err_in(e, "archive comment");
}

/* Headers of all arrays; A is zero before, and released by the caller. */
static int read_arrays(struct model *m, struct npy a[NET_ARRAYS], int flags, struct err *e)
{
	int npz_flags = flags & MODEL_UNCHECKED ? NPZ_UNCHECKED : 0;

	if (npz_count(m->archive) != NET_ARRAYS)
		return err_set(e, "holds %zu arrays, expected %d named \"0\" to \"15\"",
		               npz_count(m->archive), NET_ARRAYS);
	for (int k = 0; k < NET_ARRAYS; k++) {
		char name[MODEL_MEMBER];

		model_member(name, k);
		if (npz_read(m->archive, name, &a[k], SIZE_MAX, npz_flags, e) < 0)
			return in_array(e, k);
	}
	return 0;
}

static int load(struct model *m, const char *path, int flags, struct err *e)
{
	struct npy a[NET_ARRAYS] = {0};
	int result = -1;

	m->archive = npz_open(path, e);
	if (!m->archive)
		return -1;
	if (read_facts(m, e) < 0 || read_arrays(m, a, flags, e) < 0 ||
	    model_sizes(&m->net, a, m->facts, e) < 0)
		goto out;
	for (int k = 0; k < NET_ARRAYS; k++)
		if (check_shape(&m->net, k, &a[k], e) < 0 || take_array(m, k, &a[k], flags, e) < 0)
			goto out;
	result = check_values(m, flags, e);
out:
	for (int k = 0; k < NET_ARRAYS; k++)
		npy_release(&a[k]);
	return result < 0 ? err_in(e, infile_name(path)) : 0;
}

int model_load(struct model *m, const char *path, int flags, struct err *e)
{
	struct model got = {0};

	if (load(&got, path, flags, e) < 0) {
		model_release(&got);
		return -1;
	}
	*m = got;
	return 0;
}

void model_release(struct model *m)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		free(m->owned[k]);
		free(m->low[k]);
	}
	json_free(m->facts);
	npz_close(m->archive);
	*m = (struct model){0};
}

void model_drop_pages(const struct model *m)
{
	if (m->archive)
		npz_drop_pages(m->archive);
}

/* ---- digest ---- */

void model_hash_shape(struct sha256 *sha, const struct net *net, int k)
{
	size_t shape[4];
	int dims = net_shape(net, (enum net_array)k, shape);
	char text[24];

	for (int i = 0; i < dims; i++)
		sha256_add(sha, text, (size_t)snprintf(text, sizeof text, "%zu ", shape[i]));
	sha256_add(sha, "\n", 1);
}

void model_digest(const struct net *net, const float *const w[NET_ARRAYS], char hex[SHA256_HEX])
{
	struct sha256 s;

	sha256_init(&s);
	for (int k = 0; k < NET_ARRAYS; k++) {
		model_hash_shape(&s, net, k);
		sha256_add(&s, w[k], net_count(net, (enum net_array)k) * sizeof *w[k]);
	}
	sha256_hex(&s, hex);
}

void model_mark(const struct net *net, const uint32_t crc[NET_ARRAYS], char mark[SHA256_HEX])
{
	static const char kind[] = "crc32:";
	char hex[SHA256_HEX], text[16];
	struct sha256 s;

	sha256_init(&s);
	for (int k = 0; k < NET_ARRAYS; k++) {
		model_hash_shape(&s, net, k);
		sha256_add(&s, text, (size_t)snprintf(text, sizeof text, "%08x\n", crc[k]));
	}
	sha256_hex(&s, hex);
	snprintf(mark, SHA256_HEX, "%s%.*s", kind, SHA256_HEX - (int)sizeof kind, hex);
}

/* ---- what the facts tell ---- */

static bool classes_of_facts(const struct json *list, int count, struct classes *c)
{
	char *text = xstrdup("");
	struct err e;
	bool good = list && list->type == JSON_ARRAY && list->count == (size_t)count;

	for (size_t i = 0; good && i < list->count; i++) {
		char *longer;

		good = list->items[i].type == JSON_TEXT && !strchr(list->items[i].text, ',');
		if (!good)
			break;
		longer = xasprintf("%s%s%s", text, i ? "," : "", list->items[i].text);
		free(text);
		text = longer;
	}
	good = good && classes_parse(c, text, &e) == 0;
	free(text);
	return good;
}

bool model_classes(const struct model *m, struct classes *c)
{
	if (classes_of_facts(json_get(m->facts, "classes"), m->net.classes, c))
		return true;
	classes_default(c);
	if (c->count != m->net.classes) {
		classes_release(c);
		classes_numbered(c, m->net.classes);
	}
	return false;
}

/* num_examples in the JSON text of PATH-metadata; -1 without E where there is no such file. */
static int metadata_examples(const char *path, int64_t *n, struct err *e)
{
	char *name = xasprintf("%s-metadata", path);
	struct infile f;
	struct json *v = NULL;
	int result = -1;

	e->text[0] = '\0';
	if (access(name, F_OK) < 0)
		goto out;
	if (infile_open(&f, name, METADATA_LIMIT, e) < 0)
		goto out;
	v = json_parse((const char *)f.data, f.size, e);
	infile_release(&f);
	*n = facts_int(v, "num_examples");
	result = v && *n >= 0 ? 0 : -1;
	if (v && result < 0)
		err_set(e, "num_examples is missing or no whole number");
	if (result < 0)
		err_in(e, name);
out:
	json_free(v);
	free(name);
	return result;
}

int model_num_examples(const struct model *m, const char *path, int64_t *n, struct err *e)
{
	*n = facts_int(m->facts, "num_examples");
	if (*n >= 0 || metadata_examples(path, n, e) == 0)
		return 0;
	if (!e->text[0])
		err_set(e,
		        "%s: does not tell its num_examples, and there is no %s-metadata",
		        path, path);
	return -1;
}
