/* A list of ids; see ids.h. */
#include "score/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t grown(size_t room) { return room ? 2 * room : 1024; }

void ids_add(struct ids *l, const char *id)
{
	size_t bytes = strlen(id) + 1;

	if (l->count == l->room) {
		l->room = grown(l->room);
		l->at = xrealloc(l->at, l->room, sizeof *l->at);
	}
	while (l->text_room - l->size < bytes) {
		l->text_room = grown(l->text_room);
		l->text = xrealloc(l->text, l->text_room, 1);
	}
	l->at[l->count++] = l->size;
	memcpy(l->text + l->size, id, bytes);
	l->size += bytes;
}

void ids_release(struct ids *l)
{
	free(l->at);
	free(l->text);
	*l = (struct ids){0};
}

char *ids_get(const struct ids *l, size_t i)
{
	return l->text + l->at[i];
}

struct by_id {
	const char *id;
	size_t index;
};

static int compare(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

size_t *ids_order(const struct ids *l, size_t first)
{
	size_t n = l->count - first, *order = xmalloc(n, sizeof *order);
	struct by_id *sorted = xmalloc(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct by_id){ ids_get(l, first + i), first + i };
	qsort(sorted, n, sizeof *sorted, compare);
	for (size_t i = 0; i < n; i++)
		order[i] = sorted[i].index;
	free(sorted);
	return order;
}

int ids_check_twice(const struct ids *l, size_t first, const char *name, struct err *e)
{
	size_t *order = ids_order(l, first);
	int result = 0;

	for (size_t i = 1; i < l->count - first && result == 0; i++)
		if (!strcmp(ids_get(l, order[i - 1]), ids_get(l, order[i])))
			result = err_set(e, "%s: has the id '%s' twice", name,
			                 ids_get(l, order[i]));
	free(order);
	return result;
}
