/* aml-confmat: the confusion matrix of predictions and count tables, as text, counts or figure. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/table.h"
#include "base/tool.h"
#include "score/confusion.h"
#include "score/metrics.h"
#include "figure/confusion_figure.h"
#include "figure/render.h"

enum format { BY_ENDING, FIGURE_SVG, FIGURE_PNG, COUNTS, TABLE, REPORT };

struct args {
	const char *out, *title, *names;
	char **in;                      /* ended by NULL */
	int format;                     /* enum format, settled */
};

static enum format format_of(const char *path)
{
	size_t n = strlen(path);

	if (render_format(path) != RENDER_NONE)
		return render_format(path) == RENDER_SVG ? FIGURE_SVG : FIGURE_PNG;
	if (n <= 4 || strcmp(path + n - 4, ".tsv"))
		opt_wrong("%s: ends in none of .svg, .png, .tsv; or give --format", path);
	return COUNTS;
}

static int settle_format(const struct args *a, bool counts, bool report)
{
	if (counts + report + (a->format != BY_ENDING) > 1)
		opt_wrong("only one of --counts, --report and --format");
	if (counts || report)
		return counts ? COUNTS : REPORT;
	if (a->format != BY_ENDING)
		return a->format;
	if (outfile_is_stdout(a->out))
		return TABLE;
	return (int)format_of(a->out);
}

static struct args parse(int argc, char **argv)
{
	static char stdin_name[] = "-", *only_stdin[] = { stdin_name, NULL };
	struct args a = { .out = "-", .title = "Confusion matrix" };
	bool counts = false, report = false;
	const struct opt opts[] = {
		OPT_TEXT('o', "output", &a.out, "FILE", "figure (.svg, .png) or counts (.tsv)"),
		OPT_CHOICE('f', "format", &a.format, "ending|svg|png|tsv", "of FILE"),
		OPT_FLAG(0, "counts", &counts, "write the counts, to add up elsewhere"),
		OPT_FLAG(0, "report", &report, "write precision, recall and F1 of each class"),
		OPT_TEXT('t', "title", &a.title, "TITLE", "of the figure"),
		OPT_TEXT(0, "names", &a.names, "FILE", "classes.tsv with the full names"),
		OPT_END
	};
	const struct opt_tool tool = {
		"[OPTION]... [PREDICTIONS.tsv|COUNTS.tsv]...",
		"add up predictions and show the confusion matrix", 0, -1, NULL
	};
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.in = *rest ? rest : only_stdin;
	a.format = settle_format(&a, counts, report);
	return a;
}

static int load_all(struct confusion *sum, char **in, struct err *e)
{
	if (confusion_load(sum, *in, e) < 0)
		return -1;
	while (*++in) {
		struct confusion more = {0};

		if (confusion_load(&more, *in, e) < 0)
			return -1;
		if (confusion_add(sum, &more, e) < 0) {
			confusion_release(&more);
			return err_in(e, *in);
		}
		confusion_release(&more);
	}
	return 0;
}

/* PATH NULL: leaves the names that come with well-known codes. */
static int load_names(struct classes *c, const char *path, struct err *e)
{
	struct classes known = {0};
	int result = 0;

	if (!path)
		return 0;
	if (classes_load(&known, path, e) < 0)
		return -1;
	for (int i = 0; i < c->count && result == 0; i++) {
		int k = classes_find(&known, c->entry[i].code);

		if (k < 0)
			result = err_set(e, "%s: has no class '%s'", path,
			                 c->entry[i].code);
		else
			c->entry[i] = known.entry[k];
	}
	classes_release(&known);
	return result;
}

/* ---- text ---- */

static void add_count(struct table *t, int64_t count)
{
	table_add(t, count ? "%" PRId64 : ".", count);
}

static void add_metric(struct table *t, double value, int64_t cases)
{
	table_add(t, cases ? "%.2f" : "-", value);
}

static void add_rows(struct table *t, const struct confusion *c, const struct metrics *m)
{
	table_add(t, "true\\predicted");
	for (int j = 0; j < m->count; j++)
		table_add(t, "%s", c->classes.entry[j].code);
	table_add(t, "total");
	table_add(t, "recall");
	for (int i = 0; i < m->count; i++) {
		table_add(t, "%s", c->classes.entry[i].code);
		for (int j = 0; j < m->count; j++)
			add_count(t, *confusion_at(c, i, j));
		add_count(t, m->each[i].support);
		add_metric(t, m->each[i].recall, m->each[i].support);
	}
}

static void add_sums(struct table *t, const struct confusion *c, const struct metrics *m)
{
	table_add(t, "total");
	for (int j = 0; j < m->count; j++)
		add_count(t, confusion_column_sum(c, j));
	add_count(t, m->total);
	table_add(t, "%s", "");
	table_add(t, "precision");
	for (int j = 0; j < m->count; j++)
		add_metric(t, m->each[j].precision, confusion_column_sum(c, j));
	table_add(t, "%s", "");
	table_add(t, "%s", "");
}

static void write_table(const struct confusion *c, const struct metrics *m, FILE *f)
{
	size_t columns = (size_t)m->count + 3;          /* code, total, recall */
	char *align = xmalloc(columns + 1, 1);
	struct table t;

	memset(align, 'r', columns);
	align[0] = 'l';
	align[columns] = '\0';
	table_init(&t, align);
	add_rows(&t, c, m);
	add_sums(&t, c, m);
	table_write(&t, f);
	fprintf(f, "\n%" PRId64 " images, accuracy %.3f\n", m->total, m->accuracy);
	table_release(&t);
	free(align);
}

static void write_text(const struct confusion *c, enum format format, FILE *f)
{
	struct metrics m;

	metrics_init(&m, c);
	if (format == REPORT) {
		char *text = metrics_report(&m, &c->classes);

		fputs(text, f);
		free(text);
	} else {
		write_table(c, &m, f);
	}
	metrics_release(&m);
}

/* ---- figure ---- */

static int write_figure(const struct confusion *c, enum render_format format,
                        const char *title, FILE *f, struct err *e)
{
	struct drawing d;
	int result;

	figure_confusion(&d, c, title);
	result = render_write(&d, format, f, e);
	drawing_release(&d);
	return result;
}

static int write_as(const struct args *a, const struct confusion *c, FILE *f,
                    struct err *e)
{
	switch (a->format) {
	case FIGURE_SVG:
		return write_figure(c, RENDER_SVG, a->title, f, e);
	case FIGURE_PNG:
		return write_figure(c, RENDER_PNG, a->title, f, e);
	case COUNTS:
		confusion_write(c, f);
		return 0;
	default:
		write_text(c, (enum format)a->format, f);
		return 0;
	}
}

static int write_out(const struct args *a, const struct confusion *c, struct err *e)
{
	struct outfile *o = outfile_open(a->out, e);

	if (!o)
		return -1;
	if (write_as(a, c, outfile_stream(o), e) < 0) {
		outfile_abandon(o);
		return err_in(e, a->out);
	}
	return outfile_commit(o, true, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct confusion c = {0};
	struct err e;
	int status = 0;

	if (load_all(&c, a.in, &e) < 0 || load_names(&c.classes, a.names, &e) < 0
	    || write_out(&a, &c, &e) < 0)
		status = tool_fail(&e);
	confusion_release(&c);
	return tool_end(status);
}
