#pragma once
/* A list of ids, one after the other in one piece of memory. It begins as zeros. */
#include <stddef.h>

#include "base/err.h"

struct ids {
	size_t count;
	size_t *at;                     /* [count]: where in TEXT the id of each begins */
	char *text;                     /* each ends in a NUL */
	size_t room, size, text_room;   /* of AT; of TEXT, bytes in use and allocated */
};

void ids_add(struct ids *l, const char *id);            /* copied */
void ids_release(struct ids *l);
char *ids_get(const struct ids *l, size_t i);           /* until the next ids_add */

/* The indices from FIRST on in the byte order of their ids, in new memory. */
size_t *ids_order(const struct ids *l, size_t first);

/* Returns -1 with E set if an id occurs twice from FIRST on, in the file NAME. */
int ids_check_twice(const struct ids *l, size_t first, const char *name, struct err *e);
