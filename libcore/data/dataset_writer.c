/* Making dataset directories, one image after another; see dataset_writer.h. */
#include "data/dataset_writer.h"

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
#include "base/sha256.h"
#include "base/tempname.h"
#include "format/npy.h"
#include "data/dataset_lists.h"
#include "data/dataset_marker.h"

/*
 * While the dataset is unfinished:
 *   .unfinished        how the images are made: dataset_marker.h
 *   data_singlets/     finished images, each renamed into place when whole
 *   .images.npy        packed: header, a row for each of the ids, then a checksum for each, 0
 *                      while it is not there; cut to images.npy at the end
 */
struct dataset_writer {
	char *path;
	struct dataset_form form;       /* its facts are not used after the opening */
	const struct classes *classes;
	char *const *ids;
	size_t count;
	size_t image_bytes;
	int fd;                         /* packed: .images.npy; otherwise -1 */
	struct dataset_marker marker;
	struct dataset there;           /* marker.finished */
};

static char *path_in(const struct dataset_writer *w, const char *name)
{
	return xasprintf("%s/%s", w->path, name);
}

static char *image_path(const struct dataset_writer *w, size_t i)
{
	return dataset_singlet_path(w->path, w->ids[i]);
}

static const char *descr(const struct dataset_writer *w)
{
	return w->form.bytes ? "|u1" : "<f4";
}

static void image_shape(const struct dataset_writer *w, size_t shape[3])
{
	shape[0] = (size_t)w->form.height;
	shape[1] = (size_t)w->form.width;
	shape[2] = (size_t)w->form.channels;
}

/* ---- the folder ---- */

/* What must be equal for a later run to go on. */
static char *marker_text(const struct dataset_writer *w)
{
	const struct dataset_form *f = &w->form;
	char *codes = classes_codes(w->classes), *text;
	char digest[SHA256_HEX] = "";
	struct sha256 s;

	sha256_init(&s);
	for (size_t i = 0; f->packed && i < w->count; i++)
		sha256_add(&s, w->ids[i], strlen(w->ids[i]) + 1);
	sha256_hex(&s, digest);
	text = xasprintf("%s\n%d x %d x %d of %s, %s\n%s\nids %s\n", f->facts, f->height,
	                 f->width, f->channels, descr(w),
	                 f->packed ? "packed" : "singlets", codes,
	                 f->packed ? digest : "any");
	free(codes);
	return text;
}

static int claim(struct dataset_writer *w, struct err *e)
{
	char *text = marker_text(w);
	int result = dataset_marker_claim(&w->marker, w->path, text, e);

	free(text);
	return result;
}

static int open_singlets(const struct dataset_writer *w, struct err *e)
{
	char *path = path_in(w, "data_singlets");
	int result = mkdir(path, 0777) < 0 && errno != EEXIST
	                     ? err_set(e, "%s: %s", path, strerror(errno))
	                     : 0;

	tempname_sweep_folder(path);
	free(path);
	return result;
}

/* ---- packed ---- */

static off_t row_at(const struct dataset_writer *w, size_t i)
{
	return (off_t)(NPY_HEADER + i * w->image_bytes);
}

static off_t checksum_at(const struct dataset_writer *w, size_t i)
{
	return row_at(w, w->count) + (off_t)(i * sizeof(uint64_t));
}

/* Fowler, Noll, Vo, over words instead of bytes; never 0. Tells rows that a crash of
 * the machine lost. */
static uint64_t checksum(const uint8_t *p, size_t bytes)
{
	uint64_t h = 0xcbf29ce484222325, word = 0;

	for (size_t i = 0; i < bytes; i += sizeof word) {
		memcpy(&word, p + i, bytes - i < sizeof word ? bytes - i : sizeof word);
		h = (h ^ word) * 0x100000001b3;
	}
	return h | 1;
}

/* All SIZE bytes, or -1 with errno set (0: the file ends before). */
static int read_at(int fd, void *to, size_t size, off_t at)
{
	for (size_t done = 0; done < size; ) {
		ssize_t got = pread(fd, (uint8_t *)to + done, size - done,
		                    at + (off_t)done);

		if (got == 0)
			errno = 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		done += (size_t)got;
	}
	return 0;
}

static int write_at(int fd, const void *from, size_t size, off_t at)
{
	for (size_t done = 0; done < size; ) {
		ssize_t put = pwrite(fd, (const uint8_t *)from + done, size - done,
		                     at + (off_t)done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}

static int packed_error(const struct dataset_writer *w, struct err *e)
{
	return err_set(e, "%s/.images.npy: %s", w->path,
	               errno ? strerror(errno) : "unexpected end of file");
}

/* A file that was renamed before labels.npy was there has lost its checksums: its rows
 * are made again. */
static int open_packed(struct dataset_writer *w, struct err *e)
{
	char *work = path_in(w, ".images.npy"), *final = path_in(w, "images.npy");
	int result = 0, there = infile_exists(work, e);

	if (there < 0)
		result = -1;
	else if (!there && rename(final, work) < 0 && errno != ENOENT)
		result = packed_error(w, e);
	else
		w->fd = open(work, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (result == 0 && (w->fd < 0 || ftruncate(w->fd, checksum_at(w, w->count)) < 0))
		result = packed_error(w, e);
	free(work);
	free(final);
	return result;
}

static bool has_row(const struct dataset_writer *w, size_t i)
{
	uint8_t *row;
	uint64_t sum;
	bool has;

	if (read_at(w->fd, &sum, sizeof sum, checksum_at(w, i)) < 0 || sum == 0)
		return false;
	row = xmalloc(w->image_bytes, 1);
	has = read_at(w->fd, row, w->image_bytes, row_at(w, i)) == 0 &&
	      checksum(row, w->image_bytes) == sum;
	free(row);
	return has;
}

static int add_row(const struct dataset_writer *w, size_t i, const void *pixels,
                   struct err *e)
{
	uint64_t sum = checksum(pixels, w->image_bytes);

	errno = 0;
	if (write_at(w->fd, pixels, w->image_bytes, row_at(w, i)) < 0 ||
	    write_at(w->fd, &sum, sizeof sum, checksum_at(w, i)) < 0)
		return packed_error(w, e);
	return 0;
}

/* Moves the rows that stay together. */
static int close_gaps(const struct dataset_writer *w, const int *labels)
{
	uint8_t *row = xmalloc(w->image_bytes, 1);
	size_t to = 0;
	int result = 0;

	for (size_t i = 0; i < w->count && result == 0; i++) {
		if (labels[i] < 0)
			continue;
		if (i != to && (read_at(w->fd, row, w->image_bytes, row_at(w, i)) < 0 ||
		                write_at(w->fd, row, w->image_bytes, row_at(w, to)) < 0))
			result = -1;
		to++;
	}
	free(row);
	return result;
}

static int end_packed(const struct dataset_writer *w, const int *labels, size_t kept,
                      struct err *e)
{
	char *work = path_in(w, ".images.npy"), *final = path_in(w, "images.npy");
	size_t shape[4] = { kept };
	uint8_t header[NPY_HEADER];
	int result = 0;

	image_shape(w, shape + 1);
	npy_header(header, descr(w), 4, shape);
	errno = 0;
	if (close_gaps(w, labels) < 0 || write_at(w->fd, header, sizeof header, 0) < 0 ||
	    ftruncate(w->fd, row_at(w, kept)) < 0 || fsync(w->fd) < 0 ||
	    rename(work, final) < 0)
		result = packed_error(w, e);
	free(work);
	free(final);
	return result;
}

/* ---- one file an image ---- */

/* A file of the right size with the header that we write. */
static bool has_image(const struct dataset_writer *w, size_t i)
{
	char *path = image_path(w, i);
	uint8_t want[NPY_HEADER], got[NPY_HEADER];
	size_t shape[3];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool has;

	image_shape(w, shape);
	npy_header(want, descr(w), 3, shape);
	has = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	      st.st_size == (off_t)(NPY_HEADER + w->image_bytes) &&
	      read_at(fd, got, sizeof got, 0) == 0 && !memcmp(got, want, sizeof got);
	if (fd >= 0)
		close(fd);
	free(path);
	return has;
}

static int add_image(const struct dataset_writer *w, size_t i, const void *pixels,
                     struct err *e)
{
	char *path = image_path(w, i);
	size_t shape[3];
	int result;

	image_shape(w, shape);
	result = npy_save(path, descr(w), 3, shape, pixels, w->image_bytes, false, e);
	free(path);
	return result;
}

/* ---- a dataset that an earlier run finished: images are compared ---- */

static int finished_error(const struct dataset_writer *w, struct err *e)
{
	return err_set(e, "%s: holds a finished dataset already", w->path);
}

static int open_finished(struct dataset_writer *w, struct err *e)
{
	const struct dataset_form *f = &w->form;
	struct dataset *d = &w->there;

	if (dataset_open(d, w->path, e) < 0)
		return -1;
	if (d->count > w->count || d->height != f->height || d->width != f->width ||
	    d->channels != f->channels || d->bytes != f->bytes || d->packed != f->packed ||
	    !classes_equal(&d->classes, w->classes))
		return finished_error(w, e);
	return 0;
}

static int compare_image(const struct dataset_writer *w, size_t i, const void *pixels,
                         struct err *e)
{
	long at = dataset_find(&w->there, w->ids[i]);
	struct pixels_view v;
	bool same;

	if (at < 0)
		return finished_error(w, e);
	if (dataset_view(&w->there, (size_t)at, &v, e) < 0)
		return -1;
	same = !memcmp(v.pixels, pixels, w->image_bytes);
	pixels_unview(&v);
	return same ? 0 : err_set(e, "%s: holds a finished dataset already, with another '%s'",
	                          w->path, w->ids[i]);
}

static int end_finished(const struct dataset_writer *w, const int *labels, size_t kept,
                        struct err *e)
{
	const struct dataset *d = &w->there;

	if (kept != d->count)
		return finished_error(w, e);
	for (size_t i = 0; i < w->count; i++) {
		long at = labels[i] < 0 ? -1 : dataset_find(d, w->ids[i]);

		if (labels[i] >= 0 && (at < 0 || d->labels[at] != labels[i]))
			return finished_error(w, e);
	}
	return 0;
}

/* ---- the calls ---- */

struct dataset_writer *dataset_writer_open(const char *path,
                                           const struct dataset_form *form,
                                           const struct classes *classes,
                                           char *const *ids, size_t count, struct err *e)
{
	struct dataset_writer *w = xmalloc(1, sizeof *w);
	size_t numbers = (size_t)form->height * (size_t)form->width *
	                 (size_t)form->channels;

	*w = (struct dataset_writer){
		.path = xstrdup(path),
		.form = *form,
		.classes = classes,
		.ids = ids,
		.count = count,
		.image_bytes = numbers * (form->bytes ? 1 : sizeof(float)),
		.fd = -1,
		.marker = { .folder = -1 },
	};
	for (size_t i = 0; i < count; i++)
		if (dataset_check_id(ids[i], e) < 0)
			goto fail;
	if (claim(w, e) < 0)
		goto fail;
	if (w->marker.finished ? open_finished(w, e) < 0
	                       : (form->packed ? open_packed(w, e) : open_singlets(w, e)) < 0)
		goto fail;
	return w;
fail:
	dataset_writer_free(w);
	return NULL;
}

static bool is_older(const struct dataset_writer *w, const char *file)
{
	const struct timespec *than = &w->marker.begun;
	struct stat st;

	if (stat(file, &st) < 0)
		return errno == ENOENT; /* what cannot be looked at is read again, and that tells */
	return st.st_mtim.tv_sec != than->tv_sec ? st.st_mtim.tv_sec < than->tv_sec
	                                         : st.st_mtim.tv_nsec < than->tv_nsec;
}

bool dataset_writer_has(const struct dataset_writer *w, size_t i, const char *file)
{
	if (w->marker.finished)
		return false;
	return (w->form.packed ? has_row(w, i) : has_image(w, i)) && is_older(w, file);
}

bool dataset_writer_is_finished(const struct dataset_writer *w)
{
	return w->marker.finished;
}

int dataset_writer_add(struct dataset_writer *w, size_t i, const void *pixels,
                       struct err *e)
{
	if (w->marker.finished)
		return compare_image(w, i, pixels, e);
	return w->form.packed ? add_row(w, i, pixels, e) : add_image(w, i, pixels, e);
}

/* All but the marker. */
static int end_images(const struct dataset_writer *w, const int *labels,
                      const struct dataset_lists *lists, struct err *e)
{
	if (w->form.packed && end_packed(w, labels, lists->count, e) < 0)
		return -1;
	if (outfile_sync_folder(w->path, e) < 0)
		return -1;
	return dataset_lists_save(lists, w->path, w->form.packed, e);
}

int dataset_writer_end(struct dataset_writer *w, const int *labels, struct err *e)
{
	char **ids = xmalloc(w->count, sizeof *ids);
	int *kept = xmalloc(w->count, sizeof *kept), result = 0;
	struct dataset_lists lists = { .ids = ids, .labels = kept, .classes = w->classes };

	for (size_t i = 0; i < w->count; i++) {
		if (labels[i] < 0)
			continue;
		ids[lists.count] = w->ids[i];
		kept[lists.count++] = labels[i];
	}
	result = w->marker.finished ? end_finished(w, labels, lists.count, e)
	                            : end_images(w, labels, &lists, e);
	if (result == 0)
		result = dataset_marker_remove(w->path, e);
	free(ids);
	free(kept);
	dataset_writer_free(w);
	return result;
}

void dataset_writer_free(struct dataset_writer *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	dataset_release(&w->there);
	dataset_marker_release(&w->marker);
	free(w->path);
	free(w);
}
