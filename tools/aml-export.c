/* aml-export: a model in the files that real servers load. */
#include "base/confine_outputs.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "model/model.h"
#include "export/export.h"
#include "export/onnx.h"
#include "export/savedmodel.h"

enum format { SAVEDMODEL, ONNX };

struct args {
	int format;                     /* enum format */
	const char *out, *model;
};

static struct args parse(int argc, char **argv)
{
	struct args a = { .format = -1 };
	const struct opt opts[] = {
		OPT_REQUIRED(CHOICE, 'f', "format", &a.format, "savedmodel|onnx", "format"),
		OPT_TEXT('o', "output", &a.out, "OUT", "folder (models) or file (model.onnx)"),
		OPT_END
	};
	const struct opt_tool tool = { "MODEL",
	                               "export MODEL as SavedModel or ONNX", 1, 1, NULL, NULL,
	                               "aml-export -f onnx -o model.onnx model.npz" };

	a.model = opt_parse(opts, &tool, argc, argv)[0];
	if (!a.out)
		a.out = a.format == SAVEDMODEL ? "models" : "model.onnx";
	if (a.format == SAVEDMODEL && outfile_is_stdout(a.out))
		opt_wrong("a SavedModel is a folder, it cannot go to standard output");
	return a;
}

static int save_onnx(const char *path, const struct model *m, struct err *e)
{
	struct outfile *o = outfile_open(path, e);

	if (!o)
		return -1;
	if (onnx_write(outfile_stream(o), &m->net, m->w, e) < 0) {
		outfile_abandon(o);
		return err_in(e, path);
	}
	return outfile_commit(o, true, e);
}

static int load(struct model *m, const char *path, struct err *e)
{
	if (model_load(m, path, 0, e) < 0)
		return -1;
	return export_check(&m->net, m->w, e) < 0 ? err_in(e, path) : 0;
}

/* A SavedModel is a folder that holds nothing else, which its writer checks. */
static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "MODEL", a->model);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct model m = {0};
	struct err e, warning;
	int result = check_names(&a, &e);

	if (result == 0 && a.format == ONNX)
		result = outfile_probe_binary(a.out, "-o FILE", &e);
	if (result == 0)
		result = load(&m, a.model, &e);
	if (result == 0 && a.format == SAVEDMODEL)
		result = savedmodel_save(a.out, &m.net, m.w, &e);
	else if (result == 0)
		result = save_onnx(a.out, &m, &e);
	if (result == 0 && model_size_guessed(&m, a.model, &warning))
		tool_warn(&warning);
	model_release(&m);
	return tool_end(result < 0 ? tool_fail(&e) : 0);
}
