/* An array of the facts of models, "digest" among them: forged ones may lead in circles. */
#include <stdint.h>
#include <stdlib.h>

#include "info/trail.h"
#include "model/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_MODELS = 64 };

static void add(struct trail *t, const struct json *facts, size_t i)
{
	const char *digest = facts_text(facts, "digest");
	char name[32];

	snprintf(name, sizeof name, "%zu.npz", i);
	trail_add(t, name, digest ? digest : "", facts);
}

/* No model stands before one that it came from, but for those in a circle. */
static void check_order(const struct trail *t)
{
	for (size_t k = 0; k < t->count; k++)
		for (size_t i = 0; i < t->model[k].parents; i++) {
			int parent = t->model[k].parent[i].model;

			if (parent >= (int)t->count)
				abort();
			if (parent >= (int)k && t->model[k].generation >= 0)
				abort();
		}
}

static void ignore(const struct err *e)
{
	(void)e;
}

static void print(const struct trail *t)
{
	FILE *f = fopen("/dev/null", "w");

	if (!f)
		abort();
	trail_print(t, f);
	trail_json(t, f);
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trail t = {0};
	struct err e;
	struct json *v = json_parse((const char *)data, size, &e);

	if (!v)
		return 0;
	if (v->type == JSON_ARRAY && v->count <= MOST_MODELS) {
		for (size_t i = 0; i < v->count; i++)
			add(&t, &v->items[i], i);
		trail_link(&t);
		check_order(&t);
		trail_faults(&t, ignore);
		print(&t);
		trail_release(&t);
	}
	json_free(v);
	return 0;
}
