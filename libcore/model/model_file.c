/* Weights files: members, facts, shapes; see model_file.h. */
#include "model/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/infile.h"
#include "data/hint.h"
#include "model/facts.h"
#include "model/parents.h"

enum {
	MAX_FLAT_SIDE = 2048,
	GUESS = 8,                      /* 4 side + 8 are 100, 20, 400 */
	/* trained numbers pack by a tenth, and a model of nothing but zeros by 1000:1 */
	MOST_UNPACKING = 100,
	ANY_UNPACKING = 64 << 20,       /* bytes that are never too many */
};

/* ---- names ---- */

void model_file_name(char name[MODEL_FILE_NAME], int k, enum model_file_part part)
{
	static const char *const format[] = { "%d", "%d.q", "%d.scale", "arr_%d", "%d.s0" };

	snprintf(name, MODEL_FILE_NAME, format[part], k);
}

int model_file_index(const char *name)
{
	char want[MODEL_FILE_NAME];

	for (int k = 0; k < NET_ARRAYS; k++) {
		model_file_name(want, k, MODEL_FILE_NUMBERS);
		if (!strcmp(name, want))
			return k;
		model_file_name(want, k, MODEL_FILE_LISTED);
		if (!strcmp(name, want))
			return k;
	}
	return -1;
}

enum model_file_part model_file_part(const struct model_file *f, int k)
{
	if (f->listed)
		return MODEL_FILE_LISTED;
	return f->delta && !net_is_statistic(k) ? MODEL_FILE_STEPS : MODEL_FILE_NUMBERS;
}

int model_file_in_array(struct err *e, int k)
{
	char place[32];

	snprintf(place, sizeof place, "array %d", k);
	return err_in(e, place);
}

/* Is there a member of array 0 that is called after PART? */
static bool has_first(const struct npz *z, enum model_file_part part)
{
	char name[MODEL_FILE_NAME];

	model_file_name(name, 0, part);
	for (size_t i = 0; i < npz_count(z); i++)
		if (!strcmp(npz_name(z, i), name))
			return true;
	return false;
}

bool model_file_is_delta(const struct npz *z)
{
	return has_first(z, MODEL_FILE_STEPS);
}

bool model_file_is_partial(const struct npz *z)
{
	return has_first(z, MODEL_FILE_SUMS);
}

/* ---- facts ---- */

int model_file_facts(struct json **facts, const struct npz *z, struct err *e)
{
	size_t size;
	const char *comment = npz_comment(z, &size);

	*facts = NULL;
	if (!size || comment[0] != '{')
		return 0;
	*facts = json_parse(comment, size, e);
	if (!*facts)
		return err_in(e, "archive comment");
	if (parents_restore(*facts, z, e) == 0)
		return 0;
	json_free(*facts);
	*facts = NULL;
	return -1;
}

static int check_size(const struct model_file *f, struct err *e)
{
	int64_t size = facts_int(f->facts, "size");
	int least, most;

	if (size < 0 || net_size_fits(&f->net, size))
		return 0;
	net_sizes(&f->net, &least, &most);
	if (least == most)
		return err_set(e, "made for images of size %lld, expected %d", (long long)size,
		               least);
	return err_set(e, "made for images of size %lld, expected %d to %d", (long long)size, least,
	               most);
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

/* What the shapes leave open, where the facts tell it. */
static void take_size(struct net *net, const struct json *facts)
{
	int64_t told = facts_int(facts, "size");

	if (net_size_fits(net, told))
		net_set_size(net, (int)told);
}

static int as_int(size_t n)
{
	return n > 1 << 30 ? -1 : (int)n;
}

/* The network that arrays of these shapes belong to; not all of them are looked at. */
static int find_net(struct net *net, const struct npy a[NET_ARRAYS], struct err *e)
{
	int filters[4], side;

	for (int i = 0; i < 4; i++) {
		const struct npy *w = &a[2 * i];

		if (w->dims != 4)
			return err_set(e, "array %d has %d dimensions, expected 4", 2 * i, w->dims);
		filters[i] = as_int(w->shape[3]);
	}
	for (int k = DENSE1_W; k <= DENSE2_W; k += DENSE2_W - DENSE1_W)
		if (a[k].dims != 2)
			return err_set(e, "array %d has %d dimensions, expected 2", k, a[k].dims);
	side = pool2_side(a[DENSE1_W].shape[0], a[CONV4_W].shape[3]);
	if (side < 0)
		return err_set(e,
		               "array 8 has %zu rows, which no square image gives with "
		               "%zu filters",
		               a[DENSE1_W].shape[0], a[CONV4_W].shape[3]);
	if (net_init(net, 4 * side + GUESS, as_int(a[CONV1_W].shape[2]), filters,
	             as_int(a[DENSE1_W].shape[1]), as_int(a[DENSE2_W].shape[1]), e) < 0)
		return -1;
	net->size_guessed = true;
	return 0;
}

int model_file_check_shape(const struct model_file *f, int k, const struct npy *a, struct err *e)
{
	bool steps = model_file_part(f, k) == MODEL_FILE_STEPS;
	struct npy want = steps ? (struct npy){ .kind = 'i', .item_bytes = 1 } : *a;
	char got_text[128], want_text[128];

	want.dims = net_shape(&f->net, (enum net_array)k, want.shape);
	if (a->dims == want.dims &&
	    !memcmp(a->shape, want.shape, (size_t)a->dims * sizeof *a->shape) &&
	    (!steps || (a->kind == 'i' && a->item_bytes == 1 && !a->fortran)))
		return 0;
	return err_set(e, "array %d is %s, expected %s", k,
	               npy_describe(a, got_text, sizeof got_text),
	               npy_describe(&want, want_text, sizeof want_text));
}

/* ---- opening ---- */

static int check_count(const struct model_file *f, struct err *e)
{
	size_t count = npz_count(f->archive), want = f->delta ? 2 * NET_ARRAYS - 2 : NET_ARRAYS;

	if (model_file_is_partial(f->archive))
		return err_set(e, "holds partial sums for aml-fedavg, no model");
	if (count != want)
		return err_set(e, "holds %zu arrays, expected %zu %s", count, want,
		               f->delta ? "of differences" : "named \"0\" to \"15\"");
	if (f->delta || f->listed || has_first(f->archive, MODEL_FILE_NUMBERS))
		return 0;
	return err_set(e, "holds arrays named \"%s\", \"%s\", ..., expected \"0\" to \"15\"",
	               npz_name(f->archive, 0), npz_name(f->archive, 1));
}

/* Type and shape of the member that holds array K. */
static int read_header(struct model_file *f, int k, struct npy *header, struct err *e)
{
	struct npz_place place;
	char name[MODEL_FILE_NAME];
	size_t start;

	model_file_name(name, k, model_file_part(f, k));
	if (npz_locate(f->archive, name, &place, e) < 0 ||
	    npz_parse_header(&place, header, &start, e) < 0)
		return model_file_in_array(e, k);
	f->crc[k] = place.crc;
	f->packed += place.packed;
	f->unpacked += place.size;
	return 0;
}

/*
 * What a few bytes unpack to must not fill the memory, even if the shapes fit: weights that do so
 * were made for it. Differences may all be 0; their parent, which is there in full, bounds them.
 */
static int check_packing(const struct model_file *f, struct err *e)
{
	if (f->delta || f->unpacked <= ANY_UNPACKING ||
	    f->unpacked / MOST_UNPACKING <= f->packed)
		return 0;
	return err_set(e, "%zu bytes unpack to %zu, over %d times as many: no trained weights do",
	               f->packed, f->unpacked, MOST_UNPACKING);
}

static int read_members(struct model_file *f, const struct net *net, struct err *e)
{
	struct npy header[NET_ARRAYS];

	if (check_count(f, e) < 0)
		return -1;
	for (int k = 0; k < NET_ARRAYS; k++)
		if (read_header(f, k, &header[k], e) < 0)
			return -1;
	if (net)
		f->net = *net;
	else if (find_net(&f->net, header, e) < 0)
		return -1;
	if (check_size(f, e) < 0 || facts_check(f->facts, f->net.classes, e) < 0)
		return -1;
	take_size(&f->net, f->facts);
	for (int k = 0; k < NET_ARRAYS; k++)
		if (model_file_check_shape(f, k, &header[k], e) < 0)
			return -1;
	return check_packing(f, e);
}

static int open_archive(struct model_file *f, struct npz *archive, const char *path,
                        const struct net *net, struct err *e)
{
	struct model_file got = { .archive = archive };

	if (!got.archive)
		return hint_add(e, path, HINT_WEIGHTS);
	got.delta = model_file_is_delta(got.archive);
	got.listed = !got.delta && has_first(got.archive, MODEL_FILE_LISTED);
	if (model_file_facts(&got.facts, got.archive, e) < 0 || read_members(&got, net, e) < 0) {
		model_file_close(&got);
		err_in(e, infile_name(path));
		return hint_add(e, path, HINT_WEIGHTS);
	}
	*f = got;
	return 0;
}

int model_file_open(struct model_file *f, const char *path, const struct net *net, struct err *e)
{
	return open_archive(f, npz_open(path, e), path, net, e);
}

int model_file_take(struct model_file *f, struct infile *opened, const char *path,
                    const struct net *net, struct err *e)
{
	return open_archive(f, npz_take(opened, path, e), path, net, e);
}

void model_file_close(struct model_file *f)
{
	json_free(f->facts);
	npz_close(f->archive);
	*f = (struct model_file){0};
}
