/* What the files of a federation prove; see audit.h. audit_show.c prints it. */
#include "info/audit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "fed/aggregate.h"
#include "fed/clients.h"
#include "fed/clip.h"
#include "fed/robust.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/model_file.h"

__attribute__((format(printf, 2, 3)))
static void add_fault(struct audit *a, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	a->fault = xrealloc(a->fault, a->faults + 1, sizeof *a->fault);
	a->fault[a->faults++] = xvasprintf(format, ap);
	va_end(ap);
}

/* ---- the files ---- */

static void take_facts(struct audit_file *f, const struct json *facts)
{
	const char *names = facts_text(facts, "ledger");

	f->names = names ? xstrdup(names) : NULL;
	f->examples = facts_int(facts, "num_examples");
}

/* Differences have a digest only beside their parent: their bytes must do. */
static int read_model(struct audit *a, struct audit_file *f, struct err *e)
{
	struct model_file file;
	struct model m = {0};
	const char *told;

	if (model_file_open(&file, f->path, NULL, e) < 0)
		return -1;
	f->delta = file.delta;
	take_facts(f, file.facts);
	model_file_close(&file);
	if (f->delta)
		return 0;
	if (model_load(&m, f->path, 0, e) < 0)
		return -1;
	digest_numbers(&m.net, m.w, f->digest);
	told = facts_text(m.facts, "weights");
	if (told && strcmp(told, f->digest) != 0)
		add_fault(a, "%s: altered: its digest is not the one in its facts", f->path);
	model_release(&m);
	return 0;
}

static int read_file(struct audit *a, struct audit_file *f, struct err *e)
{
	struct infile in;

	if (infile_open(&in, f->path, SIZE_MAX, e) < 0)
		return -1;
	sha256_of(in.data, in.size, f->sha256);
	infile_release(&in);
	return read_model(a, f, e);
}

static int read_files(struct audit *a, char *const *files, struct err *e)
{
	while (files[a->count])
		a->count++;
	a->file = xcalloc(a->count, sizeof *a->file);
	for (size_t i = 0; i < a->count; i++) {
		struct audit_file *f = &a->file[i];
		struct err why = {0};

		f->path = files[i];
		f->examples = -1;
		if (infile_is_stdin(f->path))
			return err_set(e, "models of a ledger are read more than once, and so not "
			                  "from standard input");
		if (read_file(a, f, &why) == 0)
			continue;
		if (why.machine) {
			*e = why;
			return -1;
		}
		add_fault(a, "%s", why.text);
	}
	return 0;
}

/* ---- which is which ---- */

static bool same(const char *a, const char *b)
{
	return a && b && *a && !strcmp(a, b);
}

/* Was F handed in, with these bytes, or by NUMBERS these numbers? */
static bool find_input(const struct audit *a, struct audit_file *f, bool numbers)
{
	for (size_t i = 0; i < a->ledger.count; i++)
		for (int k = 0; k < a->ledger.line[i].inputs; k++) {
			const struct ledger_input *in = &a->ledger.line[i].input[k];

			if (numbers ? !same(f->digest, in->digest) : !same(f->sha256, in->sha256))
				continue;
			f->line = i;
			f->input = k;
			return true;
		}
	return false;
}

static bool find_result(const struct audit *a, struct audit_file *f)
{
	for (size_t i = 0; i < a->ledger.count; i++)
		if (same(f->digest, a->ledger.line[i].result)) {
			f->line = i;
			return true;
		}
	return false;
}

static long long round_of(const struct audit *a, const struct audit_file *f)
{
	return (long long)a->ledger.line[f->line].round;
}

/* The images of all its inputs, as far as the line tells them of all; -1. */
static int64_t images_of(const struct ledger_line *l)
{
	int64_t sum = 0;

	for (int i = 0; i < l->inputs; i++) {
		if (l->input[i].examples < 0)
			return -1;
		sum += l->input[i].examples;
	}
	return sum;
}

/* F says that it is what a round made. */
static void judge_result(struct audit *a, struct audit_file *f)
{
	long at = ledger_find(&a->ledger, f->names);
	int64_t images;

	if (at < 0 && find_result(a, f)) {
		add_fault(a,
		          "%s: is what round %lld made, but names another line: that line was "
		          "altered",
		          f->path, round_of(a, f));
		return;
	}
	if (at < 0) {
		add_fault(a,
		          "%s: names a line that is not there: the ledger was cut off or "
		          "altered, or is another one",
		          f->path);
		return;
	}
	f->line = (size_t)at;
	if (a->ledger.line[at].fault)
		return;                 /* that is told */
	if (!same(f->digest, a->ledger.line[at].result)) {
		add_fault(a, "%s: names round %lld, but that made another model, %s", f->path,
		          round_of(a, f), a->ledger.line[at].result);
		return;
	}
	f->role = AUDIT_RESULT;
	images = images_of(&a->ledger.line[at]);
	if (images > 0 && f->examples != images)
		add_fault(a, "%s: altered: its num_examples is %lld, round %lld had %lld", f->path,
		          (long long)f->examples, round_of(a, f), (long long)images);
}

static void judge_file(struct audit *a, struct audit_file *f)
{
	if (!f->sha256[0] || (!f->digest[0] && !f->delta))
		return;                 /* that it cannot be read is told */
	if (find_input(a, f, false)) {
		f->role = AUDIT_INPUT;
	} else if (f->names) {
		judge_result(a, f);
	} else if (a->ledger.count && same(f->digest, a->ledger.line[0].parent)) {
		f->role = AUDIT_START;
	} else if (find_result(a, f)) {
		add_fault(a, "%s: has the numbers that round %lld made, but does not name its line",
		          f->path, round_of(a, f));
	} else if (find_input(a, f, true)) {
		add_fault(a,
		          "%s: has the numbers that %s handed in for round %lld, but is another "
		          "file: its facts or its form were altered",
		          f->path, a->ledger.line[f->line].input[f->input].site, round_of(a, f));
	} else {
		add_fault(a, "%s: no round of the ledger has or made it", f->path);
	}
}

/* ---- a round once more ---- */

static const struct audit_file *find_file(const struct audit *a, const char *sha256)
{
	for (size_t i = 0; i < a->count; i++)
		if (same(a->file[i].sha256, sha256))
			return &a->file[i];
	return NULL;
}

static const struct audit_file *find_model(const struct audit *a, const char *digest)
{
	for (size_t i = 0; i < a->count; i++)
		if (same(a->file[i].digest, digest))
			return &a->file[i];
	return NULL;
}

static void find_files(struct audit *a, size_t i)
{
	const struct ledger_line *l = &a->ledger.line[i];

	a->round[i].file = xcalloc((size_t)l->inputs, sizeof(struct audit_file *));
	for (int k = 0; k < l->inputs; k++)
		a->round[i].file[k] = find_file(a, l->input[k].sha256);
}

/* Why the line L cannot be averaged again, in new memory; NULL: it can. */
static char *obstacle(const struct audit *a, size_t i)
{
	const struct ledger_line *l = &a->ledger.line[i];

	for (int k = 0; k < l->inputs; k++)
		if (!a->round[i].file[k])
			return xasprintf("the file of %s is not given", l->input[k].site);
	if (l->server_opt)
		return xasprintf("the state of %s is not in the ledger", l->server_opt);
	if (l->clip && !(l->parent && find_model(a, l->parent)))
		return xstrdup("updates were clipped, and the model before is not given");
	for (int k = 0; k < l->inputs; k++)
		if (a->round[i].file[k]->delta && !find_model(a, l->parent))
			return xstrdup("there are differences, whose parent is not given");
	return NULL;
}

static int set_rule(struct aggregate *g, const struct ledger_line *l, struct err *e)
{
	static const char trimmed[] = "trimmed:";
	size_t n = sizeof trimmed - 1;

	g->pool = !strcmp(l->bn, "pool");
	g->clip = l->clip;
	g->method = AGGREGATE_TRIMMED;
	if (!strcmp(l->rule, "mean"))
		g->method = AGGREGATE_MEAN;
	else if (!strcmp(l->rule, "median"))
		g->drop = robust_median_drop(l->inputs);
	else if (!strncmp(l->rule, trimmed, n))
		g->drop = (int)strtol(l->rule + n, NULL, 10);
	else
		return err_set(e, "the rule %.80s is not known", l->rule);
	if (g->drop < 0 || g->drop > (l->inputs - 1) / 2)
		return err_set(e, "the rule %.80s drops all", l->rule);
	return 0;
}

/* The bound of "auto" is found again, and compared. */
static int clip(struct clients *c, const struct ledger_line *l, const struct model *previous,
                struct threads *pool, struct err *e)
{
	struct clip rule = { .rule = CLIP_NORM, .norm = l->clip_norm };

	if (!l->clip)
		return 0;
	if (!strcmp(l->clip, "auto"))
		rule.rule = CLIP_AUTO;
	if (clip_clients(&rule, c, previous, pool, e) < 0)
		return -1;
	if (rule.norm != l->clip_norm)
		return err_set(e, "updates are clipped to %.9g, the ledger says %.9g", rule.norm,
		               l->clip_norm);
	return 0;
}

static void compare_norms(struct audit *a, size_t i, const struct clients *c)
{
	const struct ledger_line *l = &a->ledger.line[i];

	for (int k = 0; k < l->inputs; k++) {
		const struct ledger_input *in = &l->input[k];

		if (in->norm == c->client[k].update_norm && in->cosine == c->client[k].cosine &&
		    in->scale == c->client[k].scale)
			continue;
		a->round[i].state = AUDIT_OTHER;
		add_fault(a,
		          "%s: round %lld: the update of %s has norm %.9g, cosine %.9g and "
		          "scale %.9g, the ledger says %.9g, %.9g and %.9g",
		          a->path, (long long)l->round, in->site, c->client[k].update_norm,
		          c->client[k].cosine, c->client[k].scale, in->norm, in->cosine,
		          in->scale);
	}
	a->round[i].norms = true;
}

static void compare_result(struct audit *a, size_t i, const struct aggregate *g,
                           const struct clients *c)
{
	const struct ledger_line *l = &a->ledger.line[i];

	a->round[i].state = AUDIT_SAME;
	if (strcmp(g->digest, l->result) != 0) {
		a->round[i].state = AUDIT_OTHER;
		add_fault(a, "%s: round %lld: its files give the model %s, the ledger says %s",
		          a->path, (long long)l->round, g->digest, l->result);
	}
	if (g->previous && l->input[0].measured)
		compare_norms(a, i, c);
}

static int average(struct audit *a, size_t i, struct clients *c, struct aggregate *g,
                   struct threads *pool, struct err *e)
{
	const struct ledger_line *l = &a->ledger.line[i];
	char **paths = xcalloc((size_t)l->inputs, sizeof *paths);
	int result;

	for (int k = 0; k < l->inputs; k++)
		paths[k] = (char *)a->round[i].file[k]->path;
	result = clients_open(c, paths, l->inputs, g->previous, l->parent, e);
	free(paths);
	for (int k = 0; k < l->inputs && result == 0; k++)
		c->client[k].weight = l->input[k].weight;
	g->clients = c;
	if (result < 0 || set_rule(g, l, e) < 0 || clip(c, l, g->previous, pool, e) < 0)
		return -1;
	return aggregate_run(g, pool, true, e);
}

static void repeat(struct audit *a, size_t i, struct threads *pool)
{
	const struct audit_file *from = find_model(a, a->ledger.line[i].parent);
	struct model previous = {0};
	struct clients c = {0};
	struct aggregate g = {0};
	struct err e;
	int result = from ? model_load(&previous, from->path, MODEL_LOW, &e) : 0;

	g.previous = from && result == 0 ? &previous : NULL;
	if (result == 0)
		result = average(a, i, &c, &g, pool, &e);
	if (result == 0) {
		compare_result(a, i, &g, &c);
	} else {
		a->round[i].state = AUDIT_OTHER;
		add_fault(a, "%s: round %lld: cannot be averaged again: %s", a->path,
		          (long long)a->ledger.line[i].round, e.text);
	}
	weights_release(&g.w);
	clients_release(&c);
	model_release(&previous);
}

static void repeat_rounds(struct audit *a, struct threads *pool)
{
	a->round = xcalloc(a->ledger.count, sizeof *a->round);
	for (size_t i = 0; i < a->ledger.count; i++) {
		if (a->ledger.line[i].fault)
			continue;
		find_files(a, i);
		a->round[i].why = obstacle(a, i);
		if (!a->round[i].why)
			repeat(a, i, pool);
	}
}

/* ---- the whole ---- */

static void take_fault(void *arg, const struct err *e)
{
	add_fault(arg, "%s", e->text);
}

int audit_load(struct audit *a, const char *path, char *const *files, struct threads *pool,
               struct err *e)
{
	*a = (struct audit){ .path = path };
	if (ledger_load(&a->ledger, path, e) < 0)
		return -1;
	if (!a->ledger.exists)
		return err_set(e, "%s: there is no such ledger", path);
	if (!a->ledger.count && !a->ledger.torn_size)
		return err_set(e, "%s: empty: it tells of no round", path);
	ledger_check(&a->ledger, path, take_fault, a);
	if (read_files(a, files, e) < 0)
		return -1;
	for (size_t i = 0; i < a->count; i++)
		judge_file(a, &a->file[i]);
	repeat_rounds(a, pool);
	return 0;
}

void audit_release(struct audit *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->file[i].names);
	for (size_t i = 0; a->round && i < a->ledger.count; i++) {
		free(a->round[i].why);
		free(a->round[i].file);
	}
	for (size_t i = 0; i < a->faults; i++)
		free(a->fault[i]);
	free(a->file);
	free(a->round);
	free(a->fault);
	ledger_release(&a->ledger);
	*a = (struct audit){0};
}
