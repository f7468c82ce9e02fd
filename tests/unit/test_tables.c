/* Predictions and shared tables together. */
#include "scratch.h"
#include "figures.h"

#include "score/shared.h"

#define HEAD "id\ttrue\tpredicted\tA\tB\tC\n"
static const char first[] = HEAD "1\tA\tA\t.75\t.25\t0\n2\tB\tA\t.5\t.25\t.25\n",
                  second[] = HEAD "1\tC\tC\t0\t.25\t.75\n3\tA\tA\t.5\t.5\t0\n",
                  other[] = "id\ttrue\tpredicted\tB\tA\n1\tA\tA\t.25\t.75\n";

static const char *put(const char *name, const char *text)
{
	const char *path = scratch_path(name);

	scratch_write(path, text, strlen(text));
	return path;
}

static int load(struct tables *t, const char *a, const char *b, const char *group, struct err *e)
{
	const struct tables_groups groups = { &group, group != NULL, NULL };
	char *paths[] = { (char *)(uintptr_t)a, (char *)(uintptr_t)b, NULL };

	return tables_load(t, paths, &groups, e);
}

/* The table PATH as a shared one, with GROUP. */
static const char *share(const char *name, const char *from, const char *group)
{
	const char *path = scratch_path(name);
	struct tables t;
	struct err e;
	FILE *f = fopen(path, "w");

	must(load(&t, from, NULL, group, &e), &e);
	shared_write(&t.tally, f);
	fclose(f);
	tables_release(&t);
	return path;
}

static bool same_tally(const struct tally *a, const struct tally *b)
{
	size_t n = (size_t)a->confusion.classes.count;

	return a->images == b->images && a->top2 == b->top2 &&
	       !memcmp(a->confusion.counts, b->confusion.counts, n * n * sizeof(int64_t)) &&
	       !memcmp(a->scores, b->scores, (n + a->groups.count) * sizeof *a->scores) &&
	       !memcmp(&a->calibration.bin[11], &b->calibration.bin[11],
	               sizeof a->calibration.bin[11]);
}

static void test_mixed(const char *a, const char *b, const char *group, size_t groups)
{
	const char *shared_a = share("a.shared", a, group), *shared_b = share("b.shared", b, group);
	const char *ways[][2] = { { shared_a, b }, { a, shared_b }, { shared_b, a },
		                  { shared_a, shared_b } };
	struct tables pooled, t;
	struct err e;

	must(load(&pooled, a, b, group, &e), &e);
	ok(tables_cases(&pooled) && tables_cases(&pooled)->count == 4, "all cases are there");
	is_int((long long)pooled.tally.groups.count, (long long)groups, "groups");
	for (int i = 0; i < 4; i++) {
		must(load(&t, ways[i][0], ways[i][1], i % 2 ? group : NULL, &e), &e);
		ok(same_tally(&pooled.tally, &t.tally), "mixed, way %d", i);
		ok(!tables_cases(&t), "not all are cases");
		tables_release(&t);
	}
	tables_release(&pooled);
	tables_release(&pooled);
	ok(!pooled.cases.p && !pooled.tally.scores, "released");
}

/* Exact where there are cases, by bins where there are none. */
static void test_ranks(const char *a)
{
	const char *shared = share("a.shared", a, "two=A,B");
	struct tables t;
	struct rank r;
	struct err e;

	must(load(&t, a, NULL, "two=A,B", &e), &e);
	tables_rank(&t, 3, &r);
	ok(r.count == 2 && r.steps[0].score == 1 && r.steps[1].score == .75, "scores of a group");
	rank_release(&r);
	tables_confidence(&t, &r);
	ok(r.count == 2 && r.steps[0].score == .75 && r.steps[0].positives == 1 &&
	           r.steps[1].negatives == 1,
	   "confidence: right answers are positive");
	rank_release(&r);
	tables_release(&t);
	must(load(&t, shared, NULL, NULL, &e), &e);
	tables_rank(&t, 0, &r);
	ok(r.count == 2 && r.steps[0].score != .75 && fabs(r.steps[0].score - .75) < .001,
	   "by bins, nearly the same");
	rank_release(&r);
	tables_confidence(&t, &r);
	ok(r.count == 2 && r.positives == 1 && r.negatives == 1, "confidence");
	rank_release(&r);
	tables_release(&t);
}

static void refused(const char *a, const char *b, const char *group, const char *message)
{
	struct tables t;
	struct err e = {0};

	ok(load(&t, a, b, group, &e) < 0 && strstr(e.text, message), "refused: %s", e.text);
	ok(!t.cases.p && !t.tally.scores, "and nothing is left");
}

static void test_refused(const char *a, const char *b)
{
	const char *shared = share("a.shared", a, "one=A"), *swapped = put("other.tsv", other);
	const char *shared_other = share("other.shared", swapped, NULL);
	const char *header = put("header.tsv", HEAD);
	const char *odd = put("odd.tsv", "id\ttrue\tpredicted\tA\n");

	refused(a, a, NULL, "a.tsv: the same file as ");
	refused(a, swapped, NULL, "other.tsv: its classes are B,A, expected A,B,C");
	refused(shared, swapped, NULL, "other.tsv: its classes are B,A, expected A,B,C");
	refused(a, shared_other, NULL, "other.shared: its classes are B,A, expected A,B,C");
	refused(shared, shared_other, NULL, "other.shared: ");
	refused(shared, odd, NULL, "odd.tsv: its classes are A, expected A,B,C");
	refused(shared, b, "two=A,B", "has no group 'two'");
	refused(header, NULL, NULL, "header.tsv: no images");
	refused(a, NULL, "two=A,X", "group 'two': no class 'X'");
	refused(a, scratch_path("missing"), NULL, "missing: No such file");
}

int main(void)
{
	const char *a, *b;

	scratch_begin();
	a = put("a.tsv", first);
	b = put("b.tsv", second);
	test_mixed(a, b, NULL, 0);
	test_mixed(a, b, "two=A,B", 1);
	test_ranks(a);
	test_refused(a, b);
	return tap_end();
}
