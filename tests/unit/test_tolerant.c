/* Neighbouring classes that count as right. */
#include "corpus.h"
#include "must.h"
#include "scratch.h"
#include "tap.h"

#include "score/tolerant.h"

static struct classes four(void)
{
	struct classes c = {0};
	struct err e;

	must(classes_parse(&c, "A,B,C,D", &e), &e);
	return c;
}

static int read_text(struct tolerant_pairs *p, const char *text, const struct classes *c,
                     struct err *e)
{
	return tolerant_load(p, scratch_text("x.tsv", text), c, e);
}

static bool is_share(const struct interval *i, int64_t hits, int64_t n)
{
	struct interval want = interval_wilson(hits, n);

	return i->value == want.value && i->low == want.low && i->high == want.high;
}

/* A-B and B-C: A and C are no neighbours. */
static void test_figures(void)
{
	static const int64_t counts[4][4] = {
		{ 10, 1, 2, 3 }, { 4, 20, 5, 6 }, { 7, 8, 30, 9 }, { 0, 0, 0, 0 }
	};
	struct classes c = four();
	struct confusion m;
	struct tolerant_pairs p;
	struct tolerant t;
	struct err e;

	must(read_text(&p, "class\tneighbour\nA\tB\nC\tB\n", &c, &e), &e);
	confusion_init(&m, &c);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			*confusion_at(&m, i, j) = counts[i][j];
	tolerant_init(&t, &m, &p);
	ok(is_share(&t.rows[0].sensitivity, 11, 16), "A taken for A or B");
	ok(is_share(&t.rows[1].sensitivity, 29, 35), "B taken for A, B or C");
	ok(is_share(&t.rows[2].sensitivity, 38, 54), "C taken for B or C");
	ok(interval_is_none(&t.rows[3].sensitivity), "no image of D");
	ok(is_share(&t.rows[0].precision, 14, 21), "taken for A, of A or B");
	ok(is_share(&t.rows[1].precision, 29, 29), "taken for B, of A, B or C");
	ok(is_share(&t.rows[2].precision, 35, 37), "taken for C, of B or C");
	ok(is_share(&t.rows[3].precision, 0, 18), "D has no neighbours");
	ok(is_share(&t.accuracy, 11 + 29 + 38, 105), "accuracy");
	tolerant_release(&t);
	tolerant_pairs_release(&p);
	tolerant_pairs_release(&p);
	ok(!t.rows && !p.near, "released");
	confusion_release(&m);
	classes_release(&c);
}

static void test_no_pairs(void)
{
	struct classes c = four();
	struct tolerant_pairs p;
	struct err e;
	int near = 0;

	must(read_text(&p, "class\tneighbour\n", &c, &e), &e);
	for (int i = 0; i < 16; i++)
		near += p.near[i];
	ok(near == 4 && p.near[0] && p.near[5] && p.near[10] && p.near[15],
	   "without pairs each class is near itself alone");
	tolerant_pairs_release(&p);
	classes_release(&c);
}

static void test_refused(void)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "A\tB\n", "x.tsv: line 1: expected the heading: class, neighbour" },
		{ "class\tneighbour\nA\tE\n", "x.tsv: line 2: no class 'E'" },
		{ "class\tneighbour\n\tB\n", "x.tsv: line 2: no class ''" },
		{ "class\tneighbour\nA\n", "x.tsv: line 2: 1 columns, expected 2" },
		{ "class\tneighbour\nA\tB\n\nB\tA\n",
		  "x.tsv: line 4: B and A are neighbours already" },
		{ "class\tneighbour\nA\tA\n", "x.tsv: line 2: A and A are neighbours already" },
	};
	struct classes c = four();

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct tolerant_pairs p;
		struct err e = {0};

		is_int(read_text(&p, bad[i].text, &c, &e), -1, bad[i].message);
		is_text(scratch_told(&e), bad[i].message, "says so");
		ok(!p.near, "and leaves nothing");
	}
	classes_release(&c);
}

/* The classes of tests/fuzz/fuzz_tolerant.c. */
static int load_corpus(const char *path, struct err *e)
{
	struct classes c = four();
	struct tolerant_pairs p;
	int result = tolerant_load(&p, path, &c, e);

	tolerant_pairs_release(&p);
	classes_release(&c);
	return result;
}

/* The pairs that are installed, for the classes that a network has by itself. */
static void test_shipped(void)
{
	struct classes c;
	struct tolerant_pairs p = {0};
	struct err e = {0};

	classes_default(&c);
	ok(tolerant_load(&p, "examples/clinic/tolerant.tsv", &c, &e) == 0,
	   "examples/clinic/tolerant.tsv %s", e.text);
	if (p.near) {
		int myo = classes_find(&c, "MYO"), pmo = classes_find(&c, "PMO");

		ok(p.near[myo * p.classes + pmo] && p.near[pmo * p.classes + myo],
		   "myeloblast and promyelocyte");
	}
	tolerant_pairs_release(&p);
	classes_release(&c);
}

int main(void)
{
	scratch_begin();
	test_figures();
	test_no_pairs();
	test_refused();
	corpus_check("tolerant", load_corpus);
	test_shipped();
	return tap_end();
}
