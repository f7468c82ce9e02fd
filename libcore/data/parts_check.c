/* Is the partition there already? See parts_check.h. */
#include "data/parts_check.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- one partition ---- */

static int check_form(const struct dataset *d, const struct dataset *from, struct err *e)
{
	if (!classes_equal(&d->classes, &from->classes))
		return err_set(e, "%s: has other classes", d->path);
	if (d->packed != from->packed)
		return err_set(e, "%s: is %spacked", d->path, d->packed ? "" : "not ");
	if (from->height && d->count &&
	    (d->height != from->height || d->width != from->width ||
	     d->channels != from->channels || d->bytes != from->bytes))
		return err_set(e, "%s: has images of another form", d->path);
	return 0;
}

/* Image AT of D against image I of FROM. */
static int check_pixels(const struct dataset *d, size_t at, const struct dataset *from, size_t i,
                        struct err *e)
{
	struct pixels_view a, b;
	bool same;

	if (dataset_view(d, at, &a, e) < 0)
		return -1;
	if (dataset_view(from, i, &b, e) < 0) {
		pixels_unview(&a);
		return -1;
	}
	same = !memcmp(a.pixels, b.pixels, dataset_image_bytes(d));
	pixels_unview(&a);
	pixels_unview(&b);
	return same ? 0 : err_set(e, "%s: has another '%s'", d->path, d->ids[at]);
}

/* Is image AT of partition K the one that P has at J? */
static int check_image(const struct parts *p, const struct dataset *d, size_t at, int k, size_t j,
                       struct err *e)
{
	const struct dataset *from = p->from;
	size_t i = p->index[j];
	enum dataset_part side = p->part[j] == (uint32_t)k ? DATASET_VALID : DATASET_TRAIN;

	if (at >= d->count)
		return err_set(e, "%s: lacks '%s'", d->path, from->ids[i]);
	if (strcmp(d->ids[at], from->ids[i]) != 0)
		return err_set(e, "%s: has '%s', expected '%s'", d->path, d->ids[at],
		               from->ids[i]);
	if (d->labels[at] != from->labels[i])
		return err_set(e, "%s: has another label of '%s'", d->path, d->ids[at]);
	if (p->folds != d->has_split || (p->folds && d->part[at] != side))
		return err_set(e, "%s: is split otherwise", d->path);
	return from->height ? check_pixels(d, at, from, i, e) : 0;
}

static int check_part(const struct parts *p, const struct dataset *d, int k, struct err *e)
{
	size_t at = 0;

	if (check_form(d, p->from, e) < 0)
		return -1;
	for (size_t j = 0; j < p->count; j++)
		if ((p->folds || p->part[j] == (uint32_t)k) &&
		    check_image(p, d, at++, k, j, e) < 0)
			return -1;
	return at == d->count ? 0 : err_set(e, "%s: has '%s', too", d->path, d->ids[at]);
}

static int open_part(struct dataset *d, const char *folder, int k, struct err *e)
{
	char *path = xasprintf("%s/partition%d", folder, k);
	int result = dataset_open(d, path, e);

	free(path);
	return result;
}

/* ---- all of them ---- */

static int check_entries(const char *path, int parts, struct err *e)
{
	DIR *folder = opendir(path);
	int entries = -2, reason;       /* . and .. */

	if (!folder)
		return err_set(e, "%s: %s", path, strerror(errno));
	while (errno = 0, readdir(folder))
		entries++;
	reason = errno;
	closedir(folder);
	if (reason)
		return err_set(e, "%s: %s", path, strerror(reason));
	return entries == parts
	               ? 0
	               : err_set(e, "%s: holds %d files or folders, expected %d partitions", path,
	                         entries, parts);
}

int parts_check(const struct parts *p, const char *folder, struct err *e)
{
	int result = check_entries(folder, p->parts, e);

	for (int k = 0; k < p->parts && result == 0; k++) {
		struct dataset d = {0};

		result = open_part(&d, folder, k, e);
		if (result == 0)
			result = check_part(p, &d, k, e);
		dataset_release(&d);
	}
	return result;
}

/* ---- a dataset that was moved ---- */

struct image {
	char *id;                       /* owned */
	int label;
};

static int compare_images(const void *a, const void *b)
{
	return strcmp(((const struct image *)a)->id, ((const struct image *)b)->id);
}

static void add_images(struct image **images, size_t *count, const struct dataset *d)
{
	*images = xrealloc(*images, *count + d->count, sizeof **images);
	for (size_t i = 0; i < d->count; i++)
		(*images)[(*count)++] = (struct image){ xstrdup(d->ids[i]), d->labels[i] };
}

/* Hands the ids over to D. */
static void take_images(struct dataset *d, struct image *images, size_t count)
{
	qsort(images, count, sizeof *images, compare_images);
	d->ids = xmalloc(count, sizeof *d->ids);
	d->labels = xmalloc(count, sizeof *d->labels);
	for (; d->count < count; d->count++) {
		d->ids[d->count] = images[d->count].id;
		d->labels[d->count] = images[d->count].label;
	}
}

int parts_gather(struct dataset *d, const char *path, const struct parts *p, const char *folder,
                 struct err *e)
{
	struct image *images = NULL;
	size_t count = 0;
	int result = 0;

	d->path = xstrdup(path);
	for (int k = 0; k < (p->folds ? 1 : p->parts) && result == 0; k++) {
		struct dataset part = {0};

		result = open_part(&part, folder, k, e);
		if (result == 0)
			add_images(&images, &count, &part);
		if (result == 0 && k == 0) {
			d->packed = part.packed;
			d->classes = part.classes;
			part.classes = (struct classes){0};
		}
		dataset_release(&part);
	}
	if (images)
		take_images(d, images, count);
	free(images);
	return result;
}
