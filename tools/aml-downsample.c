/* aml-downsample: pictures to arrays, a tree of them to a dataset. */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/progress.h"
#include "base/threads.h"
#include "base/tool.h"
#include "format/npy.h"
#include "image/image_read.h"
#include "image/resize.h"
#include "data/dataset_writer.h"
#include "data/tree.h"

enum { TYPE_F4, TYPE_U1, MAX_SIZE = 4096, BYTE_VALUES = 256 };

struct args {
	int size, filter, type, threads;
	bool keep_going, packed, quiet;
	const char *classes, *out;
	char **in;
};

/* What a thread needs for one picture after the other. */
struct worker {
	struct image image;
	struct resize *resize;
	uint8_t *bytes;
	float *floats;
};

struct job {
	const struct args *a;
	const struct tree *tree;
	struct dataset_writer *writer;
	struct worker *worker;          /* one a thread */
	char **problem;                 /* of each picture; NULL: it is in the dataset */
	_Atomic size_t stop;            /* pictures from here on are not begun */
	struct progress progress;
};

static const char *kernels(struct err *e)
{
	(void)e;
	return resize_kernels();
}

static struct args parse(int argc, char **argv)
{
	struct args a = { .size = 100, .filter = RESIZE_BICUBIC };
	const struct opt opts[] = {
		OPT_TEXT('o', "output", &a.out, "DATASET",
		         "make a dataset of the pictures of each TREE"),
		OPT_INT('s', "size", &a.size, 1, MAX_SIZE, "SIZE", "pixels on each side"),
		OPT_CHOICE('f', "filter", &a.filter, RESIZE_FILTER_WORDS,
		           "how pixels are averaged"),
		OPT_CHOICE('t', "type", &a.type, "f4|u1", "floats in 0..1, or bytes"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N",
		        "threads; 0: all processors"),
		OPT_FLAG('k', "keep-going", &a.keep_going,
		         "report pictures that cannot be read and go on"),
		OPT_FLAG(0, "packed", &a.packed, "one file for all pictures"),
		OPT_TEXT(0, "classes", &a.classes, "CODE,...",
		         "the classes, in order; others are left out"),
		OPT_FLAG('q', "quiet", &a.quiet, "show no progress"),
		OPT_END
	};
	const struct opt_tool tool = {
		"[OPTION]... -o DATASET TREE... | IMAGE",
		"resize pictures (TREE/CLASS/ID.tiff) into a dataset, or one to stdout",
		1, -1, kernels
	};

	a.in = opt_parse(opts, &tool, argc, argv);
	if (!a.out && a.in[1])
		opt_wrong("more than one IMAGE; a dataset needs -o");
	return a;
}

/* ---- one picture ---- */

static size_t numbers(const struct args *a)
{
	return (size_t)a->size * a->size * IMAGE_CHANNELS;
}

static void worker_init(struct worker *w, const struct args *a)
{
	w->image = (struct image){0};
	w->resize = resize_new(a->size, a->size, a->filter);
	w->bytes = xmalloc(numbers(a), sizeof *w->bytes);
	w->floats = xmalloc(numbers(a), sizeof *w->floats);
}

static void worker_release(struct worker *w)
{
	image_release(&w->image);
	resize_free(w->resize);
	free(w->bytes);
	free(w->floats);
}

/* v / 255.0f is what numpy gives; v * (1 / 255.0f) is not. */
static void to_floats(float *out, const uint8_t *in, size_t n)
{
	float value[BYTE_VALUES];

	for (int v = 0; v < BYTE_VALUES; v++)
		value[v] = (float)v / 255.0f;
	for (size_t i = 0; i < n; i++)
		out[i] = value[in[i]];
}

/* The pixels of the picture at PATH as the options say, in W's memory; NULL with E set. */
static const void *make_pixels(struct worker *w, const struct args *a, const char *path,
                               struct err *e)
{
	struct image *im = &w->image;

	if (image_read_file(im, path, e) < 0)
		return NULL;
	if (resize_run(w->resize, w->bytes, im->pixels, im->width, im->height, IMAGE_CHANNELS,
	               im->opaque ? RESIZE_OPAQUE : RESIZE_ALPHA, e) < 0) {
		err_in(e, path);
		return NULL;
	}
	if (a->type == TYPE_U1)
		return w->bytes;
	to_floats(w->floats, w->bytes, numbers(a));
	return w->floats;
}

static int print_picture(const struct args *a, struct err *e)
{
	size_t side = (size_t)a->size, shape[] = { side, side, IMAGE_CHANNELS };
	bool bytes = a->type == TYPE_U1;
	struct worker w;
	const void *pixels;
	int result = -1;

	worker_init(&w, a);
	pixels = make_pixels(&w, a, a->in[0], e);
	if (pixels) {
		npy_write(stdout, bytes ? "|u1" : "<f4", 3, shape, pixels,
		          numbers(a) * (bytes ? 1 : sizeof(float)));
		result = 0;             /* tool_end sees what could not be written */
	}
	worker_release(&w);
	return result;
}

/* ---- a tree ---- */

/* No picture from I on is begun any more. */
static void stop_at(struct job *j, size_t i)
{
	size_t now = atomic_load(&j->stop);

	while (i < now && !atomic_compare_exchange_weak(&j->stop, &now, i))
		;
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
	if (!dataset_writer_has(j->writer, i)) {
		pixels = make_pixels(&j->worker[worker], j->a, j->tree->picture[i].path, &e);
		if (!pixels || dataset_writer_add(j->writer, i, pixels, &e) < 0) {
			j->problem[i] = xstrdup(e.text);
			if (pixels || !j->a->keep_going)
				stop_at(j, i);
		}
	}
	progress_add(&j->progress, 1);
}

static void make_pictures(struct job *j)
{
	struct threads *pool = threads_new(j->a->threads);
	int threads = threads_count(pool);

	j->worker = xcalloc((size_t)threads, sizeof *j->worker);
	for (int i = 0; i < threads; i++)
		worker_init(&j->worker[i], j->a);
	progress_start(&j->progress, "downsample", "images", j->tree->count, j->a->quiet);
	threads_run(pool, j->tree->count, make_picture, j);
	progress_end(&j->progress);
	for (int i = 0; i < threads; i++)
		worker_release(&j->worker[i]);
	free(j->worker);
	threads_free(pool);
}

static void warn(const char *path, const char *what)
{
	struct err e;

	err_set(&e, "%s", what);
	if (path)
		err_in(&e, path);
	tool_warn(&e);
}

/* The label of each picture, negative where none could be made; reports those. */
static size_t collect_labels(int *labels, const struct job *j)
{
	size_t made = 0;

	for (size_t i = 0; i < j->tree->count; i++) {
		labels[i] = j->problem[i] ? -1 : j->tree->picture[i].label;
		made += !j->problem[i];
		if (j->problem[i])
			warn(NULL, j->problem[i]);
	}
	return made;
}

/* Ends the dataset, unless something stopped it. Returns 0, -1, or 1: pictures are missing. */
static int finish(struct job *j, struct err *e)
{
	size_t stop = atomic_load(&j->stop), made;
	int *labels, result;

	if (stop < j->tree->count) {
		dataset_writer_free(j->writer);
		return err_set(e, "%s", j->problem[stop]);
	}
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

static int make_dataset(const struct args *a, const struct tree *t,
                        const struct classes *classes, struct err *e)
{
	char *facts = xasprintf("size %d, filter %s, type %s", a->size,
	                        resize_filter_name(a->filter),
	                        a->type == TYPE_U1 ? "u1" : "f4");
	struct dataset_form form = {
		a->size, a->size, IMAGE_CHANNELS, a->type == TYPE_U1, a->packed, facts,
	};
	struct job j = { .a = a, .tree = t, .stop = t->count };
	char **ids = xmalloc(t->count, sizeof *ids);
	int result = -1;

	for (size_t i = 0; i < t->count; i++)
		ids[i] = t->picture[i].id;
	j.writer = dataset_writer_open(a->out, &form, classes, ids, t->count, e);
	if (j.writer) {
		j.problem = xcalloc(t->count, sizeof *j.problem);
		make_pictures(&j);
		result = finish(&j, e);
		for (size_t i = 0; i < t->count; i++)
			free(j.problem[i]);
		free(j.problem);
	}
	free(ids);
	free(facts);
	return result;
}

static int check_strays(const struct args *a, const struct tree *t, struct err *e)
{
	static const char what[] = "not a picture (.tiff, .tif or .png)";

	if (t->strays && !a->keep_going)
		return err_set(e, "%s: %s", t->stray[0], what);
	for (size_t i = 0; i < t->strays; i++)
		warn(t->stray[i], what);
	return t->strays > 0;
}

static int find_classes(struct classes *c, const struct args *a, struct err *e)
{
	if (a->classes)
		return classes_parse(c, a->classes, e);
	classes_default(c);
	return 0;
}

static int downsample(const struct args *a, struct err *e)
{
	struct classes classes = {0};
	struct tree tree = {0};
	size_t roots = 0;
	int strays, result = -1;

	while (a->in[roots])
		roots++;
	if (find_classes(&classes, a, e) < 0)
		return -1;
	if (tree_scan(&tree, a->in, roots, &classes, a->classes, e) == 0 &&
	    (strays = check_strays(a, &tree, e)) >= 0) {
		if (tree.left_out)
			progress_line(a->quiet, "left out: %s", tree.left_out);
		result = make_dataset(a, &tree, &classes, e);
		if (result == 0)
			result = strays;
	}
	tree_release(&tree);
	classes_release(&classes);
	return result;
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct err e;
	int status = a.out ? downsample(&a, &e) : print_picture(&a, &e);

	if (status < 0)
		status = tool_fail(&e);
	return tool_end(status);
}
