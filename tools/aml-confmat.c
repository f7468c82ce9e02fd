/* aml-confmat: the confusion matrix of predictions and count tables, as text, counts or figure. */
#include <stdlib.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "score/confusion.h"
#include "score/confusion_table.h"
#include "score/metrics.h"
#include "figure/confusion_figure.h"
#include "figure/render.h"

/* As in the table of options; then what other options ask for. */
enum format {
	BY_ENDING = RENDER_NONE,        /* svg and png are as there */
	COUNTS = RENDER_TSV, TABLE, REPORT
};

struct args {
	const char *out, *title, *names;
	char **in;                      /* ended by NULL */
	int format;                     /* enum format, settled */
	int by;                         /* enum confusion_share */
	int all_classes;
};

static int settle_format(const struct args *a, bool counts, bool report)
{
	int ending = (int)render_format_or_tsv(a->out);

	if (counts + report + (a->format != BY_ENDING) > 1)
		opt_wrong("only one of --counts, --report and --format");
	if (counts || report)
		return counts ? COUNTS : REPORT;
	if (a->format != BY_ENDING)
		return a->format;
	if (outfile_is_stdout(a->out))
		return TABLE;
	if (ending == BY_ENDING)
		opt_wrong("%s: ends in none of .svg, .png, .tsv; or give --format", a->out);
	return ending;
}

static struct args parse(int argc, char **argv)
{
	static char stdin_name[] = "-", *only_stdin[] = { stdin_name, NULL };
	struct args a = { .out = "-", .title = "Confusion matrix",
		          .by = CONFUSION_FIGURE_OF_COLUMN };
	bool counts = false, report = false;
	const struct opt opts[] = {
		OPT_TEXT('o', "output", &a.out, "FILE", "figure (.svg, .png) or counts (.tsv)"),
		OPT_CHOICE('f', "format", &a.format, "ending|svg|png|tsv", "format of FILE"),
		OPT_FLAG(0, "counts", &counts, "write the counts, to be added up elsewhere"),
		OPT_FLAG(0, "report", &report, "write precision, recall and F1 of each class"),
		OPT_CHOICE(0, "by", &a.by, "row|column|none",
		           "what the figure's colours are shares of"),
		OPT_CHOICE(0, "classes", &a.all_classes, "occurring|all",
		           "classes in figure and table"),
		OPT_TEXT('t', "title", &a.title, "TITLE", "title of the figure"),
		OPT_TEXT(0, "names", &a.names, "FILE", "classes.tsv with full class names"),
		OPT_END
	};
	const struct opt_tool tool = {
		"[PREDICTIONS.tsv|COUNTS.tsv]...",
		"draw or print the confusion matrix of predictions or counts", 0, -1, NULL, NULL,
		"aml-confmat -o confusion.svg predictions.tsv"
	};
	char **rest = opt_parse(opts, &tool, argc, argv);

	a.in = *rest ? rest : only_stdin;
	a.format = settle_format(&a, counts, report);
	return a;
}

static int load_all(struct confusion *sum, char **in, struct err *e)
{
	int count = 0;

	while (in[count])
		count++;
	if (infile_distinct(in, count, e) < 0 || confusion_load(sum, *in, e) < 0)
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

static void write_report(const struct confusion *c, FILE *f)
{
	struct metrics m;
	char *text;

	metrics_init(&m, c);
	text = metrics_report(&m, &c->classes);
	fputs(text, f);
	free(text);
	metrics_release(&m);
}

static int write_figure(const struct args *a, const struct confusion *c, FILE *f, struct err *e)
{
	struct drawing d;
	int result;

	confusion_figure(&d, c, (enum confusion_share)a->by, a->all_classes, a->title);
	result = render_write(&d, (enum render_format)a->format, f, e);
	draw_release(&d);
	return result;
}

static int write_as(const struct args *a, const struct confusion *c, FILE *f,
                    struct err *e)
{
	switch (a->format) {
	case COUNTS:
		confusion_write(c, f);
		return 0;
	case TABLE:
		confusion_table_write(c, a->all_classes, f);
		return 0;
	case REPORT:
		write_report(c, f);
		return 0;
	default:
		return write_figure(a, c, f, e);
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

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_all(&d, DISTINCT_INPUT, "an input", a->in);
	distinct_add(&d, DISTINCT_INPUT, "--names", a->names);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", a->out);
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct confusion c = {0};
	struct err e;
	int status = 0;

	if (check_names(&a, &e) < 0 || outfile_probe(a.out, &e) < 0 ||
	    load_all(&c, a.in, &e) < 0 ||
	    (a.names && classes_rename(&c.classes, a.names, &e) < 0) || write_out(&a, &c, &e) < 0)
		status = tool_fail(&e);
	confusion_release(&c);
	return tool_end(status);
}
