/* Who came from whom: parents, copies, steps that change nothing, alterations,
 * circles. */
#include "info/trail.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tap.h"

static size_t reported;
static char last[1024];

static void report(const struct err *e)
{
	reported++;
	strcpy(last, e->text);
}

static void add(struct trail *t, const char *name, const char *digest, const char *facts)
{
	struct err e = {0};
	struct json *v = facts ? json_parse(facts, strlen(facts), &e) : NULL;

	if (facts && !v)
		ok(false, "facts of %s: %s", name, e.text);
	trail_add(t, name, digest, v);
	json_free(v);
}

static size_t link_and_count(struct trail *t)
{
	trail_link(t);
	reported = 0;
	last[0] = '\0';
	return trail_faults(t, report);
}

static int find(const struct trail *t, const char *name)
{
	for (size_t k = 0; k < t->count; k++)
		if (!strcmp(t->model[k].name, name))
			return (int)k;
	return -1;
}

static const struct trail_model *model(const struct trail *t, const char *name)
{
	return &t->model[find(t, name)];
}

/* Is parent number I of NAME the file PARENT? */
static void comes_from(const struct trail *t, const char *name, size_t i,
                       const char *parent)
{
	const struct trail_model *m = model(t, name);

	ok(i < m->parents && m->parent[i].model >= 0 &&
	           !strcmp(t->model[m->parent[i].model].name, parent),
	   "%s comes from %s", name, parent);
}

static void test_rounds(void)
{
	struct trail t = {0};

	add(&t, "round2", "R2",
	    "{\"tool\": \"aml-fedavg\", \"weights\": \"R2\", \"parents\": [\"A2\", \"B2\"]}");
	add(&t, "b1", "B1",
	    "{\"parents\": [\"S\"], \"num_examples\": 7, \"dataset\": \"D\"}");
	add(&t, "round1", "R1", "{\"weights\": \"R1\", \"parents\": [\"A1\", \"B1\"]}");
	add(&t, "a2", "A2", "{\"parents\": [\"R1\"]}");
	add(&t, "b2", "B2", "{\"parents\": [\"R1\"]}");
	add(&t, "a1", "A1", "{\"parents\": [\"S\"]}");
	add(&t, "seed", "S", NULL);
	is_int((long long)link_and_count(&t), 0, "no faults");
	is_int(find(&t, "seed"), 0, "the seed comes first");
	is_int(find(&t, "round2"), 6, "the last round last");
	is_int(model(&t, "round1")->generation, 2, "generation of the first round");
	is_int(model(&t, "round2")->generation, 4, "generation of the second");
	comes_from(&t, "round2", 0, "a2");
	comes_from(&t, "round2", 1, "b2");
	comes_from(&t, "b2", 0, "round1");
	comes_from(&t, "a1", 0, "seed");
	is_text(model(&t, "round2")->tool, "aml-fedavg", "tool");
	is_int(model(&t, "b1")->num_examples, 7, "num_examples");
	is_int(model(&t, "seed")->num_examples, -1, "num_examples not known");
	trail_release(&t);
	ok(t.count == 0 && !t.model, "released");
}

static void test_missing(void)
{
	struct trail t = {0};

	add(&t, "r", "R", "{\"parents\": [\"A\", \"B\", 3]}");
	add(&t, "a", "A", "{\"parents\": []}");
	is_int((long long)link_and_count(&t), 1, "one fault");
	ok(strstr(last, "r: its parent B is missing"), "a parent is missing: %s", last);
	comes_from(&t, "r", 0, "a");
	is_int((long long)model(&t, "r")->parents, 2, "what is no text is no parent");
	trail_release(&t);
}

static void test_altered(void)
{
	struct trail t = {0};

	add(&t, "a", "A-altered", "{\"weights\": \"A\", \"parents\": []}");
	add(&t, "r", "R", "{\"parents\": [\"A\"]}");
	is_int((long long)link_and_count(&t), 1, "one fault");
	ok(strstr(last, "a: altered: its digest is A-altered, its facts say A"),
	   "altered: %s", last);
	comes_from(&t, "r", 0, "a");
	trail_release(&t);
	/* FEDn saved it again, and somebody altered it. */
	add(&t, "a", "A-altered", NULL);
	add(&t, "r", "R", "{\"parents\": [\"A\"]}");
	is_int((long long)link_and_count(&t), 1, "altered without facts: one fault");
	ok(strstr(last, "parent A is missing"), "its numbers are missing: %s", last);
	trail_release(&t);
}

/* No epochs: the numbers stay the parent's. */
static void test_unchanged(void)
{
	struct trail t = {0};

	add(&t, "b", "X", "{\"parents\": [\"X\"]}");
	add(&t, "a", "X", "{\"parents\": []}");
	add(&t, "b2", "X", "{\"parents\": [\"X\"]}");
	add(&t, "c", "C", "{\"parents\": [\"X\"]}");
	is_int((long long)link_and_count(&t), 0, "no faults");
	comes_from(&t, "b", 0, "a");
	comes_from(&t, "b2", 0, "a");
	comes_from(&t, "c", 0, "a");
	is_int(model(&t, "b")->same_as, find(&t, "a"), "b has the numbers of a");
	trail_release(&t);
	add(&t, "b", "X", "{\"parents\": [\"X\"]}");
	add(&t, "b2", "X", "{\"parents\": [\"X\"]}");
	add(&t, "c", "C", "{\"parents\": [\"X\"]}");
	is_int((long long)link_and_count(&t), 0,
	       "the parent's numbers are there, if not its file");
	is_int(model(&t, "b")->parent[0].model, TRAIL_ITSELF, "itself");
	ok(model(&t, "c")->parent[0].model >= 0, "a child of both");
	trail_release(&t);
}

/* Marks of NAMES, none else, for the ancestors of what has DIGEST. */
static void has_ancestors(const struct trail *t, const char *digest, const char *names, bool whole)
{
	bool is_whole, *marked = trail_ancestors(t, digest, &is_whole);
	char got[64] = "";

	for (size_t k = 0; k < t->count; k++)
		if (marked[k])
			strcat(got, t->model[k].name);
	is_text(got, names, "the model and what it came from");
	ok(is_whole == whole, "%s", whole ? "all of it" : "not all of it");
	free(marked);
}

static void test_ancestors(void)
{
	struct trail t = {0};

	add(&t, "i", "d0", "{\"tool\": \"aml-init\"}");
	add(&t, "a", "d1", "{\"tool\": \"aml-train\", \"parents\": [\"d0\"]}");
	add(&t, "b", "d2", "{\"tool\": \"aml-train\", \"parents\": [\"d0\"]}");
	add(&t, "c", "d3", "{\"tool\": \"aml-fedavg\", \"parents\": [\"d1\", \"d2\"]}");
	add(&t, "o", "d4", "{\"tool\": \"aml-train\", \"parents\": [\"dx\"]}");
	add(&t, "k", "d5", NULL);
	add(&t, "m", "d6", "{\"tool\": \"aml-fedavg\", \"parents\": [\"d1\", \"d5\"]}");
	trail_link(&t);
	has_ancestors(&t, "d0", "i", true);
	has_ancestors(&t, "d3", "iabc", true);
	has_ancestors(&t, "d4", "o", false);
	has_ancestors(&t, "d5", "k", false);
	has_ancestors(&t, "d6", "ikam", false);
	has_ancestors(&t, "dx", "", false);
	trail_release(&t);
}

static void test_circle(void)
{
	struct trail t = {0};

	add(&t, "a", "A", "{\"parents\": [\"B\"]}");
	add(&t, "b", "B", "{\"parents\": [\"A\"]}");
	add(&t, "s", "S", "{\"parents\": []}");
	is_int((long long)link_and_count(&t), 2, "two in a circle");
	is_int(model(&t, "a")->generation, -1, "no generation");
	is_int(model(&t, "s")->generation, 0, "the others have one");
	trail_release(&t);
}

/* Of a file that cannot be opened for now nothing is known, so it is no part of the trail. */
static void few_descriptors(void)
{
	struct rlimit before, none;
	struct trail t = {0};
	struct err e = {0};

	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	is_int(trail_load(&t, "tests/unit/test_trail.c", &e), -1, "no descriptor is left");
	setrlimit(RLIMIT_NOFILE, &before);
	ok(e.machine && strstr(e.text, "test_trail.c: Too many open files"), "%s", e.text);
	is_int((long long)t.count, 0, "no part of the trail");
	trail_release(&t);
}

static void test_damaged(void)
{
	struct trail t = {0};
	struct err e;

	is_int(trail_load(&t, "tests/data/npz/no-such-file.npz", &e), -1, "no such file");
	ok(!e.machine, "which is nobody's failure");
	few_descriptors();
	is_int(trail_load(&t, "tests/unit/test_trail.c", &e), 0,
	       "no weights: part of the trail");
	is_int(trail_load(&t, "tests/unit/test_split.c", &e), 0, "another");
	is_int((long long)link_and_count(&t), 2, "and faults of it");
	ok(strstr(last, "tests/unit/test_split.c: "), "named: %s", last);
	is_int(t.model[1].same_as, -1, "two damaged files are not the same");
	is_int(trail_load(&t, "tests/unit", &e), -1, "a folder without models");
	ok(strstr(e.text, "neither a dataset nor"), "%s", e.text);
	is_int(trail_load(&t, "tests/data/dataset/singlets", &e), 0, "a dataset");
	is_int((long long)t.datas, 1, "is known");
	trail_release(&t);
}

int main(void)
{
	test_rounds();
	test_missing();
	test_altered();
	test_unchanged();
	test_ancestors();
	test_circle();
	test_damaged();
	return tap_end();
}
