/* The line of a round in the ledger; see round_line.h. */
#include "fed/round_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare_sites(const void *a, const void *b)
{
	const struct client *x = *(const struct client *const *)a,
			    *y = *(const struct client *const *)b;

	return strcmp(x->from->site, y->from->site);
}

static void write_input(struct json_writer *j, const struct client *c, bool measured)
{
	json_object(j, NULL);
	json_text(j, "site", c->from->site);
	json_text(j, "digest", c->numbers);
	json_text(j, "sha256", c->from->sha256);
	if (c->examples >= 0)
		json_int(j, "examples", c->examples);
	else
		json_null(j, "examples");
	json_number(j, "weight", c->weight);
	if (measured) {
		json_number(j, "norm", c->update_norm);
		json_number(j, "cosine", c->cosine);
	} else {
		json_null(j, "norm");
		json_null(j, "cosine");
	}
	json_number(j, "scale", c->scale);
	json_bool(j, "signed", c->from->is_signed);
	json_close_object(j);
}

/* By site, so that the order of the command is none of the line's. */
static void write_inputs(struct json_writer *j, const struct round_line *r)
{
	const struct clients *c = r->clients;
	const struct client **sorted = xmalloc((size_t)c->count, sizeof(struct client *));

	for (int i = 0; i < c->count; i++)
		sorted[i] = &c->client[i];
	qsort(sorted, (size_t)c->count, sizeof(struct client *), compare_sites);
	json_array(j, "inputs");
	for (int i = 0; i < c->count; i++)
		write_input(j, sorted[i], r->parent);
	json_close_array(j);
	free(sorted);
}

static char *compose(const struct round_line *r, int64_t number, const char *before)
{
	const struct submissions *handed = r->submissions;
	struct json_writer j;
	size_t size;
	char *text;

	json_start(&j, xmemstream(&text, &size), false);
	json_object(&j, NULL);
	json_int(&j, "round", number);
	json_text(&j, "before", before);
	json_text(&j, "version", AML_VERSION);
	r->write_options(&j, r->options);
	if (r->parent)
		json_text(&j, "parent", r->parent);
	else
		json_null(&j, "parent");
	json_text(&j, "result", r->result);
	write_inputs(&j, r);
	json_array(&j, "missing");
	for (int i = 0; i < handed->missing_count; i++)
		json_text(&j, NULL, handed->missing[i]);
	json_close_array(&j);
	json_close_object(&j);
	xmemclose(j.f);
	return text;
}

static const struct ledger_line *last_of(const struct ledger *l)
{
	return l->count ? &l->line[l->count - 1] : NULL;
}

/* Can a round from PARENT follow the line LAST, or be what it tells of? */
static bool follows(const struct ledger_line *last, const char *parent)
{
	return !last || (parent && !strcmp(last->result, parent));
}

static bool may_be(const struct ledger_line *last, const char *parent)
{
	if (!parent || !last->parent)
		return !parent && !last->parent;
	return !strcmp(last->parent, parent);
}

static int other_model(const struct ledger_line *last, const char *parent, struct err *e)
{
	if (!parent)
		return err_set(e, "has rounds already: --previous must tell what this one began "
		                  "from");
	return err_set(e, "round %lld made the model %s, the previous model is %s",
	               (long long)last->round, last->result, parent);
}

int round_line_check(const struct ledger *l, const char *path, const char *parent, struct err *e)
{
	const struct ledger_line *last = last_of(l);

	if (ledger_check(l, path, NULL, NULL) > (l->torn_size != 0))
		return err_set(e, "%s: is damaged or altered, see aml-info --ledger", path);
	if (follows(last, parent) || may_be(last, parent))
		return 0;
	other_model(last, parent, e);
	return err_in(e, path);
}

char *round_line_text(const struct round_line *r, const struct ledger *l, char hash[SHA256_HEX],
                      bool *done, struct err *e)
{
	const struct ledger_line *last = last_of(l);
	char *text = last ? compose(r, last->round, last->before) : NULL;

	*done = text && !strcmp(text, l->last);
	if (!*done) {
		free(text);
		text = NULL;
		if (follows(last, r->parent))
			text = compose(r, last ? last->round + 1 : 1,
			               last ? last->hash : ledger_origin);
		else
			other_model(last, r->parent, e);
	}
	if (text)
		ledger_hash(text, strlen(text), hash);
	return text;
}
