/* aml-curve: learning curves of training logs, as figure or summary. */
#include <math.h>
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/mem.h"
#include "base/operand.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/table.h"
#include "base/tool.h"
#include "figure/curve.h"
#include "figure/render.h"

struct args {
	const char *out, *title;
	char **logs;                    /* ended by NULL */
	struct curve_style style;
	enum render_format format;     /* RENDER_NONE: a summary as text */
};

static struct args parse(int argc, char **argv)
{
	static const enum curve_panels panels[] = { CURVE_BOTH, CURVE_LOSS, CURVE_ACCURACY };
	struct args a = { .out = "-", .title = "Learning curves",
		          .style.unit = "epoch" };
	int measure = 0, format = RENDER_NONE;
	const struct opt opts[] = {
		OPT_TEXT('o', "output", &a.out, "FIGURE", "write a figure (.svg, .png)"),
		OPT_CHOICE('f', "format", &format, "ending|svg|png", "format of FIGURE"),
		OPT_CHOICE('m', "measure", &measure, "both|loss|accuracy", "what to draw"),
		OPT_TEXT(0, "unit", &a.style.unit, "WORD", "what the horizontal axis counts"),
		OPT_FLAG(0, "from-zero", &a.style.from_zero, "begin the vertical axes at 0"),
		OPT_TEXT('t', "title", &a.title, "TITLE", "title of the figure"),
		OPT_END
	};
	const struct opt_tool tool = {
		"[NAME=]LOG.tsv...",
		"draw or summarise learning curves from training logs", 1, -1, NULL, NULL,
		"aml-curve -o curve.svg log.tsv"
	};

	a.logs = opt_parse(opts, &tool, argc, argv);
	a.style.panels = panels[measure];
	a.format = render_choose(a.out, (enum render_format)format);
	if (a.format == RENDER_NONE && !outfile_is_stdout(a.out))
		opt_wrong("%s: ends in none of .svg, .png; or give --format", a.out);
	return a;
}

struct curves {
	struct curve *curve;
	char **names;                   /* own those of the curves */
	size_t count;
};

static int load_all(struct curves *c, char **operands, struct err *e)
{
	for (; operands[c->count]; c->count++) {
		struct curve *curve;
		const char *path;

		c->curve = xrealloc(c->curve, c->count + 1, sizeof *c->curve);
		c->names = xrealloc(c->names, c->count + 1, sizeof *c->names);
		curve = &c->curve[c->count];
		*curve = (struct curve){0};
		curve->name = c->names[c->count] = operand_label(operands[c->count], ".tsv", &path);
		if (learning_load(&curve->log, path, e) < 0) {
			free(c->names[c->count]);
			return -1;
		}
	}
	return 0;
}

static void curves_release(struct curves *c)
{
	for (size_t k = 0; k < c->count; k++) {
		learning_release(&c->curve[k].log);
		free(c->names[k]);
	}
	free(c->curve);
	free(c->names);
}

static void add_number(struct table *t, double value)
{
	table_add(t, isnan(value) ? "-" : "%.4f", value);
}

static void add_row(struct table *t, const char *log, const char *what,
                    const struct learning_row *row)
{
	table_add(t, "%s", log);
	table_add(t, "%s", what);
	table_add(t, "%ld", row->epoch);
	for (int m = 0; m < LEARNING_MEASURES; m++)
		add_number(t, row->value[m]);
}

/* Of each log the last epoch, and the best by validation, or by training where there was none. */
static void write_summary(const struct curves *c, FILE *f)
{
	static const char *const head[] = {
		"log", "", "epoch", "loss", "accuracy", "valid_loss", "valid_accuracy"
	};
	struct table t;

	table_init(&t, "llrrrrr");
	for (size_t k = 0; k < sizeof head / sizeof head[0]; k++)
		table_add(&t, "%s", head[k]);
	for (size_t k = 0; k < c->count; k++) {
		const struct learning *log = &c->curve[k].log;
		const struct learning_row *best = learning_best(log, LEARNING_VALID_LOSS);

		if (!best)
			best = learning_best(log, LEARNING_LOSS);
		add_row(&t, c->names[k], "last", &log->rows[log->count - 1]);
		if (best)
			add_row(&t, c->names[k], "best", best);
	}
	table_write(&t, f);
	table_release(&t);
}

static int write_figure(const struct args *a, const struct curves *c, FILE *f,
                        struct err *e)
{
	struct drawing d;
	int result;

	curve_figure(&d, c->curve, c->count, &a->style, a->title);
	result = render_write(&d, a->format, f, e);
	draw_release(&d);
	return result;
}

static int write_out(const struct args *a, const struct curves *c, struct err *e)
{
	struct outfile *o = outfile_open(a->out, e);

	if (!o)
		return -1;
	if (a->format == RENDER_NONE) {
		write_summary(c, outfile_stream(o));
	} else if (write_figure(a, c, outfile_stream(o), e) < 0) {
		outfile_abandon(o);
		return err_in(e, a->out);
	}
	return outfile_commit(o, true, e);
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_operands(&d, DISTINCT_INPUT, "LOG.tsv", a->logs);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct curves c = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe(a.out, &e) < 0 ||
	    load_all(&c, a.logs, &e) < 0 || write_out(&a, &c, &e) < 0)
		status = tool_fail(&e);
	curves_release(&c);
	return tool_end(status);
}
