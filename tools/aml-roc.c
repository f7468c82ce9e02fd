/* aml-roc: ROC and precision-recall curves of predictions, as figure, points or summary. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/operand.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "score/cases.h"
#include "score/class_groups.h"
#include "score/roc_series.h"
#include "figure/render.h"
#include "figure/roc_figure.h"

enum { NOT_ASKED = -1 };

/* As in the table of options. */
enum format { BY_ENDING, FIGURE_SVG, FIGURE_PNG, POINTS, SUMMARY };

struct args {
	const char *out, *title, *class, *group, *groups_file;
	char **tables;                  /* ended by NULL */
	double sensitivity, specificity;        /* NOT_ASKED, or what is wanted */
	enum roc_axes axes;
	int format;                     /* enum format, settled */
};

static enum format format_of(const char *path)
{
	size_t n = strlen(path);

	if (outfile_is_stdout(path))
		return SUMMARY;
	if (render_format(path) != RENDER_NONE)
		return render_format(path) == RENDER_SVG ? FIGURE_SVG : FIGURE_PNG;
	if (n <= 4 || strcmp(path + n - 4, ".tsv"))
		opt_wrong("%s: ends in none of .svg, .png, .tsv; or give --format", path);
	return POINTS;
}

static void check(const struct args *a)
{
	if (!a->class == !a->group)
		opt_wrong("one of --class and --group is needed");
	if (a->groups_file && !a->group)
		opt_wrong("--groups needs --group with a name of its file");
	if (a->sensitivity >= 0 && a->specificity >= 0)
		opt_wrong("only one of --at-sensitivity and --at-specificity");
}

static struct args parse(int argc, char **argv)
{
	struct args a = { .out = "-", .sensitivity = NOT_ASKED, .specificity = NOT_ASKED };
	int axes = ROC_AXES;
	const struct opt opts[] = {
		OPT_TEXT(0, "class", &a.class, "CODE", "a class against all others"),
		OPT_TEXT('g', "group", &a.group, "NAME=CODE,...",
		         "these classes against all others; NAME of --groups"),
		OPT_TEXT(0, "groups", &a.groups_file, "FILE.tsv", "groups, one a line"),
		OPT_CHOICE(0, "curve", &axes, "roc|pr", "ROC or precision-recall curve"),
		OPT_FLOAT(0, "at-sensitivity", &a.sensitivity, 0, 1, "S",
		          "operating point: sensitivity of at least S"),
		OPT_FLOAT(0, "at-specificity", &a.specificity, 0, 1, "S",
		          "operating point: specificity of at least S"),
		OPT_TEXT('o', "output", &a.out, "FILE", "figure (.svg, .png) or points (.tsv)"),
		OPT_CHOICE('f', "format", &a.format, "ending|svg|png|tsv", "format of FILE"),
		OPT_TEXT('t', "title", &a.title, "TITLE", "title of the figure"),
		OPT_END
	};
	const struct opt_tool tool = {
		"[OPTION]... --class=CODE|--group=NAME=CODE,... [LABEL=]PREDICTIONS.tsv...",
		"draw or summarise how well scores tell a class or group from all others", 1, -1,
		NULL
	};

	a.tables = opt_parse(opts, &tool, argc, argv);
	check(&a);
	a.axes = (enum roc_axes)axes;
	if (a.format == BY_ENDING)
		a.format = (int)format_of(a.out);
	return a;
}

/* ---- loading ---- */

/* What is asked about, settled with the first table: class I, or group I - classes.count. */
struct question {
	struct classes classes;
	struct class_groups groups;
	size_t i;
};

static void question_release(struct question *q)
{
	classes_release(&q->classes);
	class_groups_release(&q->groups);
}

static int find_class(struct question *q, const char *code, struct err *e)
{
	int i = classes_find(&q->classes, code);

	if (i < 0)
		return err_set(e, "no class '%s'", code);
	q->i = (size_t)i;
	return 0;
}

static int find_group(struct question *q, const struct args *a, struct err *e)
{
	size_t k = 0;

	if (!a->groups_file && class_groups_add(&q->groups, a->group, &q->classes, e) < 0)
		return -1;
	if (a->groups_file) {
		if (class_groups_load(&q->groups, a->groups_file, &q->classes, e) < 0)
			return -1;
		while (k < q->groups.count && strcmp(q->groups.each[k].name, a->group))
			k++;
		if (k == q->groups.count)
			return err_set(e, "%s: no group '%s'", infile_name(a->groups_file),
			               a->group);
	}
	q->i = (size_t)q->classes.count + k;
	return 0;
}

/* NAME: of the table, as messages call it. */
static int settle_question(struct question *q, const struct args *a, const struct cases *c,
                           const char *name, struct err *e)
{
	if (q->classes.count)
		return classes_expect(&q->classes, &c->classes, e) < 0 ? err_in(e, name) : 0;
	classes_copy(&q->classes, &c->classes);
	if (!a->class)
		return find_group(q, a, e);
	return find_class(q, a->class, e) < 0 ? err_in(e, name) : 0;
}

static const struct roc_point *wanted_point(const struct args *a, const struct roc *c)
{
	if (a->sensitivity >= 0)
		return roc_at_sensitivity(c, a->sensitivity);
	return a->specificity >= 0 ? roc_at_specificity(c, a->specificity) : NULL;
}

static int load_series(struct roc_series *s, struct question *q, const struct args *a,
                       const char *name, const char *path, struct err *e)
{
	struct cases c = {0};
	int result = cases_load(&c, path, e);

	if (result == 0 && c.count == 0)
		result = err_set(e, "%s: no images", infile_name(path));
	if (result == 0)
		result = settle_question(q, a, &c, infile_name(path), e);
	if (result == 0) {
		struct rank r;

		cases_rank(&c, &q->groups, q->i, &r);
		roc_series_init(s, name, &r);
		s->mark = wanted_point(a, &s->roc);
		rank_release(&r);
	}
	cases_release(&c);
	return result;
}

struct curves {
	struct roc_series *series;
	char **names;                   /* own those of the series */
	size_t count;
};

static void curves_release(struct curves *c)
{
	for (size_t k = 0; k < c->count; k++) {
		roc_series_release(&c->series[k]);
		free(c->names[k]);
	}
	free(c->series);
	free(c->names);
}

/* A table without positives or negatives may stand beside others, not alone. PATH: the last. */
static int check_kinds(const struct curves *c, const char *path, struct err *e)
{
	const struct roc *last;

	assert(c->count > 0);           /* opt_parse saw to it */
	last = &c->series[c->count - 1].roc;
	for (size_t k = 0; k < c->count; k++)
		if (roc_series_has_curve(&c->series[k]))
			return 0;
	return err_set(e, "%s: %s of its %" PRId64 " images %s positive: there is no curve", path,
	               last->positives ? "all" : "none", last->positives + last->negatives,
	               last->positives ? "are" : "is");
}

static int load_all(struct curves *c, const struct args *a, struct question *q, struct err *e)
{
	const char *path = NULL;

	for (; a->tables[c->count]; c->count++) {
		size_t k = c->count;

		c->series = xrealloc(c->series, k + 1, sizeof *c->series);
		c->names = xrealloc(c->names, k + 1, sizeof *c->names);
		c->names[k] = operand_label(a->tables[k], ".tsv", &path);
		if (load_series(&c->series[k], q, a, c->names[k], path, e) < 0) {
			free(c->names[k]);
			return -1;
		}
	}
	return check_kinds(c, infile_name(path), e);
}

/* ---- writing ---- */

static char *title_of(const struct args *a, const struct question *q)
{
	const char *kind = a->axes == ROC_AXES ? "ROC curve" : "Precision-recall curve";
	size_t classes = (size_t)q->classes.count;

	assert(classes > 0);
	if (a->title)
		return xstrdup(a->title);
	return xasprintf("%s: %s", kind, q->i < classes ? q->classes.entry[q->i].name
	                                                : q->groups.each[q->i - classes].name);
}

static int write_figure(const struct args *a, const struct curves *c, const struct question *q,
                        FILE *f, struct err *e)
{
	char *title = title_of(a, q);
	struct drawing d;
	int result;

	roc_figure(&d, c->series, c->count, a->axes, title);
	result = render_write(&d, a->format == FIGURE_SVG ? RENDER_SVG : RENDER_PNG, f, e);
	draw_release(&d);
	free(title);
	return result;
}

static int write_as(const struct args *a, const struct curves *c, const struct question *q,
                    FILE *f, struct err *e)
{
	switch (a->format) {
	case SUMMARY:
		roc_series_print(c->series, c->count, f);
		return 0;
	case POINTS:
		roc_series_points(c->series, c->count, f);
		return 0;
	default:
		return write_figure(a, c, q, f, e);
	}
}

static int write_out(const struct args *a, const struct curves *c, const struct question *q,
                     struct err *e)
{
	struct outfile *o = outfile_open(a->out, e);

	if (!o)
		return -1;
	if (write_as(a, c, q, outfile_stream(o), e) < 0) {
		outfile_abandon(o);
		return err_in(e, a->out);
	}
	return outfile_commit(o, true, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct question q = {0};
	struct curves c = {0};
	struct err e;
	int status = 0;

	if (outfile_probe(a.out, &e) < 0 || load_all(&c, &a, &q, &e) < 0 ||
	    write_out(&a, &c, &q, &e) < 0)
		status = tool_fail(&e);
	curves_release(&c);
	question_release(&q);
	return tool_end(status);
}
