/* The confusion matrix of a report; see section.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "figure/confusion_figure.h"
#include "page/pieces.h"
#include "page/section.h"

enum { COMMONEST = 5 };

struct mix_up {
	int actual, predicted;
	int64_t count;
};

/* The most frequent first, then in the order of the classes. */
static int compare(const void *a, const void *b)
{
	const struct mix_up *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x->actual != y->actual)
		return x->actual - y->actual;
	return x->predicted - y->predicted;
}

/* All pairs that were mixed up, in new memory. */
static struct mix_up *mix_ups(const struct confusion *c, size_t *n)
{
	int k = c->classes.count;
	struct mix_up *list = xmalloc((size_t)k * (size_t)k, sizeof *list);

	*n = 0;
	for (int i = 0; i < k; i++)
		for (int j = 0; j < k; j++)
			if (i != j && *confusion_at(c, i, j))
				list[(*n)++] = (struct mix_up){ i, j, *confusion_at(c, i, j) };
	qsort(list, *n, sizeof *list, compare);
	return list;
}

static void list_commonest(struct html *h, const struct evidence *v)
{
	const struct confusion *c = &v->tables.tally.confusion;
	const struct class_entry *entry = v->classes.entry;
	size_t n;
	struct mix_up *list = mix_ups(c, &n);

	if (n) {
		html_put(h, "h3", "The commonest errors");
		html_begin(h, "ul");
	}
	for (size_t i = 0; i < n && i < COMMONEST; i++)
		html_put(h, "li", "%s, %s, taken for %s, %s: %" PRId64 " of %" PRId64 " cells.",
		         entry[list[i].actual].code, entry[list[i].actual].name,
		         entry[list[i].predicted].code, entry[list[i].predicted].name,
		         list[i].count, confusion_row_sum(c, list[i].actual));
	if (n)
		html_end(h, "ul");
	free(list);
}

/* ---- the counts ---- */

static void counts_table(struct html *h, const struct evidence *v)
{
	struct confusion c;
	const char **heads;
	int n;

	confusion_occurring(&c, &v->tables.tally.confusion);
	n = c.classes.count;
	heads = xmalloc((size_t)n + 2, sizeof *heads);
	heads[0] = "true class";
	for (int j = 0; j < n; j++)
		heads[j + 1] = c.classes.entry[j].code;
	heads[n + 1] = "all";
	pieces_table(h, "Counts of the confusion matrix: a row for each true class, a column for "
	                "each answer", heads, n + 2, 1);
	for (int i = 0; i < n; i++) {
		pieces_row(h, c.classes.entry[i].code, NULL);
		for (int j = 0; j < n; j++)
			pieces_count(h, *confusion_at(&c, i, j));
		pieces_count(h, confusion_row_sum(&c, i));
		pieces_row_end(h);
	}
	pieces_table_end(h);
	free(heads);
	confusion_release(&c);
}

void section_confusion(struct html *h, const struct evidence *v)
{
	const struct confusion *c = &v->tables.tally.confusion;
	int64_t right = confusion_correct(c), all = confusion_total(c);
	struct drawing d;
	char *caption = xasprintf("Right answers stand on the diagonal: %" PRId64 " of %" PRId64
	                          " cells. The darker a cell, the larger its share of the cells "
	                          "in its row.", right, all);

	confusion_figure(&d, c, CONFUSION_FIGURE_OF_ROW, false, "Confusion matrix");
	pieces_drawing(h, &d, "A matrix with a row for each true class and a column for each "
	                      "class that the model answers. The same counts follow as a table.",
	               caption);
	list_commonest(h, v);
	html_begin(h, "details");
	html_put(h, "summary", "The counts as a table");
	counts_table(h, v);
	html_end(h, "details");
	free(caption);
}
