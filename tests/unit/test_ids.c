/* Lists of ids: kept, ordered, doubled ones found. */
#include "score/ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* More than the first room, of ids and of bytes, an empty one and a long one among them. */
static void many(void)
{
	enum { N = 5000 };
	struct ids l = {0};
	char id[5000], want[5000];
	size_t *order;
	int wrong = 0;
	struct err e;

	for (int i = 0; i < N; i++) {
		snprintf(id, sizeof id, "%0*d", i == 7 ? 4000 : 1, i * 7919 % N);
		ids_add(&l, i == 3 ? "" : id);
	}
	is_int((long long)l.count, N, "count");
	for (int i = 0; i < N; i++) {
		snprintf(want, sizeof want, "%0*d", i == 7 ? 4000 : 1, i * 7919 % N);
		wrong += strcmp(ids_get(&l, (size_t)i), i == 3 ? "" : want) != 0;
	}
	is_int(wrong, 0, "each is kept");
	order = ids_order(&l, 0);
	for (size_t i = 1; i < N; i++)
		wrong += strcmp(ids_get(&l, order[i - 1]), ids_get(&l, order[i])) >= 0;
	is_int(wrong, 0, "in byte order");
	is_int((long long)order[0], 3, "the empty one first");
	free(order);
	ok(ids_check_twice(&l, 0, "f", &e) == 0, "none twice");
	ids_add(&l, want);              /* the last one's */
	ok(ids_check_twice(&l, 0, "f", &e) < 0, "the last one again");
	ok(ids_check_twice(&l, N, "f", &e) == 0, "not looked at before FIRST");
	ids_release(&l);
}

static void few(void)
{
	struct ids l = {0};
	struct err e;
	size_t *order = ids_order(&l, 0);

	free(order);
	ok(ids_check_twice(&l, 0, "f", &e) == 0, "no ids");
	ids_add(&l, "b");
	ids_add(&l, "a");
	ids_add(&l, "b");
	order = ids_order(&l, 0);
	ok(order[0] == 1 && order[1] == 0 && order[2] == 2, "equal ones in their order");
	free(order);
	order = ids_order(&l, 1);
	ok(order[0] == 1 && order[1] == 2, "from the second on");
	free(order);
	ok(ids_check_twice(&l, 0, "f", &e) < 0 && !strcmp(e.text, "f: has the id 'b' twice"),
	   "the file and the id are named");
	ids_release(&l);
	ok(l.count == 0 && !l.text, "released");
	ids_release(&l);
}

int main(void)
{
	many();
	few();
	return tap_end();
}
