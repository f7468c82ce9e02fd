/* Reading dataset directories; see dataset.h. Images stay on disk until they are viewed. */
#include "data/dataset.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "format/npy.h"
#include "format/npy_ids.h"
#include "format/pickle.h"
#include "data/hint.h"

enum { ID_BYTES_MAX = NAME_MAX - 4 };   /* an id and ".npy" */

struct packed_images {
	struct infile file;
	const uint8_t *pixels;          /* of the first row; inside FILE */
	size_t rows;
	size_t *row;                    /* of each image */
};

static char *path_in(const struct dataset *d, const char *name)
{
	return xasprintf("%s/%s", d->path, name);
}

/* 1, 0, or -1 with E set. */
static int has_file(const struct dataset *d, const char *name, struct err *e)
{
	char *path = path_in(d, name);
	int there = infile_is_listed(path, e);

	free(path);
	return there;
}

char *dataset_singlet_path(const char *folder, const char *id)
{
	return xasprintf("%s/data_singlets/%s.npy", folder, id);
}

char *dataset_image_path(const struct dataset *d, size_t i)
{
	return dataset_singlet_path(d->path, d->ids[i]);
}

size_t dataset_image_numbers(const struct dataset *d)
{
	return (size_t)d->height * (size_t)d->width * (size_t)d->channels;
}

size_t dataset_image_bytes(const struct dataset *d)
{
	return dataset_image_numbers(d) * (d->bytes ? 1 : sizeof(float));
}

/* ---- ids ---- */

int dataset_check_id(const char *id, struct err *e)
{
	size_t bytes = strlen(id);

	if (bytes == 0)
		return err_set(e, "empty id");
	if (bytes > ID_BYTES_MAX)
		return err_set(e, "id '%.40s...' is %zu bytes, expected at most %d", id,
		               bytes, ID_BYTES_MAX);
	if (strchr(id, '/'))
		return err_set(e, "id '%s' has a slash", id);
	if (!utf8_is_valid(id))
		return err_set(e, "id '%s' is not UTF-8", id);
	return 0;
}

static int compare_ids(const void *key, const void *item)
{
	return strcmp(key, *(char *const *)item);
}

long dataset_find(const struct dataset *d, const char *id)
{
	char **found = d->count ? bsearch(id, d->ids, d->count, sizeof *d->ids,
	                                  compare_ids)
	                        : NULL;

	return found ? found - d->ids : -1;
}

/* ---- labels.npy ---- */

struct label {
	const char *id;
	int64_t class;
};

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->id, ((const struct label *)b)->id);
}

static int check_labels(const struct dataset *d, const struct label *sorted, size_t n,
                        struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (dataset_check_id(sorted[i].id, e) < 0)
			return -1;
		if (sorted[i].class < 0 || sorted[i].class >= d->classes.count)
			return err_set(e, "label of '%s' is %lld, expected 0 to %d",
			               sorted[i].id, (long long)sorted[i].class,
			               d->classes.count - 1);
		if (i && !strcmp(sorted[i].id, sorted[i - 1].id))
			return err_set(e, "'%s' occurs twice", sorted[i].id);
	}
	return 0;
}

static int take_labels(struct dataset *d, const struct pickle_dict *dict, struct err *e)
{
	struct label *sorted = xmalloc(dict->count, sizeof *sorted);
	int result;

	for (size_t i = 0; i < dict->count; i++)
		sorted[i] = (struct label){ dict->keys[i], dict->values[i] };
	qsort(sorted, dict->count, sizeof *sorted, compare_labels);
	result = check_labels(d, sorted, dict->count, e);
	if (result == 0) {
		d->ids = xmalloc(dict->count, sizeof *d->ids);
		d->labels = xmalloc(dict->count, sizeof *d->labels);
		for (; d->count < dict->count; d->count++) {
			d->ids[d->count] = xstrdup(sorted[d->count].id);
			d->labels[d->count] = (int)sorted[d->count].class;
		}
	}
	free(sorted);
	return result;
}

/* A dataset whose making was interrupted, or something else, often the images themselves. */
static void missing_labels(const struct dataset *d, struct err *e)
{
	static const char *const parts[] = { "data_singlets", "images.npy", ".unfinished", NULL };
	int moved = has_file(d, ".moved", e), there = moved;

	for (int i = 0; parts[i] && there == 0; i++)
		there = has_file(d, parts[i], e);
	if (moved > 0)
		err_set(e, "%s: aml-partition --move was interrupted here: do it again", d->path);
	else if (there >= 0)
		err_set(e, there ? "%s: unfinished dataset: labels.npy is missing"
		                 : "%s: not a dataset, labels.npy is missing", d->path);
	hint_add(e, d->path, HINT_DATASET);
}

static int read_labels(struct dataset *d, struct err *e)
{
	struct pickle_dict dict = {0};
	char *path = path_in(d, "labels.npy");
	int result = -1, there = has_file(d, "labels.npy", e);

	if (there == 0) {
		missing_labels(d, e);
	} else if (there > 0 && pickle_load_labels(&dict, path, e) == 0) {
		result = take_labels(d, &dict, e);
		if (result < 0)
			err_in(e, path);
	}
	pickle_dict_release(&dict);
	free(path);
	return result;
}

/* ---- classes.tsv, trainids.npy, valids.npy ---- */

static int read_classes(struct dataset *d, struct err *e)
{
	char *path = path_in(d, "classes.tsv");
	int result = infile_is_listed(path, e);

	if (result > 0)
		result = classes_load(&d->classes, path, e);
	else if (result == 0)
		classes_default(&d->classes);
	free(path);
	return result;
}

static int mark_ids(struct dataset *d, char *const *ids, size_t n, enum dataset_part part,
                    struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		long at = dataset_find(d, ids[i]);

		if (at < 0)
			return err_set(e, "'%s' is not in labels.npy", ids[i]);
		if (d->part[at] == part)
			return err_set(e, "'%s' occurs twice", ids[i]);
		if (d->part[at] != DATASET_NEITHER)
			return err_set(e, "'%s' is also among the training ids", ids[i]);
		d->part[at] = part;
	}
	return 0;
}

static int read_side(struct dataset *d, const char *name, enum dataset_part part, struct err *e)
{
	char *path = path_in(d, name);
	char **ids = NULL;
	size_t n = 0;
	int result = npy_ids_load(path, &ids, &n, e);

	if (result == 0 && mark_ids(d, ids, n, part, e) < 0)
		result = err_in(e, path);
	npy_ids_free(ids, n);
	free(path);
	return result;
}

static int read_split(struct dataset *d, struct err *e)
{
	int train = has_file(d, "trainids.npy", e),
	    valid = train < 0 ? -1 : has_file(d, "valids.npy", e);

	if (valid < 0)
		return -1;
	if (!train && !valid)
		return 0;
	if (train != valid)
		return err_set(e, "%s: there is %s but no %s", d->path,
		               train ? "trainids.npy" : "valids.npy",
		               train ? "valids.npy" : "trainids.npy");
	d->has_split = true;
	d->part = xcalloc(d->count, 1);
	if (read_side(d, "trainids.npy", DATASET_TRAIN, e) < 0)
		return -1;
	return read_side(d, "valids.npy", DATASET_VALID, e);
}

/* ---- one file an image ---- */

/* Takes FORM as that of all images. */
static void set_form(struct dataset *d, const struct pixels_form *form)
{
	d->height = form->height;
	d->width = form->width;
	d->channels = form->channels;
	d->bytes = form->bytes;
}

static struct pixels_form form_of(const struct dataset *d)
{
	return (struct pixels_form){ d->height, d->width, d->channels, d->bytes };
}

static int open_singlets(struct dataset *d, struct err *e)
{
	struct pixels_form form;
	char *path;
	int result;

	if (d->count == 0)
		return 0;
	path = dataset_image_path(d, 0);
	result = pixels_form_load(&form, path, e);
	if (result == 0)
		set_form(d, &form);
	free(path);
	return result;
}

static int view_singlet(const struct dataset *d, size_t i, struct pixels_view *v,
                        struct err *e)
{
	struct pixels_form form = form_of(d);
	char *path = dataset_image_path(d, i);
	int result = pixels_view_file(v, &form, path, e);

	free(path);
	return result;
}

/* ---- packed ---- */

static int map_images(struct dataset *d, struct err *e)
{
	char *path = path_in(d, "images.npy");
	struct pixels_form form;
	struct npy a = {0};
	char text[128];
	int result = infile_open(&d->images->file, path, SIZE_MAX, e);

	if (result < 0)
		goto out;
	result = npy_parse_only(&a, d->images->file.data, d->images->file.size, e);
	if (result == 0 && a.dims != PIXELS_DIMS + 1)
		result = err_set(e, "%s, expected images x height x width x channels",
		                 npy_describe(&a, text, sizeof text));
	if (result == 0)
		result = pixels_form_take(&form, &a, a.shape + 1, e);
	if (result == 0)
		set_form(d, &form);
	else
		err_in(e, path);
	d->images->pixels = a.data;
	d->images->rows = a.shape[0];
	npy_release(&a);
out:
	free(path);
	return result;
}

static int match_rows(struct dataset *d, char *const *ids, size_t n, struct err *e)
{
	size_t *row = xmalloc(d->count, sizeof *row);

	d->images->row = row;
	if (n != d->images->rows)
		return err_set(e, "%zu ids, expected %zu, one for each of images.npy", n,
		               d->images->rows);
	for (size_t i = 0; i < d->count; i++)
		row[i] = SIZE_MAX;
	for (size_t r = 0; r < n; r++) {
		long i = dataset_find(d, ids[r]);

		if (i >= 0 && row[i] != SIZE_MAX)
			return err_set(e, "'%s' occurs twice", ids[r]);
		if (i >= 0)
			row[i] = r;
	}
	for (size_t i = 0; i < d->count; i++)
		if (row[i] == SIZE_MAX)
			return err_set(e, "'%s' of labels.npy is missing", d->ids[i]);
	return 0;
}

static int open_packed(struct dataset *d, struct err *e)
{
	char *path = path_in(d, "ids.npy");
	char **ids = NULL;
	size_t n = 0;
	int result = -1;

	d->packed = true;
	d->images = xcalloc(1, sizeof *d->images);
	if (map_images(d, e) < 0 || npy_ids_load(path, &ids, &n, e) < 0)
		goto out;
	result = match_rows(d, ids, n, e);
	if (result < 0)
		err_in(e, path);
out:
	npy_ids_free(ids, n);
	free(path);
	return result;
}

bool dataset_rows_in_order(const struct dataset *d)
{
	bool in_order = d->images->rows == d->count;

	for (size_t i = 0; in_order && i < d->count; i++)
		in_order = d->images->row[i] == i;
	return in_order;
}

size_t dataset_rows(const struct dataset *d)
{
	return d->images->rows;
}

static int open_images(struct dataset *d, struct err *e)
{
	int packed = has_file(d, "images.npy", e),
	    both = packed > 0 ? has_file(d, "data_singlets", e) : packed;

	if (both < 0)
		return -1;
	if (both)
		return err_set(e, "%s: both images.npy and data_singlets/, expected one", d->path);
	return packed ? open_packed(d, e) : open_singlets(d, e);
}

/* ---- the whole ---- */

static void make_digest(struct dataset *d)
{
	struct sha256 s;
	char *codes = classes_codes(&d->classes);

	sha256_init(&s);
	for (size_t i = 0; i < d->count; i++) {
		char label[16];
		int length = snprintf(label, sizeof label, "%d\n", d->labels[i]);

		sha256_add(&s, d->ids[i], strlen(d->ids[i]) + 1);
		sha256_add(&s, label, (size_t)length);
	}
	sha256_add(&s, codes, strlen(codes));
	sha256_hex(&s, d->digest);
	free(codes);
}

static int check_folder(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return 0;
	err_set(e, "%s: not a dataset directory", path);
	return hint_add(e, path, HINT_DATASET);
}

int dataset_open(struct dataset *d, const char *path, struct err *e)
{
	struct dataset got = { .path = xstrdup(path) };

	if (check_folder(path, e) < 0 || read_classes(&got, e) < 0 || read_labels(&got, e) < 0 ||
	    open_images(&got, e) < 0 || read_split(&got, e) < 0) {
		dataset_release(&got);
		return -1;
	}
	make_digest(&got);
	*d = got;
	return 0;
}

void dataset_release(struct dataset *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->ids[i]);
	if (d->images) {
		infile_release(&d->images->file);
		free(d->images->row);
	}
	free(d->images);
	free(d->ids);
	free(d->labels);
	free(d->part);
	free(d->path);
	classes_release(&d->classes);
	*d = (struct dataset){0};
}

static int view_row(const struct dataset *d, size_t i, struct pixels_view *v, struct err *e)
{
	struct pixels_form form = form_of(d);
	const uint8_t *pixels = d->images->pixels + d->images->row[i] * pixels_bytes(&form);

	infile_passes(&d->images->file, pixels_bytes(&form));
	return pixels_view_memory(v, &form, pixels, e);
}

/*
 * One NaN, which relu would swallow, spoils all weights of the first layer; numbers to 255 give
 * a class for certain, and a wrong one.
 */
static int check_floats(const struct dataset *d, size_t i, const float *x, struct err *e)
{
	char *path;

	if (pixels_check(x, dataset_image_numbers(d), d->ids[i], e) == 0)
		return 0;
	path = d->packed ? path_in(d, "images.npy") : dataset_image_path(d, i);
	err_in(e, path);
	free(path);
	return -1;
}

int dataset_view(const struct dataset *d, size_t i, struct pixels_view *v, struct err *e)
{
	*v = (struct pixels_view){0};
	if ((d->packed ? view_row : view_singlet)(d, i, v, e) < 0)
		return -1;
	if (d->bytes || check_floats(d, i, (const float *)v->pixels, e) == 0)
		return 0;
	pixels_unview(v);
	return -1;
}

int dataset_image(const struct dataset *d, size_t i, float *out, struct err *e)
{
	size_t n = dataset_image_numbers(d);
	struct pixels_view v;

	if (dataset_view(d, i, &v, e) < 0)
		return -1;
	if (d->bytes)
		pixels_from_bytes(out, v.pixels, n);
	else
		memcpy(out, v.pixels, n * sizeof *out);
	pixels_unview(&v);
	return 0;
}
