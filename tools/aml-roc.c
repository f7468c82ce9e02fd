/* aml-roc: ROC and precision-recall curves of predictions, as figure, points or summary. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/mem.h"
#include "base/operand.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "score/class_groups.h"
#include "score/roc_series.h"
#include "score/tables.h"
#include "figure/render.h"
#include "figure/roc_figure.h"

enum { NOT_ASKED = -1 };

/* As in the table of options. */
enum format {
	BY_ENDING = RENDER_NONE,        /* svg and png are as there */
	POINTS = RENDER_TSV, SUMMARY
};

struct args {
	const char *out, *title, *class, *group, *groups_file;
	char **tables;                  /* ended by NULL */
	double sensitivity, specificity;        /* NOT_ASKED, or what is wanted */
	enum roc_axes axes;
	int format;                     /* enum format, settled */
};

static int settle_format(const struct args *a)
{
	int ending = (int)render_format_or_tsv(a->out);

	if (a->format != BY_ENDING)
		return a->format;
	if (outfile_is_stdout(a->out))
		return SUMMARY;
	if (ending == BY_ENDING)
		opt_wrong("%s: ends in none of .svg, .png, .tsv; or give --format", a->out);
	return ending;
}

static void check(const struct args *a)
{
	if (!a->class == !a->group)
		opt_wrong("give either --class or --group");
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
		"--class=CODE|--group=NAME=CODE,... [LABEL=]TABLE.tsv...",
		"draw or summarise how well scores tell a class or group from all others", 1, -1,
		NULL, NULL, "aml-roc --class BAS -o roc.svg predictions.tsv"
	};

	a.tables = opt_parse(opts, &tool, argc, argv);
	check(&a);
	a.axes = (enum roc_axes)axes;
	a.format = settle_format(&a);
	return a;
}

/* ---- loading ---- */

/* What is asked about, settled with the first table: a class, or the first group. */
struct question {
	struct classes classes;
	struct class_groups groups;
	char *group;                    /* its name; NULL: a class */
};

static void question_init(struct question *q, const struct args *a)
{
	*q = (struct question){0};
	if (a->group)
		q->group = xstrndup(a->group, strcspn(a->group, "="));
}

static void question_release(struct question *q)
{
	classes_release(&q->classes);
	class_groups_release(&q->groups);
	free(q->group);
}

/* The group of T that is asked about, the same in all tables. Returns its number. */
static int find_group(struct question *q, const struct args *a, const struct tables *t,
                      struct err *e)
{
	int k = class_groups_find(&t->tally.groups, q->group);
	struct class_groups one = { .count = 1 };

	if (k < 0 && a->groups_file)
		return err_set(e, "%s has no group '%s'", infile_name(a->groups_file), q->group);
	if (k < 0)
		return err_set(e, "no group '%s': give its classes, NAME=CODE,...", q->group);
	if (q->groups.count && class_groups_include(&t->tally.groups, &q->groups, e) < 0)
		return -1;
	one.each = &t->tally.groups.each[k];
	if (!q->groups.count)
		class_groups_copy(&q->groups, &one);
	return k;
}

/* Returns the number of the class or, behind the classes, of the group in T. */
static int settle_question(struct question *q, const struct args *a, const struct tables *t,
                           struct err *e)
{
	const struct classes *classes = &t->tally.confusion.classes;
	int i;

	if (q->classes.count && classes_expect(&q->classes, classes, e) < 0)
		return -1;
	if (!q->classes.count)
		classes_copy(&q->classes, classes);
	if (q->group) {
		i = find_group(q, a, t, e);
		return i < 0 ? -1 : classes->count + i;
	}
	i = classes_find(classes, a->class);
	return i < 0 ? err_set(e, "no class '%s'", a->class) : i;
}

static const struct roc_point *wanted_point(const struct args *a, const struct roc *c)
{
	if (a->sensitivity >= 0)
		return roc_at_sensitivity(c, a->sensitivity);
	return a->specificity >= 0 ? roc_at_specificity(c, a->specificity) : NULL;
}

/* What tables_load is to look for: a group in words, or those of a file. */
static struct tables_groups groups_of(const struct args *a)
{
	struct tables_groups g = { .text = &a->group, .file = a->groups_file };

	g.count = a->group && strchr(a->group, '=');
	return g;
}

static int load_series(struct roc_series *s, struct question *q, const struct args *a,
                       const char *name, char *path, struct err *e)
{
	char *paths[] = { path, NULL };
	struct tables_groups groups = groups_of(a);
	struct tables t;
	int i;

	if (tables_load(&t, paths, &groups, e) < 0)
		return -1;
	i = settle_question(q, a, &t, e);
	if (i >= 0) {
		struct rank r;

		tables_rank(&t, (size_t)i, &r);
		roc_series_init(s, name, &r, t.shared);
		s->mark = wanted_point(a, &s->roc);
		rank_release(&r);
	}
	tables_release(&t);
	return i < 0 ? err_in(e, infile_name(path)) : 0;
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
		if (load_series(&c->series[k], q, a, c->names[k], (char *)path, e) < 0) {
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

	if (a->title)
		return xstrdup(a->title);
	if (q->group)
		return xasprintf("%s: %s", kind, q->group);
	return xasprintf("%s: %s", kind,
	                 q->classes.entry[classes_find(&q->classes, a->class)].name);
}

static int write_figure(const struct args *a, const struct curves *c, const struct question *q,
                        FILE *f, struct err *e)
{
	char *title = title_of(a, q);
	struct drawing d;
	int result;

	roc_figure(&d, c->series, c->count, a->axes, title);
	result = render_write(&d, (enum render_format)a->format, f, e);
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

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_operands(&d, DISTINCT_INPUT, "TABLE.tsv", a->tables);
	distinct_add(&d, DISTINCT_INPUT, "--groups", a->groups_file);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct question q;
	struct curves c = {0};
	struct err e;
	int status = 0;

	question_init(&q, &a);
	if (check_names(&a, &e) < 0 || outfile_probe(a.out, &e) < 0 ||
	    load_all(&c, &a, &q, &e) < 0 || write_out(&a, &c, &q, &e) < 0)
		status = tool_fail(&e);
	curves_release(&c);
	question_release(&q);
	return tool_end(status);
}
