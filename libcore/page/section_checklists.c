/* The guidelines' items with what the files answer; see section.h. */
#include <stdlib.h>

#include "base/mem.h"
#include "page/checklist.h"
#include "page/pieces.h"
#include "page/section.h"

/* ANSWER: NULL if the files have none. */
static void item_row(struct html *h, const struct checklist_item *i, const char *answer)
{
	pieces_row(h, i->number, NULL);
	pieces_cell(h, "%s", i->asks);
	html_begin(h, "td");
	if (answer)
		html_text(h, "%s ", answer);
	if (!answer || !i->whole) {
		html_begin(h, "strong", "class", "needs");
		html_text(h, "[NEEDS INPUT]");
		html_end(h, "strong");
	}
	html_end(h, "td");
	pieces_row_end(h);
}

static void put_items(struct html *h, const struct checklist *c, char *const *answer)
{
	static const char *const heads[] = { "item", "asks for", "answer" };
	char *caption = xasprintf("The items of %s", c->name);
	int whole = 0, part = 0;

	for (size_t i = 0; i < c->count; i++)
		if (answer[i])
			++*(c->items[i].whole ? &whole : &part);
	html_put(h, "h3", "%s", c->name);
	pieces_say(h, "%s. Of %zu items the files answer %d, and %d in part.", c->source, c->count,
	           whole, part);
	pieces_table(h, caption, heads, 3, 3);
	for (size_t i = 0; i < c->count; i++)
		item_row(h, &c->items[i], answer[i]);
	pieces_table_end(h);
	free(caption);
}

static void put_checklist(struct html *h, const struct checklist *c, const struct evidence *v)
{
	char **answer = xmalloc(c->count, sizeof *answer);

	for (size_t i = 0; i < c->count; i++)
		answer[i] = checklist_answer(&c->items[i], v);
	put_items(h, c, answer);
	for (size_t i = 0; i < c->count; i++)
		free(answer[i]);
	free(answer);
}

void section_checklists(struct html *h, const struct evidence *v)
{
	pieces_say(h, "What the guidelines for reporting ask, in short words of our own (the "
	              "papers have the full text), and what the files behind this page answer. "
	              "[NEEDS INPUT] marks what only people can add.");
	put_checklist(h, checklist_claim(), v);
	put_checklist(h, checklist_tripod(), v);
}
