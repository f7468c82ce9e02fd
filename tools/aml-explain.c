/* aml-explain: where in a picture a model found a class, as an overlay or a map. */
#include <stdlib.h>
#include <string.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/progress.h"
#include "base/tool.h"
#include "format/npy.h"
#include "image/resize.h"
#include "data/picture.h"
#include "nn/gradcam.h"
#include "nn/softmax.h"
#include "fused/engine_pick.h"
#include "model/facts.h"
#include "model/model.h"
#include "figure/overlay.h"

enum format { BY_ENDING, PNG, NPY };

struct args {
	const char *class_code;         /* NULL: the predicted one */
	const char *out, *model, *image;
	int format;                     /* enum format, settled */
	bool quiet;
};

/* What is explained, and the answer. */
struct explanation {
	struct model m;
	struct classes classes;
	int label;                      /* -1: the predicted class */
	struct gradcam *gradcam;
	struct picture picture;
	float *input;                   /* the network's */
	float *map;                     /* [picture.height][picture.width] */
};

static enum format format_of(const char *path)
{
	size_t n = strlen(path);

	if (n > 4 && !strcmp(path + n - 4, ".png"))
		return PNG;
	if (n <= 4 || strcmp(path + n - 4, ".npy"))
		opt_wrong("%s: ends in neither .png nor .npy; or give --format", path);
	return NPY;
}

static struct args parse(int argc, char **argv)
{
	struct args a = {0};
	const struct opt opts[] = {
		OPT_TEXT(0, "class", &a.class_code, "CODE",
		         "class to explain instead of the predicted one"),
		OPT_REQUIRED(TEXT, 'o', "output", &a.out, "FILE", "overlay (.png) or map (.npy)"),
		OPT_CHOICE('f', "format", &a.format, "ending|png|npy", "format of FILE"),
		OPT_FLAG('q', "quiet", &a.quiet, "do not tell the probability"),
		OPT_END
	};
	const struct opt_tool tool = { "MODEL IMAGE",
		                       "show where MODEL looked in IMAGE (TIFF, PNG, JPEG, npy)",
		                       2, 2, engine_pick_name, NULL,
		                       "aml-explain -o cell.png model.npz cell.tiff" };
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.model = rest[0];
	a.image = rest[1];
	if (infile_is_stdin(a.model) && infile_is_stdin(a.image))
		opt_wrong("only one of MODEL and IMAGE can be standard input");
	if (a.format == BY_ENDING)
		a.format = (int)format_of(a.out);
	return a;
}

static int find_class(struct explanation *x, const struct args *a, struct err *e)
{
	char *codes;

	facts_class_list(x->m.facts, x->m.net.classes, &x->classes);
	x->label = a->class_code ? classes_find(&x->classes, a->class_code) : -1;
	if (x->label >= 0 || !a->class_code)
		return 0;
	codes = classes_codes(&x->classes);
	err_set(e, "has no class '%s', but %s", a->class_code, codes);
	free(codes);
	return err_in(e, infile_name(a->model));
}

static int load(struct explanation *x, const struct args *a, struct err *e)
{
	const struct net *net = &x->m.net;
	size_t pixels;
	struct err warning;

	if (model_load(&x->m, a->model, 0, e) < 0 || find_class(x, a, e) < 0)
		return -1;
	if (model_size_guessed(&x->m, a->model, &warning))
		tool_warn(&warning);
	pixels = (size_t)net->size * (size_t)net->size;
	picture_init(&x->picture, net->size, RESIZE_BICUBIC);
	x->input = xaligned(pixels * (size_t)net->channels, sizeof *x->input);
	if (picture_input(&x->picture, x->input, net->channels, a->image, e) < 0)
		return -1;
	if (a->format == PNG && picture_original(&x->picture, x->input, net->channels, e) < 0)
		return err_in(e, infile_name(a->image));
	return 0;
}

static void report(const struct explanation *x, const float *probability, int predicted,
                   bool quiet)
{
	const struct class_entry *entry = x->classes.entry;

	progress_line(quiet, "explains %s, probability %.6f; predicted is %s, %.6f",
	              entry[x->label].code, probability[x->label], entry[predicted].code,
	              probability[predicted]);
}

static int explain(struct explanation *x, const struct args *a, struct err *e)
{
	const struct engine *engine = engine_pick(&x->m.net, e);
	struct picture *p = &x->picture;
	const float *probability;
	int predicted;

	if (!engine)
		return -1;
	x->gradcam = gradcam_new(engine, &x->m.net, x->m.w);
	probability = gradcam_forward(x->gradcam, x->input);
	predicted = softmax_argmax(probability, x->m.net.classes);
	if (x->label < 0)
		x->label = predicted;
	x->map = mem_try((size_t)p->width * (size_t)p->height, sizeof *x->map, e);
	if (!x->map ||
	    gradcam_picture(x->gradcam, x->label, x->map, p->width, p->height, e) < 0)
		return err_in(e, infile_name(a->image));
	report(x, probability, predicted, a->quiet);
	return 0;
}

static int write_out(struct explanation *x, const struct args *a, struct err *e)
{
	const size_t shape[] = { (size_t)x->picture.height, (size_t)x->picture.width };
	struct outfile *o;

	if (a->format == NPY)
		return npy_save(a->out, "<f4", 2, shape, x->map,
		                shape[0] * shape[1] * sizeof *x->map, true, e);
	o = outfile_open(a->out, e);
	if (!o)
		return -1;
	if (overlay_write(outfile_stream(o), &x->picture.image, x->map, e) < 0) {
		outfile_abandon(o);
		return err_in(e, outfile_name(a->out));
	}
	return outfile_commit(o, true, e);
}

static void release(struct explanation *x)
{
	gradcam_free(x->gradcam);
	picture_release(&x->picture);
	classes_release(&x->classes);
	model_release(&x->m);
	free(x->input);
	free(x->map);
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "MODEL", a->model);
	distinct_add(&d, DISTINCT_INPUT, "IMAGE", a->image);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct explanation x = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe_binary(a.out, "-o FILE", &e) < 0 ||
	    load(&x, &a, &e) < 0 || explain(&x, &a, &e) < 0 || write_out(&x, &a, &e) < 0)
		status = tool_fail(&e);
	release(&x);
	return tool_end(status);
}
