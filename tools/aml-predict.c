/* aml-predict: the class of each image. */
#include <unistd.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/opt.h"
#include "base/tool.h"
#include "fused/engine_pick.h"
#include "train/predict.h"
#include "score/predictions.h"

struct args {
	int top, threads;
	bool json, null, header;
	const char *model;
	char **names;
};

/* Where the answers go. */
struct output {
	const struct args *a;
	const struct classes *classes;
	bool failed;                    /* a picture could not be read */
	bool noted;                     /* one warning of a kind of picture is enough */
};

static struct args parse(int argc, char **argv)
{
	struct args a = { .top = 1 };
	const struct opt opts[] = {
		OPT_INT('k', "top", &a.top, 1, CLASSES_MAX, "N", "print the N most likely classes"),
		OPT_FLAG(0, "header", &a.header,
		         "name the columns first: file, class, probability, class2, ..."),
		OPT_FLAG(0, "json", &a.json, "print one JSON object on each line"),
		OPT_FLAG('0', "null", &a.null, "names on standard input end in NUL (find -print0)"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_END
	};
	const struct opt_tool tool = { "MODEL IMAGE...",
		                       "print file, class, probability of each IMAGE (TIFF, PNG, "
		                       "JPEG, npy; -: names on standard input)",
		                       2, -1, engine_pick_name, NULL,
		                       "aml-predict model.npz cell.tiff" };

	a.names = opt_parse(opts, &tool, argc, argv);
	if (a.header && a.json)
		opt_wrong("--header does not go with --json, whose values have names");
	a.model = *a.names++;
	return a;
}

/* ---- output ---- */

static int columns(const struct output *o)
{
	return o->a->top < o->classes->count ? o->a->top : o->classes->count;
}

/* "class", "probability", "class2", "probability2", ...: names are distinct, as readers want. */
static void print_header(const struct output *o)
{
	printf("file\tclass\tprobability");
	for (int k = 2; k <= columns(o); k++)
		printf("\tclass%d\tprobability%d", k, k);
	putchar('\n');
}

static void print_text(const struct output *o, const struct predict_answer *answer, int top)
{
	predictions_id(stdout, answer->name);
	for (int k = 0; k < top; k++)
		printf("\t%s\t%.6f", o->classes->entry[answer->order[k]].code,
		       answer->probability[answer->order[k]]);
	putchar('\n');
}

static void print_json(const struct output *o, const struct predict_answer *answer, int top)
{
	struct json_writer j;

	json_start(&j, stdout, false);
	json_object(&j, NULL);
	json_text(&j, "file", answer->name);
	json_array(&j, "predictions");
	for (int k = 0; k < top; k++) {
		json_object(&j, NULL);
		json_text(&j, "class", o->classes->entry[answer->order[k]].code);
		json_float(&j, "probability", answer->probability[answer->order[k]]);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_close_object(&j);
	putchar('\n');
}

static void print_note(struct output *o, const struct predict_answer *answer)
{
	struct err e;

	if (!answer->note || o->noted)
		return;
	err_set(&e, "%s: %s", answer->name, answer->note);
	tool_warn(&e);
	o->noted = true;
}

/* Prints N answers; pictures that cannot be read are reported and passed over. */
static void print_answers(void *arg, const struct predict_answer *answer, int n)
{
	struct output *o = arg;
	int top = columns(o);

	for (int i = 0; i < n; i++) {
		if (answer[i].failed) {
			tool_warn(&answer[i].error);
			o->failed = true;
		} else {
			print_note(o, &answer[i]);
			(o->a->json ? print_json : print_text)(o, &answer[i], top);
		}
	}
	fflush(stdout);
}

/* ---- names ---- */

/* Pictures at a time: room for no more than will come. */
static int chunk_of(char *const *name)
{
	int n = 0;

	for (; n < PREDICT_MAX && name[n]; n++)
		if (infile_is_stdin(name[n]))
			return PREDICT_MAX;
	return n;
}

/*
 * Names from standard input: all that have arrived are taken together, and answered
 * before more are read.
 */
static int predict_stream(struct predict *p, struct output *o, struct err *e)
{
	struct lines lines;
	char *const *name;
	int result = 0;
	long n = 1;

	lines_init(&lines, STDIN_FILENO, o->a->null ? '\0' : '\n');
	while (result == 0 && (n = lines_next(&lines, &name, e)) > 0)
		result = predict_files(p, name, (size_t)n, print_answers, o, e);
	if (n < 0 && lines.nul)
		err_set(e, "a NUL in a line; names that end in NUL need -0");
	lines_release(&lines);
	return n < 0 ? err_in(e, infile_name("-")) : result;
}

static int predict_operands(struct predict *p, struct output *o, struct err *e)
{
	char **name = o->a->names;

	while (*name) {
		size_t n = 0;

		while (name[n] && !infile_is_stdin(name[n]))
			n++;
		if (predict_files(p, name, n, print_answers, o, e) < 0)
			return -1;
		name += n;
		if (!*name)
			break;
		if (predict_stream(p, o, e) < 0)
			return -1;
		name++;
	}
	return 0;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_INPUT, "MODEL", a->model);
	distinct_add_all(&d, DISTINCT_INPUT, "IMAGE", a->names);
	distinct_add(&d, DISTINCT_OUTPUT, "the answers", "-");
	return confine_outputs_of(&d, e);
}

static struct predict *start(const struct args *a, struct err *e)
{
	if (check_names(a, e) < 0)
		return NULL;
	return predict_new(a->model, chunk_of(a->names), a->threads, MODEL_UNCHECKED, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct output o = { .a = &a };
	struct err e;
	struct predict *p = start(&a, &e);
	int status;

	if (p)
		o.classes = predict_classes(p);
	if (p && predict_size_guessed(p, &e))
		tool_warn(&e);
	if (p && a.header)
		print_header(&o);
	if (!p || predict_operands(p, &o, &e) < 0)
		status = tool_fail(&e);
	else
		status = o.failed;
	predict_free(p);
	return tool_end(status);
}
