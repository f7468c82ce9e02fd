/* Files of groups: what is read, and what is refused. */
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

#include "data/id_groups.h"

static void test_file(void)
{
	static const struct {
		const char *text, *message;
		long groups;
		uint32_t number[3];
		const char *name[2];
	} cases[] = {
		{ "a\tp2\nb\tp1\nc\tp2\n", NULL, 2, { 1, 0, 1 }, { "p1", "p2" } },
		{ "id\tgroup\nc\tx\nb\tx\r\n\nzz\tother\na\tx\tmore\n",
		  NULL,
		  1,
		  { 0, 0, 0 },
		  { "x" } },
		{ "a\tp\nb\tp\n", "no group for 'c'", -1, { 0 }, { 0 } },
		{ "a\tp\nb\tp\nc\tp\na\tq\n", "line 4: 'a' occurs twice", -1, { 0 }, { 0 } },
		{ "a\tp\nb\n", "line 2: expected an id and its group", -1, { 0 }, { 0 } },
		{ "a\tp\nb\t\n", "line 2: expected an id and its group", -1, { 0 }, { 0 } },
	};
	static char *const ids[] = { (char *)"a", (char *)"b", (char *)"c" };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct id_groups g = {0};
		struct err e = {0};
		const char *path = scratch_text("groups.tsv", cases[i].text);
		int result = id_groups_load(&g, ids, 3, path, &e);

		ok(result == 0 ? (long)g.count == cases[i].groups &&
		                         !memcmp(g.of, cases[i].number, sizeof cases[i].number)
		               : cases[i].message && strstr(e.text, cases[i].message),
		   "file of groups %zu: %zu %s", i, g.count, e.text);
		for (size_t k = 0; k < g.count; k++)
			is_text(g.name[k], cases[i].name[k], "its name");
		id_groups_release(&g);
	}
}

/* The images of tests/fuzz/fuzz_id_groups.c. */
static int read_groups(const char *path, struct err *e)
{
	static char *const ids[] = { (char *)"BAS 1", (char *)"a", (char *)"b",
		                     (char *)"\xc3\xa4" };
	struct id_groups g;

	if (id_groups_load(&g, ids, 4, path, e) < 0)
		return -1;
	id_groups_release(&g);
	return 0;
}

int main(void)
{
	scratch_begin();
	test_file();
	corpus_check("id_groups", read_groups);
	return tap_end();
}
