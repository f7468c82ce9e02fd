/* Groups of classes: from an argument, from a file, and what is refused. */
#include "corpus.h"
#include "must.h"
#include "scratch.h"
#include "tap.h"

#include "score/class_groups.h"

static struct classes four(void)
{
	struct classes c = {0};
	struct err e;

	must(classes_parse(&c, "A,B,C,D", &e), &e);
	return c;
}

static void test_add(void)
{
	struct classes c = four();
	struct class_groups g = {0};
	struct err e = {0};
	const double p[] = { .1, .2, .3, .4 };

	is_int(class_groups_add(&g, "blasts=D,B", &c, &e), 0, "a group");
	is_int(class_groups_add(&g, "the rest=A", &c, &e), 0, "and another");
	is_int((long long)g.count, 2, "two");
	is_text(g.each[0].name, "blasts", "in the order in which they were given");
	is_text(g.each[1].name, "the rest", "a name with a blank");
	ok(!g.each[0].member[0] && g.each[0].member[1] && !g.each[0].member[2] &&
	           g.each[0].member[3],
	   "its members");
	is_near(class_groups_sum(&g.each[0], &c, p), .6, 1e-15, "the sum over them");
	is_near(class_groups_sum(&g.each[1], &c, p), .1, 0, "the sum over one");
	class_groups_release(&g);
	class_groups_release(&g);
	ok(!g.each && !g.count, "released");
	classes_release(&c);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "x=A,E", "group 'x': no class 'E'" },
		{ "x=A,B,A", "group 'x': class 'A' is given twice" },
		{ "x=A,B,C,D", "group 'x' has all classes: nothing is left to tell it from" },
		{ "x=", "group 'x': no class ''" },
		{ "x=A,", "group 'x': no class ''" },
		{ "=A", "the group needs a name, on one line and of at most 95 bytes" },
		{ "A", "'A' is not NAME=CODE,..." },
		{ "", "'' is not NAME=CODE,..." },
		{ "first=B", "the group 'first' is given twice" },
	};
	struct classes c = four();

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct class_groups g = {0};
		struct err e = {0};

		must(class_groups_add(&g, "first=A", &c, &e), &e);
		is_int(class_groups_add(&g, bad[i].text, &c, &e), -1, bad[i].message);
		is_text(e.text, bad[i].message, "says so");
		class_groups_release(&g);
	}
	classes_release(&c);
}

static int read_text(struct class_groups *g, const char *text, struct err *e)
{
	struct classes c = four();
	int result = class_groups_load(g, scratch_text("x.tsv", text), &c, e);

	classes_release(&c);
	return result;
}

static void test_file(void)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "blasts\tA\n", "x.tsv: line 1: expected the heading: group, classes" },
		{ "group\tclasses\nx\tA\n\ny\tB\tC\n", "x.tsv: line 4: 3 columns, expected 2" },
		{ "group\tclasses\nx\tA\nx\tB\n", "x.tsv: line 3: the group 'x' is given twice" },
		{ "group\tclasses\nx\tE\n", "x.tsv: line 2: group 'x': no class 'E'" },
	};
	struct class_groups g = {0};
	struct err e = {0};

	is_int(read_text(&g, "group\tclasses\r\nx\tA,B\r\n\r\na=b\tC\n", &e), 0, "a file");
	ok(g.count == 2 && g.each[0].member[1] && !g.each[0].member[2], "of two groups");
	is_text(g.each[1].name, "a=b", "a name that an argument cannot have");
	is_int(read_text(&g, "group\tclasses\nx\tD\n", &e), -1, "a name of the other file");
	class_groups_release(&g);
	is_int(read_text(&g, "group\tclasses\n", &e), 0, "a heading alone is no group");
	is_int((long long)g.count, 0, "none");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		is_int(read_text(&g, bad[i].text, &e), -1, bad[i].message);
		is_text(scratch_told(&e), bad[i].message, "says so");
		class_groups_release(&g);
	}
}

static void test_most_classes(void)
{
	struct classes c;
	struct class_groups g = {0};
	struct err e = {0};

	classes_numbered(&c, CLASSES_MAX);
	must(class_groups_add(&g, "last=C255", &c, &e), &e);
	ok(g.each[0].member[255] && !g.each[0].member[254], "the last of 256 classes");
	class_groups_release(&g);
	classes_release(&c);
}

/* The classes of tests/fuzz/fuzz_class_groups.c. */
static int load_corpus(const char *path, struct err *e)
{
	struct classes c = four();
	struct class_groups g = {0};
	int result = class_groups_load(&g, path, &c, e);

	class_groups_release(&g);
	classes_release(&c);
	return result;
}

int main(void)
{
	scratch_begin();
	test_add();
	test_refused();
	test_file();
	test_most_classes();
	corpus_check("class_groups", load_corpus);
	return tap_end();
}
