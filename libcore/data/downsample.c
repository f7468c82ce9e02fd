/* A dataset made of a tree of pictures; see downsample.h. */
#include "data/downsample.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/progress.h"
#include "base/threads.h"
#include "data/dataset_writer.h"
#include "data/picture.h"

/* What a thread needs for one picture after the other. */
struct worker {
	struct picture picture;
	float *floats;
};

struct job {
	const struct downsample *d;
	const struct tree *tree;
	struct dataset_writer *writer;
	struct worker *worker;          /* one a thread */
	char **problem;                 /* of each picture; NULL: it is in the dataset */
	_Atomic size_t stop;            /* pictures from here on are not begun */
	_Atomic size_t noted;           /* the least picture with a note */
	const char *_Atomic note;       /* of any */
	struct progress progress;
};

static void worker_init(struct worker *w, const struct downsample *d)
{
	picture_init(&w->picture, d->size, d->filter);
	w->floats = xmalloc((size_t)d->size * (size_t)d->size * IMAGE_CHANNELS,
	                    sizeof *w->floats);
}

static void worker_release(struct worker *w)
{
	picture_release(&w->picture);
	free(w->floats);
}

/* The pixels of the picture at PATH as the dataset stores them, in W's memory; NULL with E set. */
static const void *make_pixels(struct worker *w, bool bytes, const char *path, struct err *e)
{
	if (picture_load(&w->picture, path, e) < 0)
		return NULL;
	if (bytes)
		return w->picture.bytes;
	picture_floats(&w->picture, w->floats);
	return w->floats;
}

static void lower_to(_Atomic size_t *least, size_t i)
{
	size_t now = atomic_load(least);

	while (i < now && !atomic_compare_exchange_weak(least, &now, i))
		;
}

/* No picture from I on is begun any more. */
static void stop_at(struct job *j, size_t i)
{
	lower_to(&j->stop, i);
}

static void take_note(struct job *j, size_t i, const char *note)
{
	if (!note)
		return;
	lower_to(&j->noted, i);
	atomic_store(&j->note, note);
}

static void report_note(const struct job *j)
{
	size_t i = atomic_load(&j->noted);
	struct err e;

	if (i == j->tree->count || !j->d->note)
		return;
	err_set(&e, "%s: %s", j->tree->picture[i].path, atomic_load(&j->note));
	j->d->note(&e);
}

/*
 * The least picture that fails is always tried, whatever the threads do: so the message
 * does not depend on them.
 */
static void make_picture(void *arg, size_t i, int worker)
{
	struct job *j = arg;
	const void *pixels;
	struct err e;

	if (i >= atomic_load(&j->stop))
		return;
	if (!dataset_writer_has(j->writer, i, j->tree->picture[i].path)) {
		pixels = make_pixels(&j->worker[worker], j->d->bytes, j->tree->picture[i].path, &e);
		if (pixels)
			take_note(j, i, j->worker[worker].picture.image.note);
		if (!pixels || dataset_writer_add(j->writer, i, pixels, &e) < 0) {
			j->problem[i] = xstrdup(e.text);
			if (pixels || !j->d->keep_going || e.machine)
				stop_at(j, i);
		}
	}
	progress_add(&j->progress, 1);
}

static void make_pictures(struct job *j)
{
	struct threads *pool = threads_new(j->d->threads);
	int threads = threads_count(pool);

	j->worker = xcalloc((size_t)threads, sizeof *j->worker);
	for (int i = 0; i < threads; i++)
		worker_init(&j->worker[i], j->d);
	progress_start(&j->progress, "downsample", "images", j->tree->count, j->d->quiet);
	threads_run(pool, j->tree->count, make_picture, j);
	progress_end(&j->progress);
	for (int i = 0; i < threads; i++)
		worker_release(&j->worker[i]);
	free(j->worker);
	threads_free(pool);
}

/* The label of each picture, negative where none could be made; reports those. */
static size_t collect_labels(int *labels, const struct job *j)
{
	size_t made = 0;

	for (size_t i = 0; i < j->tree->count; i++) {
		struct err e;

		labels[i] = j->problem[i] ? -1 : j->tree->picture[i].label;
		made += !j->problem[i];
		if (!j->problem[i])
			continue;
		err_set(&e, "%s", j->problem[i]);
		j->d->report(&e);
	}
	return made;
}

/* Ends the dataset, unless something stopped it. Returns as downsample does. */
static int finish(struct job *j, struct err *e)
{
	size_t stop = atomic_load(&j->stop), made;
	int *labels, result;

	if (stop < j->tree->count) {
		dataset_writer_free(j->writer);
		return err_set(e, "%s", j->problem[stop]);
	}
	report_note(j);
	labels = xmalloc(j->tree->count, sizeof *labels);
	made = collect_labels(labels, j);
	if (made) {
		result = dataset_writer_end(j->writer, labels, e);
	} else {
		dataset_writer_free(j->writer);
		result = err_set(e, "no picture could be read");
	}
	free(labels);
	return result < 0 ? -1 : made < j->tree->count;
}

static int make_all(struct job *j, struct err *e)
{
	bool finished = dataset_writer_is_finished(j->writer);
	int result;

	j->problem = xcalloc(j->tree->count, sizeof *j->problem);
	make_pictures(j);
	result = finish(j, e);
	for (size_t i = 0; i < j->tree->count; i++)
		free(j->problem[i]);
	free(j->problem);
	if (result >= 0 && finished)
		progress_line(j->d->quiet, "%s: was finished already", j->d->out);
	return result;
}

int downsample(const struct downsample *d, const struct tree *tree,
               const struct classes *classes, struct err *e)
{
	char *facts = xasprintf("size %d, filter %s, type %s", d->size,
	                        resize_filter_name(d->filter), d->bytes ? "u1" : "f4");
	struct dataset_form form = {
		d->size, d->size, IMAGE_CHANNELS, d->bytes, d->packed, facts,
	};
	struct job j = { .d = d, .tree = tree, .stop = tree->count, .noted = tree->count };
	char **ids = xmalloc(tree->count, sizeof *ids);
	int result = -1;

	for (size_t i = 0; i < tree->count; i++)
		ids[i] = tree->picture[i].id;
	j.writer = dataset_writer_open(d->out, &form, classes, ids, tree->count, e);
	if (j.writer)
		result = make_all(&j, e);
	free(ids);
	free(facts);
	return result;
}
