/*
 * aml-calibrate: makes a model as sure as it is right, by a temperature for its last
 * layer.
 */
#include "base/confine_outputs.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/table.h"
#include "base/tool.h"
#include "figure/reliability_figure.h"
#include "figure/render.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/temper.h"
#include "score/cases.h"
#include "score/temperature.h"

struct args {
	const char *predictions, *model, *out;
	const char *figure;             /* NULL: none */
};

static struct args parse(int argc, char **argv)
{
	struct args a = {0};
	const struct opt opts[] = {
		OPT_TEXT('o', "output", &a.figure, "FIGURE",
		         "draw reliability before and after (.svg, .png)"),
		OPT_END
	};
	const struct opt_tool tool = {
		"PREDICTIONS.tsv MODEL OUT",
		"fit a temperature on predictions of held-out images and fold it into MODEL",
		3, 3, NULL, NULL,
		"aml-calibrate predictions.tsv model.npz calibrated.npz"
	};
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.predictions = rest[0];
	a.model = rest[1];
	a.out = rest[2];
	if (a.figure && render_format(a.figure) == RENDER_NONE)
		opt_wrong("%s: ends in none of .svg, .png", a.figure);
	return a;
}

struct fitted {
	struct interval temperature;
	struct temperature_scores before, after;
};

static int fit(struct fitted *f, const struct args *a, const struct cases *c, struct err *e)
{
	if (temperature_fit(&f->temperature, c, e) < 0)
		return err_in(e, a->predictions);
	temperature_scores(&f->before, c, 1);
	temperature_scores(&f->after, c, f->temperature.value);
	return 0;
}

static void add_row(struct table *t, const char *what, double before, double after)
{
	table_add(t, "%s", what);
	table_add(t, "%.4f", before);
	table_add(t, "%.4f", after);
}

static void print(const struct fitted *f, size_t images, FILE *to)
{
	const struct interval *t = &f->temperature;
	bool inside = t->low <= 1 && 1 <= t->high;
	struct table table;

	fprintf(to, "temperature %.4f (95 %% %.4f to %.4f), fitted on %zu images\n",
	        t->value, t->low, t->high, images);
	fprintf(to, "%s\n\n",
	        inside         ? "1 is inside: no miscalibration of this kind can be shown"
	        : t->value > 1 ? "1 is outside: the model was too sure of itself"
	                       : "1 is outside: the model was not sure enough of itself");
	table_init(&table, "lrr");
	table_add(&table, " ");
	table_add(&table, "before");
	table_add(&table, "after");
	add_row(&table, "log loss", f->before.log_loss, f->after.log_loss);
	add_row(&table, "expected calibration error", f->before.ece, f->after.ece);
	add_row(&table, "Brier score", f->before.brier, f->after.brier);
	table_write(&table, to);
	table_release(&table);
}

static int write_figure(const char *path, const struct fitted *f, struct err *e)
{
	const struct reliability_panel panels[] = { { "before", f->before.calibration },
		                                     { "after", f->after.calibration } };
	struct outfile *o = outfile_open(path, e);
	struct drawing d;
	int result;

	if (!o)
		return -1;
	reliability_figure(&d, panels, 2, "Reliability of the probabilities");
	result = render_write(&d, render_format(path), outfile_stream(o), e);
	draw_release(&d);
	if (result < 0) {
		outfile_abandon(o);
		return err_in(e, path);
	}
	return outfile_commit(o, true, e);
}

static int run(const struct args *a, const struct cases *c, const struct model *m,
               struct err *e)
{
	struct fitted f;

	if (model_check_classes(m, a->model, &c->classes, infile_name(a->predictions), e) < 0 ||
	    fit(&f, a, c, e) < 0 ||
	    temper_save(a->out, m, f.temperature.value, (int64_t)c->count, &c->classes,
	                e) < 0 ||
	    (a->figure && write_figure(a->figure, &f, e) < 0))
		return -1;
	print(&f, c->count, outfile_is_stdout(a->out) ? stderr : stdout);
	return 0;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "PREDICTIONS.tsv", a->predictions);
	distinct_add(&d, DISTINCT_INPUT, "MODEL", a->model);
	distinct_add(&d, DISTINCT_OUTPUT, "OUT", a->out);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->figure);
	if (!outfile_is_stdout(a->out))
		distinct_add(&d, DISTINCT_OUTPUT, "the table", "-");
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct cases c = {0};
	struct model m = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe(a.figure, &e) < 0 ||
	    outfile_probe_binary(a.out, "a file", &e) < 0 ||
	    cases_load(&c, a.predictions, &e) < 0 || model_load(&m, a.model, 0, &e) < 0 ||
	    run(&a, &c, &m, &e) < 0)
		status = tool_fail(&e);
	cases_release(&c);
	model_release(&m);
	return tool_end(status);
}
