/* What a file or a folder is; see info.h. info_show.c prints it. */
#include "info/info.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/npy_ids.h"
#include "format/npz.h"
#include "format/npz_stream.h"
#include "format/pickle.h"
#include "data/hint.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/model_file.h"

enum { BLOCK = 1 << 14 };               /* elements of an array that are looked at together */

static const char zip_magic[] = "PK", npy_magic[] = "\x93NUMPY";

const char *info_array_name(enum net_array k)
{
	static const char *const name[NET_ARRAYS] = {
		"conv1/kernel",  "conv1/bias",  "conv2/kernel",  "conv2/bias",
		"conv3/kernel",  "conv3/bias",  "conv4/kernel",  "conv4/bias",
		"dense1/kernel", "dense1/bias", "bn/gamma",      "bn/beta",
		"bn/mean",       "bn/variance", "dense2/kernel", "dense2/bias",
	};

	return name[k];
}

/* What went wrong has PATH in front; the user knows it as NAME. */
static int rename_place(struct err *e, const char *path, const char *name)
{
	struct err rest = *e;

	if (strcmp(path, name) && !strncmp(e->text, path, strlen(path)))
		err_set(e, "%s%s", name, rest.text + strlen(path));
	return -1;
}

/* ---- arrays ---- */

/* The range of numbers that come bit by bit. */
struct measure {
	float min, max;
	double sum;
};

static void measure_add(struct measure *m, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (isnan(x[i]))
			m->min = m->max = NAN;
		if (x[i] < m->min)
			m->min = x[i];
		if (x[i] > m->max)
			m->max = x[i];
		m->sum += x[i];
	}
}

static bool is_numbers(const struct npy *a)
{
	return a->kind != 'U' && a->kind != 'O';
}

/* COUNT numbers of the type of FORM at RAW, any address. */
static int measure_block(struct measure *m, const struct npy *form, const void *raw, size_t count,
                         struct err *e)
{
	float x[BLOCK];
	struct npy a = *form;

	a.dims = 1;
	a.shape[0] = count;
	a.fortran = false;
	a.data = raw;
	a.size_bytes = count * (size_t)a.item_bytes;
	if (npy_to_f4(&a, x, e) < 0)
		return -1;
	measure_add(m, x, count);
	return 0;
}

/*
 * The next bytes of an array, of which SIZE are to come; NULL with E set. ARG: a stream of an
 * archive's member, or where the array lies.
 */
typedef const void *next_bytes(void *arg, size_t size, struct err *e);

static const void *next_of_stream(void *arg, size_t size, struct err *e)
{
	return npz_stream_next(arg, size, e);
}

static const void *next_of_memory(void *arg, size_t size, struct err *e)
{
	const char **at = arg, *bytes = *at;

	(void)e;
	*at += size;
	return bytes;
}

/* Takes type and shape of A and, of numbers, their range, in blocks; all bytes are read. */
static int describe(struct info_array *to, const struct npy *a, next_bytes *next, void *arg,
                    struct err *e)
{
	struct measure m = { INFINITY, -INFINITY, 0 };
	size_t item = is_numbers(a) ? (size_t)a->item_bytes : 1, n = a->size_bytes / item;

	to->form = *a;
	to->form.data = to->form.owned = NULL;
	for (size_t at = 0; at < n; at += BLOCK) {
		size_t count = n - at < BLOCK ? n - at : BLOCK;
		const void *raw = next(arg, count * item, e);

		if (!raw || (is_numbers(a) && measure_block(&m, a, raw, count, e) < 0))
			return -1;
	}
	if (!is_numbers(a) || n == 0)
		return 0;
	to->numbers = true;
	to->min = m.min;
	to->max = m.max;
	to->mean = m.sum / (double)n;
	return 0;
}

static struct info_array *add_array(struct info *i, const char *key, bool stored)
{
	struct info_array *to;

	i->array = xrealloc(i->array, i->arrays + 1, sizeof *i->array);
	to = &i->array[i->arrays++];
	*to = (struct info_array){ .key = xstrdup(key), .stored = stored };
	return to;
}

/* ---- archives ---- */

static int read_member(struct info_array *to, struct npz *z, struct err *e)
{
	struct npy form;
	struct npz_stream *s = npz_stream_open(z, to->key, &form, e);
	int result = s ? describe(to, &form, next_of_stream, s, e) : -1;

	npz_stream_free(s);
	return result < 0 ? err_in(e, to->key) : 0;
}

static int read_members(struct info *i, struct npz *z, struct err *e)
{
	for (size_t k = 0; k < npz_count(z); k++) {
		const char *key = npz_name(z, k);

		if (read_member(add_array(i, key, npz_is_stored(z, key)), z, e) < 0)
			return -1;
	}
	return 0;
}

/* Are the keys those of a file of weights? */
static bool has_weights(const struct info *i)
{
	bool found[NET_ARRAYS] = { false };

	for (size_t k = 0; k < i->arrays; k++) {
		int n = model_file_index(i->array[k].key);

		if (n >= 0)
			found[n] = true;
	}
	for (int n = 0; n < NET_ARRAYS; n++)
		if (!found[n])
			return false;
	return i->arrays == NET_ARRAYS;
}

/* The arrays are whole, but need not be a network. */
static void read_weights(struct info *i, const char *path)
{
	struct model m = {0};
	const char *told;
	struct err e;

	if (model_load(&m, path, 0, &e) < 0) {
		rename_place(&e, path, i->name);
		i->trouble = xstrdup(e.text);
		return;
	}
	i->kind = INFO_WEIGHTS;
	i->net = m.net;
	i->classes_known = facts_class_list(m.facts, m.net.classes, &i->classes);
	digest_numbers(&m.net, m.w, i->digest);
	told = facts_text(m.facts, "weights");
	if (told && strcmp(told, i->digest))
		i->trouble =
			xasprintf("%s: altered: its digest is not the one in its facts",
		                  i->name);
	model_release(&m);
}

static int read_archive(struct info *i, const char *path, struct err *e)
{
	struct npz *z = npz_open(path, e);
	int result;

	if (!z)
		return -1;
	i->kind = model_file_is_delta(z) ? INFO_DIFFERENCE : INFO_ARCHIVE;
	result = model_file_facts(&i->facts, z, e);
	if (result == 0)
		result = read_members(i, z, e);
	npz_close(z);
	if (result < 0)
		return err_in(e, path);
	if (has_weights(i))
		read_weights(i, path);
	return 0;
}

/* ---- single arrays ---- */

static int compare_labels(const void *a, const void *b)
{
	long long x = ((const struct info_count *)a)->label,
		  y = ((const struct info_count *)b)->label;

	return x < y ? -1 : x > y;
}

static void count_labels(struct info *i, const struct pickle_dict *d)
{
	struct info_count *c = xmalloc(d->count, sizeof *c);
	size_t n = 0;

	for (size_t k = 0; k < d->count; k++)
		c[k] = (struct info_count){ d->values[k], 1 };
	qsort(c, d->count, sizeof *c, compare_labels);
	for (size_t k = 0; k < d->count; k++)
		if (n && c[n - 1].label == c[k].label)
			c[n - 1].images++;
		else
			c[n++] = c[k];
	i->label = c;
	i->labels = n;
	i->count = d->count;
}

static int read_labels(struct info *i, const char *path, struct err *e)
{
	struct pickle_dict d = {0};

	if (pickle_load_labels(&d, path, e) < 0)
		return -1;
	i->kind = INFO_LABELS;
	count_labels(i, &d);
	pickle_dict_release(&d);
	return 0;
}

static int read_ids(struct info *i, const char *path, struct err *e)
{
	char **ids = NULL;

	if (npy_ids_load(path, &ids, &i->count, e) < 0)
		return -1;
	i->kind = INFO_IDS;
	npy_ids_free(ids, i->count);
	return 0;
}

static int read_array(struct info *i, const char *path, const struct infile *f,
                      struct err *e)
{
	struct npy a = {0};
	const char *at;

	if (npy_parse(&a, f->data, f->size, e) < 0)
		return err_in(e, path);
	at = a.data;
	if (describe(add_array(i, "", true), &a, next_of_memory, &at, e) < 0)
		return err_in(e, path);
	i->kind = INFO_ARRAY;
	if (a.kind == 'O' && a.dims == 0)
		return read_labels(i, path, e);
	if ((a.kind == 'O' || a.kind == 'U') && a.dims == 1)
		return read_ids(i, path, e);
	return 0;
}

/* ---- datasets ---- */

/* The image that the file NAME holds; -1: none with a label. */
static long find_image(const struct dataset *d, const char *name)
{
	size_t length = strlen(name);
	char *id;
	long at;

	if (length < 4 || strcmp(name + length - 4, ".npy") != 0)
		return -1;
	id = xstrndup(name, length - 4);
	at = dataset_find(d, id);
	free(id);
	return at;
}

/* Puts the images that are not THERE, by their labels, into I's trouble. */
static void report_missing(struct info *i, const bool *there)
{
	const struct dataset *d = &i->dataset;
	size_t missing = 0, first = 0;

	for (size_t k = d->count; k-- > 0;)
		if (!there[k]) {
			missing++;
			first = k;
		}
	if (missing)
		i->trouble = xasprintf("%s: %zu of %zu images are missing, the first is '%s'",
		                       i->name, missing, d->count, d->ids[first]);
}

/* Compares the names in data_singlets with the labels. Returns 0, or -1 with E set. */
static int compare_singlets(struct info *i, const char *path, struct err *e)
{
	const struct dataset *d = &i->dataset;
	char *folder = xasprintf("%s/data_singlets", path);
	bool *there = xcalloc(d->count, sizeof *there);
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int result = 0;

	while (dir && (errno = 0, entry = readdir(dir))) {
		long at = find_image(d, entry->d_name);

		if (at >= 0)
			there[at] = true;
		else if (entry->d_name[0] != '.')
			i->unlabelled++;
	}
	if (!dir || errno)
		result = err_set(e, "%s: %s", folder, strerror(errno));
	else
		report_missing(i, there);
	if (dir)
		closedir(dir);
	free(there);
	free(folder);
	return result;
}

static int read_dataset(struct info *i, const char *path, struct err *e)
{
	if (dataset_open(&i->dataset, path, e) < 0)
		return -1;
	i->kind = INFO_DATASET;
	classes_copy(&i->classes, &i->dataset.classes);
	strcpy(i->digest, i->dataset.digest);
	if (!i->dataset.packed)
		return i->dataset.count ? compare_singlets(i, path, e) : 0;
	i->unlabelled = dataset_rows(&i->dataset) - i->dataset.count;
	return 0;
}

/* ---- */

static bool begins_with(const struct infile *f, const char *magic)
{
	return f->size >= strlen(magic) && !memcmp(f->data, magic, strlen(magic));
}

static int read_file(struct info *i, const char *path, struct err *e)
{
	struct infile f;
	int result;

	if (infile_open(&f, path, SIZE_MAX, e) < 0)
		return -1;
	if (begins_with(&f, npy_magic))
		result = read_array(i, path, &f, e);
	else if (begins_with(&f, zip_magic))
		result = read_archive(i, path, e);
	else
		result = err_set(e, "%s: neither weights, nor a .npy file, nor a dataset",
		                 path);
	infile_release(&f);
	return result < 0 ? hint_add(e, path, HINT_ANYTHING) : 0;
}

int info_read(struct info *i, const char *path, const char *name, struct err *e)
{
	struct info got = { .name = xstrdup(name) };
	struct stat st;
	int result;

	if (stat(path, &st) < 0)
		result = err_set(e, "%s: %s", path, strerror(errno));
	else
		result = S_ISDIR(st.st_mode) ? read_dataset(&got, path, e)
		                             : read_file(&got, path, e);
	if (result < 0) {
		info_release(&got);
		return rename_place(e, path, name);
	}
	*i = got;
	return 0;
}

void info_release(struct info *i)
{
	for (size_t k = 0; k < i->arrays; k++)
		free(i->array[k].key);
	free(i->array);
	free(i->name);
	free(i->label);
	free(i->trouble);
	json_free(i->facts);
	classes_release(&i->classes);
	dataset_release(&i->dataset);
	*i = (struct info){0};
}
