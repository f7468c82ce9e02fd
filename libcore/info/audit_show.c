/* What was found about a ledger, in words and as JSON; see audit.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/printable.h"
#include "base/table.h"
#include "info/audit.h"

enum { DIGITS = 12 };                   /* of a digest, for the eye */

/* ---- in words ---- */

/* TEXT of a file as the next cell. */
static void add_text(struct table *t, const char *text)
{
	char *shown = printable(text);

	table_add(t, "%s", shown);
	free(shown);
}

static void add_input(struct table *t, const struct ledger_input *in, double total,
                      const struct audit_file *f)
{
	table_add(t, "%s", "");
	add_text(t, in->site);
	if (in->examples >= 0)
		table_add(t, "%" PRId64, in->examples);
	else
		table_add(t, "-");
	table_add(t, "%.1f %%", 100 * in->weight / total);
	if (in->measured) {
		table_add(t, "%.6g", in->norm);
		table_add(t, "%.4f", in->cosine);
		table_add(t, "%.4g", in->scale);
	} else {
		table_add(t, "-");
		table_add(t, "-");
		table_add(t, "-");
	}
	table_add(t, "%s", in->is_signed ? "yes" : "no");
	if (f)
		add_text(t, f->path);
	else
		table_add(t, "-");
}

static void print_inputs(const struct ledger_line *l, const struct audit_round *r, FILE *f)
{
	static const char *const heading[] = { "",       "site",   "images", "share",
		                               "update", "cosine", "scale",  "signed",
		                               "file" };
	struct table t;
	double total = 0;

	table_init(&t, "llrrrrrll");
	for (size_t i = 0; i < sizeof heading / sizeof *heading; i++)
		table_add(&t, "%s", heading[i]);
	for (int i = 0; i < l->inputs; i++)
		total += l->input[i].weight;
	for (int i = 0; i < l->inputs; i++)
		add_input(&t, &l->input[i], total, r->file[i]);
	table_write(&t, f);
	table_release(&t);
}

static void print_missing(const struct json *missing, FILE *f)
{
	for (size_t i = 0; i < missing->count; i++) {
		char *name = printable(missing->items[i].text);

		fprintf(f, "%s%s", i ? ", " : "  missing: ", name);
		free(name);
	}
	if (missing->count)
		putc('\n', f);
}

static void print_state(const struct audit_round *r, FILE *f)
{
	char *why = r->why ? printable(r->why) : NULL;

	if (r->state == AUDIT_NOT)
		fprintf(f, "  not averaged again: %s\n", why);
	else if (r->state == AUDIT_OTHER)
		fprintf(f, "  averaged again: NOT what the ledger says\n");
	else
		fprintf(f, "  averaged again: the same model%s\n",
		        r->norms ? ", the same updates" : "");
	free(why);
}

static void print_round(const struct ledger_line *l, const struct audit_round *r, FILE *f)
{
	char *rule = printable(l->rule), *weighing = printable(l->weighing);
	char *opt = l->server_opt ? printable(l->server_opt) : NULL;

	fprintf(f, "round %" PRId64 ": %s of %d %s, weights: %s%s%s\n", l->round, rule, l->inputs,
	        l->inputs == 1 ? "site" : "sites", weighing, opt ? ", then " : "", opt ? opt : "");
	if (l->clip)
		fprintf(f, "  updates clipped to %.6g%s\n", l->clip_norm,
		        !strcmp(l->clip, "auto") ? " (auto)" : "");
	fprintf(f, "  from %.*s, made %.*s\n", DIGITS, l->parent ? l->parent : "-", DIGITS,
	        l->result);
	print_inputs(l, r, f);
	print_missing(l->missing, f);
	print_state(r, f);
	free(rule);
	free(weighing);
	free(opt);
}

static void print_input(const struct ledger_line *l, int input, FILE *f)
{
	char *site = printable(l->input[input].site);

	fprintf(f, "what %s handed in for round %" PRId64 "\n", site, l->round);
	free(site);
}

static void print_file(const struct audit *a, const struct audit_file *file, FILE *f)
{
	char *name = printable(file->path);

	fprintf(f, "%s: ", name);
	if (file->role == AUDIT_INPUT)
		print_input(&a->ledger.line[file->line], file->input, f);
	else if (file->role == AUDIT_RESULT)
		fprintf(f, "what round %" PRId64 " made\n", a->ledger.line[file->line].round);
	else if (file->role == AUDIT_START)
		fprintf(f, "what round 1 began from\n");
	else
		fprintf(f, "not of this ledger, or altered\n");
	free(name);
}

/* Is there a model that the last line is known from? Without, what was cut off cannot be seen. */
static bool end_is_known(const struct audit *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->file[i].role == AUDIT_RESULT && a->file[i].line + 1 == a->ledger.count)
			return true;
	return false;
}

void audit_print(const struct audit *a, FILE *f)
{
	for (size_t i = 0; i < a->ledger.count; i++)
		if (!a->ledger.line[i].fault)
			print_round(&a->ledger.line[i], &a->round[i], f);
	for (size_t i = 0; i < a->count; i++)
		print_file(a, &a->file[i], f);
	fprintf(f, "%zu %s, %zu %s\n", a->ledger.count, a->ledger.count == 1 ? "round" : "rounds",
	        a->faults, a->faults == 1 ? "fault" : "faults");
	if (!end_is_known(a))
		fputs("no model of the last round was given: rounds after it may have been "
		      "cut off, and it may have been altered\n",
		      f);
}

/* ---- as JSON ---- */

static void write_round(struct json_writer *j, const struct ledger_line *l,
                        const struct audit_round *r)
{
	json_object(j, NULL);
	json_text(j, "hash", l->hash);
	if (l->fault) {
		json_text(j, "fault", l->fault);
	} else {
		json_value(j, "line", l->json);
		if (r->state == AUDIT_NOT)
			json_null(j, "same");
		else
			json_bool(j, "same", r->state == AUDIT_SAME);
	}
	json_close_object(j);
}

static void write_file(struct json_writer *j, const struct audit *a, const struct audit_file *f)
{
	static const char *const role[] = { "unknown", "start", "input", "result" };
	bool placed = f->role == AUDIT_INPUT || f->role == AUDIT_RESULT;

	json_object(j, NULL);
	json_text(j, "file", f->path);
	json_text(j, "sha256", f->sha256);
	json_text(j, "digest", f->digest);
	json_text(j, "role", role[f->role]);
	if (placed)
		json_int(j, "round", a->ledger.line[f->line].round);
	if (f->role == AUDIT_INPUT)
		json_text(j, "site", a->ledger.line[f->line].input[f->input].site);
	json_close_object(j);
}

void audit_json(const struct audit *a, FILE *f)
{
	struct json_writer j;

	json_start(&j, f, true);
	json_object(&j, NULL);
	json_text(&j, "ledger", a->path);
	json_array(&j, "rounds");
	for (size_t i = 0; i < a->ledger.count; i++)
		write_round(&j, &a->ledger.line[i], &a->round[i]);
	json_close_array(&j);
	json_array(&j, "files");
	for (size_t i = 0; i < a->count; i++)
		write_file(&j, a, &a->file[i]);
	json_close_array(&j);
	json_array(&j, "faults");
	for (size_t i = 0; i < a->faults; i++)
		json_text(&j, NULL, a->fault[i]);
	json_close_array(&j);
	json_close_object(&j);
}
