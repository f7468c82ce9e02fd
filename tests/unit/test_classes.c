/* Class lists, and classes.tsv there and back. */
#include "data/classes.h"

#include <stdlib.h>

#include "base/mem.h"
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static void test_default(void)
{
	struct classes c;
	char *codes;

	classes_default(&c);
	codes = classes_codes(&c);
	is_text(codes, "BAS,EBO,EOS,KSC,LYA,LYT,MMZ,MOB,MON,MYB,MYO,NGB,NGS,PMB,PMO",
	        "the 15 codes");
	is_text(c.entry[13].name, "promyelocyte (bilobled)", "name of PMB");
	is_int(classes_find(&c, "NGS"), 12, "index of NGS");
	is_int(classes_find(&c, "ngs"), -1, "codes are case-sensitive");
	free(codes);
	classes_release(&c);
	classes_release(&c);
	ok(c.count == 0 && !c.entry, "released twice");
}

static void test_parse(void)
{
	static const struct {
		const char *list, *message;
	} bad[] = {
		{ "", "empty code" },
		{ "A,,B", "empty code" },
		{ "A,B,", "empty code" },
		{ "A,B,A", "'A' occurs twice" },
		{ "A/B", "slash" },
		{ "A\tB", "control character" },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF", "longer than 31 bytes" },
	};
	struct classes c = {0};
	struct err e;

	is_int(classes_parse(&c, "NGS,BAS,own kind", &e), 0, "three codes");
	is_int(c.count, 3, "count");
	is_text(c.entry[0].name, "neutrophil (segmented)", "a known code gets its name");
	is_text(c.entry[2].name, "own kind", "another has its code for a name");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		e.text[0] = '\0';
		ok(classes_parse(&c, bad[i].list, &e) == -1 &&
		           strstr(e.text, bad[i].message),
		   "'%s': %s (%s)", bad[i].list, bad[i].message, e.text);
	}
	is_int(c.count, 3, "a failure leaves the list as it was");
	classes_release(&c);
}

static void test_many(void)
{
	char list[8 * (CLASSES_MAX + 1)], *end = list;
	struct classes c = {0};
	struct err e;

	for (int i = 0; i < CLASSES_MAX; i++)
		end += sprintf(end, "%sC%d", i ? "," : "", i);
	is_int(classes_parse(&c, list, &e), 0, "as many classes as there may be");
	classes_release(&c);
	strcpy(end, ",X");
	ok(classes_parse(&c, list, &e) == -1 && strstr(e.text, "more than 256"),
	   "one too many: %s", e.text);
}

static void test_equal(void)
{
	struct classes a, b, c;
	struct err e;

	classes_parse(&a, "A,B", &e);
	classes_parse(&b, "B,A", &e);
	classes_copy(&c, &a);
	ok(classes_equal(&a, &c), "a copy is equal");
	ok(!classes_equal(&a, &b), "another order is not");
	classes_release(&c);
	classes_parse(&c, "A", &e);
	ok(!classes_equal(&a, &c), "a shorter list is not");
	classes_release(&a);
	classes_release(&b);
	classes_release(&c);
	classes_numbered(&a, 3);
	is_text(a.entry[2].code, "C2", "numbered classes");
	classes_release(&a);
}

static void test_expect(void)
{
	struct classes a, b;
	struct err e = {0};

	classes_parse(&a, "A,B", &e);
	classes_parse(&b, "B,A,C", &e);
	is_int(classes_expect(&a, &a, &e), 0, "equal ones are expected");
	is_text(e.text, "", "nothing to say");
	is_int(classes_expect(&a, &b, &e), -1, "others are not");
	is_text(e.text, "its classes are B,A,C, expected A,B", "both are told");
	classes_release(&a);
	classes_release(&b);
}

static void test_save(void)
{
	const char *path = scratch_path("saved.tsv");
	struct classes c, back = {0};
	struct err e;

	classes_parse(&c, "X,BAS", &e);
	strcpy(c.entry[0].name, "a name with blanks");
	is_int(classes_save(&c, path, &e), 0, "saved");
	is_int(classes_load(&back, path, &e), 0, "loaded");
	ok(classes_equal(&c, &back), "the same codes");
	is_text(back.entry[0].name, "a name with blanks", "the same name");
	classes_release(&c);
	classes_release(&back);
}

static void test_load(void)
{
	static const struct {
		const char *text, *message;     /* NULL: good */
		int count;
	} cases[] = {
		{ "index\tcode\tname\n0\tA\tx\n1\tB\ty\n", NULL, 2 },
		{ "0\tA\tx\n1\tB\n", NULL, 2 },
		{ "index\tcode\tname\r\n0\tA\tx\r\n\r\n", NULL, 1 },
		{ "0\tA\tx", NULL, 1 },
		{ "", "no classes", 0 },
		{ "index\tcode\tname\n", "no classes", 0 },
		{ "1\tA\tx\n", "line 1: expected index 0", 0 },
		{ "0\tA\tx\n0\tB\tx\n", "line 2: expected index 1", 0 },
		{ "0 A x\n", "line 1: expected index 0", 0 },
		{ "0\n", "line 1: expected index 0", 0 },
		{ "0\tA\tx\n1\tA\tx\n", "line 2: class code 'A' occurs twice", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct classes c = {0};
		struct err e = {0};
		const char *path = scratch_text("classes.tsv", cases[i].text);
		int result = classes_load(&c, path, &e);

		if (cases[i].message)
			ok(result == -1 && strstr(e.text, cases[i].message) &&
			           !strncmp(e.text, path, strlen(path)),
			   "case %zu: %s (%s)", i, cases[i].message, e.text);
		else
			ok(result == 0 && c.count == cases[i].count,
			   "case %zu: %d classes %s", i, c.count, e.text);
		classes_release(&c);
	}
}

static void test_missing(void)
{
	const char *path = scratch_path("missing.tsv");
	struct classes c = {0};
	struct err e = {0};

	ok(classes_load(&c, path, &e) == -1 && strstr(e.text, "No such file"),
	   "a missing file: %s", e.text);
	ok(!strstr(e.text + 1, path), "named once, in front");
}

static void test_rename(void)
{
	struct classes c = {0};
	struct err e = {0};
	const char *path = scratch_text("classes.tsv",
	                                "0\tB\tsecond\n1\tA\tfirst\n2\tC\tthird\n");

	classes_parse(&c, "A,B", &e);
	is_int(classes_rename(&c, path, &e), 0, "names from a file");
	ok(c.count == 2 && !strcmp(c.entry[0].code, "A") && !strcmp(c.entry[0].name, "first") &&
	   !strcmp(c.entry[1].name, "second"), "found by their codes, in their order");
	classes_release(&c);
	classes_parse(&c, "A,D", &e);
	ok(classes_rename(&c, path, &e) == -1 && strstr(e.text, "has no class 'D'") &&
	   !strncmp(e.text, path, strlen(path)), "a code that is not there: %s", e.text);
	classes_release(&c);
}

static int read_file(const char *path, struct err *e)
{
	struct classes c = {0};
	int result = classes_load(&c, path, e);

	classes_release(&c);
	return result;
}

int main(void)
{
	scratch_begin();
	test_default();
	test_parse();
	test_many();
	test_equal();
	test_expect();
	test_save();
	test_load();
	test_missing();
	test_rename();
	corpus_check("classes", read_file);
	return tap_end();
}
