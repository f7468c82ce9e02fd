/* The guidelines' items with what the files answer; see section.h. */
#include <stdlib.h>

#include "base/mem.h"
#include "page/checklist.h"
#include "page/pieces.h"
#include "page/section.h"

static void item_row(struct html *h, const struct checklist_item *i, const struct evidence *v)
{
	char *answer = checklist_answer(i, v);

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
	free(answer);
}

/* Items that the files answer in whole, and in part. */
static void count_answers(const struct checklist *c, const struct evidence *v, int *whole,
                          int *part)
{
	*whole = *part = 0;
	for (size_t i = 0; i < c->count; i++) {
		char *answer = checklist_answer(&c->items[i], v);

		if (answer)
			++*(c->items[i].whole ? whole : part);
		free(answer);
	}
}

static void put_checklist(struct html *h, const struct checklist *c, const struct evidence *v)
{
	static const char *const heads[] = { "item", "asks for", "answer" };
	char *caption = xasprintf("The items of %s", c->name);
	int whole, part;

	count_answers(c, v, &whole, &part);
	html_put(h, "h3", "%s", c->name);
	pieces_say(h, "%s. Of %zu items the files answer %d, and %d in part.",
	           c->source, c->count,
	           whole, part);
	pieces_table(h, caption, heads, 3, 3);
	for (size_t i = 0; i < c->count; i++)
		item_row(h, &c->items[i], v);
	pieces_table_end(h);
	free(caption);
}

void section_checklists(struct html *h, const struct evidence *v)
{
	pieces_section(h, "checklists", "For the paper: CLAIM and TRIPOD+AI");
	pieces_say(h, "What the guidelines for reporting ask, in short words of our own (the "
	              "papers have the full text), and what the files behind this page answer. "
	              "[NEEDS INPUT] marks what only people can add.");
	put_checklist(h, checklist_claim(), v);
	put_checklist(h, checklist_tripod(), v);
	pieces_section_end(h);
}
