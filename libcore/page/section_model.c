/* Where a model comes from; see section.h. */
#include <stdlib.h>
#include <string.h>

#include "model/facts.h"
#include "page/pieces.h"
#include "page/section.h"

/* Of a digest: enough to tell thousands of files apart. */
enum { SHORT_DIGITS = 12 };

static void row(struct html *h, const char *name, const char *value)
{
	pieces_row(h, name, NULL);
	pieces_cell(h, "%s", value);
	pieces_row_end(h);
}

static void network_rows(struct html *h, const struct evidence *v)
{
	const struct net *n = &v->model.net;
	const char *told = facts_text(v->model.facts, "weights");

	pieces_row(h, "network", NULL);
	pieces_cell(h, "convolutional: %d, %d, %d and %d filters of 3 × 3, then %d units; %.1f "
	               "million numbers",
	            n->filters[0], n->filters[1], n->filters[2], n->filters[3], n->dense,
	            (double)net_total(n) / 1e6);
	pieces_row_end(h);
	pieces_row(h, "input", NULL);
	pieces_cell(h, "%d × %d pixels, %d channels%s", n->size, n->size, n->channels,
	            n->size_guessed ? " (the size is a guess: the file does not tell it)" : "");
	pieces_row_end(h);
	pieces_row(h, "digest of its numbers", NULL);
	html_begin(h, "td");
	html_put(h, "code", "%s", v->digest);
	if (told && strcmp(told, v->digest))
		html_put(h, "strong", " not the one in its facts: altered");
	html_end(h, "td");
	pieces_row_end(h);
}

/* Facts that this page shows in a place of their own. */
static bool is_shown_apart(const char *key)
{
	static const char *const keys[] = { "classes", "weights", "parents", "size" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static void fact_rows(struct html *h, const struct json *facts)
{
	for (size_t i = 0; facts && i < facts->count; i++) {
		const struct json *fact = &facts->items[i];
		char *line;

		if (is_shown_apart(fact->key))
			continue;
		line = json_line(fact);
		row(h, fact->key, fact->type == JSON_TEXT ? fact->text : line);
		free(line);
	}
}

static void facts_table(struct html *h, const struct evidence *v)
{
	static const char *const heads[] = { "fact", "value" };

	pieces_table(h, "What the model's file says of itself", heads, 2, 2);
	network_rows(h, v);
	fact_rows(h, v->model.facts);
	pieces_table_end(h);
	if (!v->model.facts)
		pieces_note(h, "The file holds no facts: who made it, and from which data, is "
		               "not known.");
}

/* ---- the trail ---- */

static void put_short(struct html *h, const char *digest)
{
	html_begin(h, "code", "class", "short");
	html_text(h, "%.*s", SHORT_DIGITS, digest);
	html_end(h, "code");
}

static void digest_cell(struct html *h, const char *digest)
{
	html_begin(h, "td");
	put_short(h, digest ? digest : "–");
	html_end(h, "td");
}

static void parents_cell(struct html *h, const struct trail_model *m)
{
	html_begin(h, "td");
	for (size_t i = 0; i < m->parents; i++) {
		const struct trail_parent *p = &m->parent[i];

		put_short(h, p->digest);
		html_text(h, "%s%s", p->model == TRAIL_MISSING ? " (not at hand)" : "",
		          i + 1 < m->parents ? ", " : "");
	}
	if (m->parents == 0)
		html_text(h, "–");
	html_end(h, "td");
}

/* Its digest, and what is wrong with it. */
static void model_cell(struct html *h, const struct trail_model *m)
{
	const char *fault = m->trouble          ? "damaged"
	                    : trail_is_altered(m) ? "altered: its facts name another digest"
	                    : m->generation < 0   ? "its facts make it its own ancestor"
	                                          : NULL;

	html_begin(h, "td");
	put_short(h, *m->digest ? m->digest : "–");
	if (fault)
		html_put(h, "strong", " %s", fault);
	html_end(h, "td");
}

static void trail_row(struct html *h, const struct trail_model *m)
{
	char step[32];

	snprintf(step, sizeof step, m->generation < 0 ? "–" : "%d", m->generation);
	pieces_row(h, step, NULL);
	model_cell(h, m);
	pieces_cell(h, "%s", m->tool ? m->tool : "–");
	if (m->num_examples >= 0)
		pieces_count(h, m->num_examples);
	else
		pieces_dash(h);
	digest_cell(h, m->dataset);
	parents_cell(h, m);
	pieces_row_end(h);
}

static void trail_table(struct html *h, const struct trail *t)
{
	static const char *const heads[] = {
		"step", "model", "made by", "images", "dataset", "made from"
	};

	html_put(h, "h3", "The trail");
	pieces_say(h, "Which model was made from which, by the first %d digits of their digests.",
	           SHORT_DIGITS);
	pieces_table(h, "The trail of the model", heads, 6, 6);
	for (size_t i = 0; i < t->count; i++)
		if (t->model[i].same_as < 0)
			trail_row(h, &t->model[i]);
	pieces_table_end(h);
}

static void say_data(struct html *h, const struct evidence *v)
{
	if (v->own_data)
		pieces_say(h, "It was trained on the dataset of this page (digests agree); %zu "
		              "of the cells scored here were among its training cells%s.",
		           v->trained,
		           v->whole_trail ? "" : " in the steps that are at hand; earlier models "
		                                 "are not, and may have seen more");
	else if (v->files->dataset)
		pieces_say(h, "Its facts do not name the dataset of this page as its training "
		              "data. Whether other copies of these cells were in it, no file can "
		              "tell.");
}

void section_model(struct html *h, const struct evidence *v)
{
	say_data(h, v);
	facts_table(h, v);
	trail_table(h, &v->trail);
}
