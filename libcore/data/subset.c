/* Datasets of another dataset's images; see subset.h. */
#include "data/subset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "format/npy.h"
#include "format/pickle.h"
#include "data/dataset_lists.h"

enum { PACKED_DIMS = 4 };

static int make_folder(const char *path, struct err *e)
{
	return mkdir(path, 0777) == 0 ? 0 : err_set(e, "%s: %s", path, strerror(errno));
}

static int copy_file(const char *from, const char *to, struct err *e)
{
	struct infile in;
	struct outfile *out;
	int result = -1;

	if (infile_open(&in, from, SIZE_MAX, e) < 0)
		return -1;
	out = outfile_open_among(to, e);
	if (out) {
		fwrite(in.data, 1, in.size, outfile_stream(out));
		result = outfile_commit(out, false, e);
	}
	infile_release(&in);
	return result;
}

/* Another device, a file system without links, a file of somebody else: a copy does as
 * well. */
static int place_file(const struct subset *s, const char *from, const char *to,
                      struct err *e)
{
	if (!s->copy && linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	return copy_file(from, to, e);
}

/* To be called after each image: -1 if the work is to stop. */
static int go_on(const struct subset *s, struct err *e)
{
	if (s->progress)
		progress_add(s->progress, 1);
	return s->stop && *s->stop ? err_set(e, "interrupted") : 0;
}

static int place_singlets(const struct subset *s, const char *path, struct err *e)
{
	char *folder = xasprintf("%s/data_singlets", path);
	int result = make_folder(folder, e);

	for (size_t i = 0; i < s->count && result == 0; i++) {
		char *source = dataset_image_path(s->from, s->index[i]),
		     *target = dataset_singlet_path(path, s->from->ids[s->index[i]]);

		result = place_file(s, source, target, e);
		if (result == 0)
			result = go_on(s, e);
		free(source);
		free(target);
	}
	free(folder);
	return result;
}

static int write_rows(const struct subset *s, FILE *f, struct err *e)
{
	const struct dataset *d = s->from;
	const size_t shape[PACKED_DIMS] = { s->count, (size_t)d->height, (size_t)d->width,
		                            (size_t)d->channels };
	uint8_t header[NPY_HEADER];

	npy_header(header, d->bytes ? "|u1" : "<f4", PACKED_DIMS, shape);
	fwrite(header, 1, sizeof header, f);
	for (size_t i = 0; i < s->count && !ferror(f); i++) {
		struct pixels_view v;

		if (dataset_view(d, s->index[i], &v, e) < 0)
			return -1;
		fwrite(v.pixels, 1, dataset_image_bytes(d), f);
		pixels_unview(&v);
		if (go_on(s, e) < 0)
			return -1;
	}
	return 0;
}

static int place_packed(const struct subset *s, const char *path, struct err *e)
{
	char *target = xasprintf("%s/images.npy", path),
	     *source = xasprintf("%s/images.npy", s->from->path);
	struct outfile *o;
	int result = -1;

	if (s->count == s->from->count && dataset_rows_in_order(s->from)) {
		result = place_file(s, source, target, e);
		if (s->progress)
			progress_add(s->progress, s->count);
		goto out;
	}
	o = outfile_open(target, e);
	if (!o)
		goto out;
	if (write_rows(s, outfile_stream(o), e) < 0)
		outfile_abandon(o);
	else
		result = outfile_commit(o, false, e);
out:
	free(target);
	free(source);
	return result;
}

static int save_lists(const struct subset *s, const char *path, struct err *e)
{
	char **ids = xmalloc(s->count, sizeof *ids);
	int *labels = xmalloc(s->count, sizeof *labels);
	uint8_t *part = s->part ? xmalloc(s->count, 1) : NULL;
	const struct dataset_lists lists = { ids, labels, s->count, &s->from->classes, part };
	int result;

	for (size_t i = 0; i < s->count; i++) {
		ids[i] = s->from->ids[s->index[i]];
		labels[i] = s->from->labels[s->index[i]];
		if (part)
			part[i] = s->part[s->index[i]];
	}
	result = dataset_lists_save(&lists, path, s->from->packed, e);
	free(ids);
	free(labels);
	free(part);
	return result;
}

int subset_write(const struct subset *s, const char *path, struct err *e)
{
	if (make_folder(path, e) < 0 ||
	    (s->from->packed ? place_packed : place_singlets)(s, path, e) < 0)
		return -1;
	return save_lists(s, path, e);
}

int subset_count(const struct dataset *from, const char *path, uint32_t *seen,
                 struct err *e)
{
	struct dataset d = {0};
	int result = dataset_open(&d, path, e);

	for (size_t i = 0; i < d.count && result == 0; i++) {
		long at = dataset_find(from, d.ids[i]);

		if (at < 0 || d.labels[i] != from->labels[at])
			result = err_set(e, "%s: '%s' is not as in %s", path, d.ids[i],
			                 from->path);
		else
			seen[at]++;
	}
	dataset_release(&d);
	return result;
}

/* ---- removing ---- */

/* A file that is not there need not be removed. */
static int remove_file(const struct dataset *d, const char *name, struct err *e)
{
	char *path = xasprintf("%s/%s", d->path, name);
	int result = 0;

	if (unlink(path) < 0 && errno != ENOENT)
		result = err_set(e, "%s: %s", path, strerror(errno));
	free(path);
	return result;
}

/* A folder that holds more than ours, or that is a mount point, stays. */
static int remove_folder(const char *path, struct err *e)
{
	if (rmdir(path) == 0 || errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY ||
	    errno == ENOENT)
		return 0;
	return err_set(e, "%s: %s", path, strerror(errno));
}

static int remove_singlets(const struct dataset *d, struct err *e)
{
	char *folder = xasprintf("%s/data_singlets", d->path);
	int result = 0;

	for (size_t i = 0; i < d->count && result == 0; i++) {
		char *path = dataset_image_path(d, i);

		if (unlink(path) < 0 && errno != ENOENT)
			result = err_set(e, "%s: %s", path, strerror(errno));
		free(path);
	}
	if (result == 0)
		result = remove_folder(folder, e);
	free(folder);
	return result;
}

static int begin_removal(const struct dataset *d, struct err *e)
{
	char *labels = xasprintf("%s/labels.npy", d->path),
	     *moved = xasprintf("%s/.moved", d->path);
	int result = 0;

	if (rename(labels, moved) == 0)
		outfile_sync_parent(moved);
	else if (errno != ENOENT)
		result = err_set(e, "%s: %s", labels, strerror(errno));
	free(labels);
	free(moved);
	return result;
}

static const char *const packed_files[] = { "images.npy", "ids.npy", NULL };
static const char *const lists[] = { "trainids.npy", "valids.npy", "classes.tsv", ".unfinished",
	                             ".moved", NULL };

static int remove_files(const struct dataset *d, const char *const *names, struct err *e)
{
	for (; *names; names++)
		if (remove_file(d, *names, e) < 0)
			return -1;
	return 0;
}

int subset_remove(const struct dataset *d, struct err *e)
{
	if (begin_removal(d, e) < 0)
		return -1;
	if ((d->packed ? remove_files(d, packed_files, e) : remove_singlets(d, e)) < 0)
		return -1;
	if (remove_files(d, lists, e) < 0)
		return -1;
	return remove_folder(d->path, e);
}

/* Of the files NAMES in PATH; -1 with E set if that cannot be said. */
static int has_any(const char *path, const char *const *names, struct err *e)
{
	int there = 0;

	for (; *names && there == 0; names++) {
		char *file = xasprintf("%s/%s", path, *names);

		there = infile_exists(file, e);
		free(file);
	}
	return there;
}

static const char *const labels_file[] = { "labels.npy", NULL };

int subset_is_half_removed(const char *path, struct err *e)
{
	static const char *const marker[] = { ".moved", NULL };
	int marked = has_any(path, marker, e),
	    whole = marked > 0 ? has_any(path, labels_file, e) : 0;

	return whole < 0 ? -1 : marked > 0 ? !whole : marked;
}

int subset_check_half_removed(const struct dataset *d, struct err *e)
{
	char *path = xasprintf("%s/.moved", d->path);
	struct pickle_dict dict = {0};
	int result = pickle_load_labels(&dict, path, e);

	if (result == 0 && dict.count != d->count)
		result = err_set(e, "%s: %zu images, not %zu", path, dict.count, d->count);
	for (size_t i = 0; i < dict.count && result == 0; i++) {
		long at = dataset_find(d, dict.keys[i]);

		if (at < 0 || d->labels[at] != dict.values[i])
			result = err_set(e, "%s: has another '%s'", path, dict.keys[i]);
	}
	pickle_dict_release(&dict);
	free(path);
	return result;
}

int subset_is_removed(const struct dataset *d, struct err *e)
{
	int there = has_any(d->path, labels_file, e);

	if (there == 0)
		there = has_any(d->path, lists, e);
	if (there == 0)
		there = has_any(d->path, packed_files, e);
	for (size_t i = 0; i < d->count && there == 0; i++) {
		char *path = dataset_image_path(d, i);

		there = infile_exists(path, e);
		free(path);
	}
	return there < 0 ? -1 : !there;
}
