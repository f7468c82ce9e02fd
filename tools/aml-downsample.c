/* aml-downsample: pictures to arrays, a tree of them to a dataset. */
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/progress.h"
#include "base/tool.h"
#include "format/npy.h"
#include "data/downsample.h"
#include "data/picture.h"

enum { TYPE_F4, TYPE_U1, MAX_SIZE = 4096 };

struct args {
	int size, filter, type, threads;
	bool keep_going, packed, quiet;
	const char *classes, *out;
	char **in;
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
		         "write a dataset with the images of each TREE"),
		OPT_INT('s', "size", &a.size, 1, MAX_SIZE, "SIZE", "width and height in pixels"),
		OPT_CHOICE('f', "filter", &a.filter, RESIZE_FILTER_WORDS,
		           "resampling filter, as in Pillow"),
		OPT_CHOICE('t', "type", &a.type, "f4|u1", "type: floats in 0..1, or bytes"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N",
		        "threads; 0: all processors"),
		OPT_FLAG('k', "keep-going", &a.keep_going,
		         "report images that cannot be read, and continue"),
		OPT_FLAG(0, "packed", &a.packed, "write one file for all images"),
		OPT_TEXT(0, "classes", &a.classes, "CODE,...",
		         "classes in order; leave out other folders"),
		OPT_FLAG('q', "quiet", &a.quiet, "show no progress"),
		OPT_END
	};
	const struct opt_tool tool = {
		"-o DATASET TREE...",
		"resize images (TREE/CLASS/ID.tiff) into a dataset, or one image to stdout",
		1, -1, kernels, "IMAGE", "aml-downsample -o dataset cells"
	};

	a.in = opt_parse(opts, &tool, argc, argv);
	if (!a.out && a.in[1])
		opt_wrong("more than one IMAGE; a dataset needs -o");
	return a;
}

static void print_note(const char *name, const char *note)
{
	struct err e;

	if (!note)
		return;
	err_set(&e, "%s: %s", name, note);
	tool_warn(&e);
}

/* A dataset within a tree would be a class, or something that no class folder may hold. */
static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_all(&d, a->out ? DISTINCT_FOLDER : DISTINCT_INPUT, a->out ? "TREE" : "IMAGE",
	                 a->in);
	distinct_add(&d, DISTINCT_OUTPUT, a->out ? "-o" : "the array", a->out ? a->out : "-");
	return confine_outputs_of(&d, e);
}

static int print_picture(const struct args *a, struct err *e)
{
	size_t side = (size_t)a->size, shape[] = { side, side, IMAGE_CHANNELS },
	       numbers = side * side * IMAGE_CHANNELS;
	struct picture p;
	float *floats;
	int result;

	if (outfile_probe_binary("-", "-o DATASET", e) < 0)
		return -1;
	picture_init(&p, a->size, (enum resize_filter)a->filter);
	result = picture_load(&p, a->in[0], e);
	if (result == 0)
		print_note(infile_name(a->in[0]), p.image.note);
	/* tool_end sees what could not be written */
	if (result == 0 && a->type == TYPE_U1) {
		npy_write(stdout, "|u1", 3, shape, p.bytes, numbers);
	} else if (result == 0) {
		floats = xmalloc(numbers, sizeof *floats);
		picture_floats(&p, floats);
		npy_write(stdout, "<f4", 3, shape, floats, numbers * sizeof *floats);
		free(floats);
	}
	picture_release(&p);
	return result;
}

/* ---- a tree ---- */

/* Returns 0, 1 if there are any that were left out, or -1 with E set. */
static int check_strays(const struct args *a, const struct tree *t, struct err *e)
{
	struct err warning;

	if (t->strays && !a->keep_going)
		return err_set(e, "%s", t->stray[0]);
	for (size_t i = 0; i < t->strays; i++) {
		err_set(&warning, "%s", t->stray[i]);
		tool_warn(&warning);
	}
	return t->strays > 0;
}

/* LIST: --classes, or NULL. */
static void find_classes(struct classes *c, const char *list)
{
	struct err e;

	if (!list)
		classes_default(c);
	else if (classes_parse(c, list, &e) < 0)
		opt_wrong("--classes: %s", e.text);
}

/* Returns 0, 1 if something was left out that should not have been there, or -1 with E set. */
static int make_dataset(const struct args *a, const struct tree *tree,
                        const struct classes *classes, struct err *e)
{
	const struct downsample d = {
		.out = a->out, .size = a->size, .filter = (enum resize_filter)a->filter,
		.bytes = a->type == TYPE_U1, .packed = a->packed, .keep_going = a->keep_going,
		.threads = a->threads, .quiet = a->quiet, .report = tool_warn,
		.note = tool_warn,
	};
	int strays = check_strays(a, tree, e), result;

	if (strays < 0)
		return -1;
	if (tree->left_out)
		progress_line(a->quiet, "left out: %s", tree->left_out);
	result = downsample(&d, tree, classes, e);
	return result == 0 ? strays : result;
}

static int run(const struct args *a, struct err *e)
{
	struct classes classes = {0};
	struct tree tree = {0};
	size_t roots = 0;
	int result = -1;

	while (a->in[roots])
		roots++;
	find_classes(&classes, a->classes);
	if (tree_scan(&tree, a->in, roots, &classes, a->classes, e) == 0)
		result = make_dataset(a, &tree, &classes, e);
	tree_release(&tree);
	classes_release(&classes);
	return result;
}


int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct err e;
	int status = check_names(&a, &e);

	if (status == 0)
		status = a.out ? run(&a, &e) : print_picture(&a, &e);
	if (status < 0)
		status = tool_fail(&e);
	return tool_end(status);
}
