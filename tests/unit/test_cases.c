/* Predictions in memory: what is read, in which order, and what is refused. */
#include "cases_text.h"
#include "corpus.h"
#include "must.h"
#include "tap.h"

#include "score/cases.h"

#define HEAD "id\ttrue\tpredicted\tA\tB\n"

static const char head[] = HEAD;

static void test_rows(void)
{
	struct cases c = {0};
	struct err e = {0};
	size_t *order;

	is_int(read_text(&c, HEAD "z\tA\tB\t0.25\t0.75\na\\tb\tB\tB\t0\t1\n", &e), 0,
	       "a file is read");
	is_int((long long)c.count, 2, "two cases");
	is_int(c.actual[0], 0, "the true class");
	is_int(c.predicted[0], 1, "the predicted one");
	is_near(cases_row(&c, 0)[1], .75, 0, "its probability");
	is_near(cases_row(&c, 1)[0], 0, 0, "of the second case");
	is_text(cases_id(&c, 1), "a\tb", "an id as it was before it was written");
	order = cases_by_id(&c);
	ok(order[0] == 1 && order[1] == 0, "in the order of their ids");
	free(order);
	cases_release(&c);
	cases_release(&c);
	ok(!c.p && !c.count && !c.classes.count, "released");
}

/* The header, and for each of N ids a row. */
static char *rows_of(size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fputs(head, f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "image %zu\t%c\tB\t%.3f\t%.3f\n", n - i, i % 3 ? 'A' : 'B',
		        (double)(i % 1000) / 1000, 1 - (double)(i % 1000) / 1000);
	fclose(f);
	return text;
}

/* More cases than are allocated at once keep their places. */
static void test_many(void)
{
	enum { MANY = 5000 };
	char *text = rows_of(MANY), id[32];
	struct cases c = {0};
	struct err e = {0};
	size_t wrong = 0;

	must(read_text(&c, text, &e), &e);
	is_int((long long)c.count, MANY, "many cases");
	for (size_t i = 0; i < c.count; i++) {
		snprintf(id, sizeof id, "image %zu", MANY - i);
		wrong += strcmp(cases_id(&c, i), id) != 0 ||
		         c.actual[i] != (i % 3 ? 0 : 1) || c.predicted[i] != 1 ||
		         fabs(cases_row(&c, i)[0] - (double)(i % 1000) / 1000) > 1e-12;
	}
	is_int((long long)wrong, 0, "each as it was written");
	cases_release(&c);
	free(text);
}

static void test_most_classes(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct cases c = {0};
	struct err e = {0};

	fputs("id\ttrue\tpredicted", f);
	for (int i = 0; i < CLASSES_MAX; i++)
		fprintf(f, "\tC%d", i);
	fputs("\nx\tC255\tC254", f);
	for (int i = 0; i < CLASSES_MAX; i++)
		fputs(i == 254 ? "\t1" : "\t0", f);
	fputc('\n', f);
	fclose(f);
	must(read_text(&c, text, &e), &e);
	ok(c.classes.count == CLASSES_MAX && c.actual[0] == 255 && c.predicted[0] == 254,
	   "256 classes");
	is_near(cases_row(&c, 0)[254], 1, 0, "and their probabilities");
	cases_release(&c);
	free(text);
}

static void test_several_files(void)
{
	struct cases c = {0};
	struct err e = {0};
	size_t *order;

	must(read_text(&c, head, &e), &e);
	is_int((long long)c.count, 0, "a header alone is a file of no cases");
	order = cases_by_id(&c);
	free(order);
	must(read_text(&c, HEAD "b\tA\tA\t1\t0\na\tA\tA\t1\t0\n", &e), &e);
	is_int(read_text(&c, HEAD "a\tB\tA\t1\t0\n", &e), 0,
	       "an id of two files is two cases");
	order = cases_by_id(&c);
	ok(c.count == 3 && order[0] == 1 && order[1] == 2 && order[2] == 0,
	   "one beside the other, in the order of the files");
	free(order);
	is_int(read_text(&c, "id\ttrue\tpredicted\tB\tA\n", &e), -1, "other classes");
	is_text(scratch_told(&e), "x.tsv: its classes are B,A, expected A,B", "are refused");
	cases_release(&c);
}

static void test_refused(void)
{
	static const struct {
		const char *rows, *message;
	} bad[] = {
		{ "x\tA\tA\t1\t0\ny\tA\tA\t1\t0\nx\tA\tA\t1\t0\n", "x.tsv: has the id 'x' twice" },
		{ "x\t-\tA\t1\t0\n", "x.tsv: line 2: the true class is unknown ('-')" },
		{ "x\tA\tA\t0.98\t0\n",
		  "x.tsv: line 2: the probabilities add up to 0.98, not to 1" },
		{ "x\tA\tA\t0.52\t0.5\n",
		  "x.tsv: line 2: the probabilities add up to 1.02, not to 1" },
		{ "x\tA\tA\t0\t0\n", "x.tsv: line 2: the probabilities add up to 0, not to 1" },
		{ "x\tA\tC\t1\t0\n", "x.tsv: line 2: predicted class 'C' is not in the header" },
		{ "x\tA\tA\t1\n", "x.tsv: line 2: 4 columns, expected 5" },
	};
	char text[256];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cases c = {0};
		struct err e = {0};

		snprintf(text, sizeof text, "%s%s", head, bad[i].rows);
		is_int(read_text(&c, text, &e), -1, bad[i].message);
		is_text(scratch_told(&e), bad[i].message, "says so");
		cases_release(&c);
	}
}

static void test_sums(void)
{
	static const char *const good[] = { "0.992\t0", "0.5\t0.5", "0.504\t0.504" };
	char text[256];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct cases c = {0};
		struct err e = {0};

		snprintf(text, sizeof text, "%sx\tA\tA\t%s\n", head, good[i]);
		ok(read_text(&c, text, &e) == 0, "rounded probabilities: %s %s", good[i], e.text);
		cases_release(&c);
	}
}

static int load_patients(const struct cases *c, const char *text, struct id_groups *g,
                         struct err *e)
{
	return cases_patients(c, g, scratch_text("patients.tsv", text), e);
}

static void test_patients(void)
{
	struct cases c = {0};
	struct id_groups g = {0};
	struct err e = {0};

	must(read_text(&c, HEAD "z\tA\tA\t1\t0\nb\tA\tA\t1\t0\na\tB\tB\t0\t1\n", &e), &e);
	must(read_text(&c, HEAD "b\tB\tA\t1\t0\n", &e), &e);
	is_int(load_patients(&c, "a\tsecond\nb\tfirst\nz\tsecond\n", &g, &e), 0, "patients");
	is_int((long long)g.count, 2, "two of them");
	is_text(g.name[g.of[0]], "second", "of z");
	is_text(g.name[g.of[1]], "first", "of b");
	is_text(g.name[g.of[2]], "second", "of a");
	is_text(g.name[g.of[3]], "first", "of b in the other file");
	id_groups_release(&g);
	is_int(load_patients(&c, "a\tsecond\nb\tfirst\n", &g, &e), -1, "an id without a patient");
	ok(strstr(e.text, "no group for 'z'") != NULL, "says so: %s", e.text);
	is_int(load_patients(&c, "a\tp\nb\tp\nz\tp\nb\tq\n", &g, &e), -1, "an id with two");
	ok(strstr(e.text, "'b' occurs twice") != NULL, "says so: %s", e.text);
	is_int(cases_patients(&c, &g, "/nonexistent/patients.tsv", &e), -1, "no such file");
	cases_release(&c);
}

static int load_corpus(const char *path, struct err *e)
{
	struct cases c = {0};
	int result = cases_load(&c, path, e);

	cases_release(&c);
	return result;
}

int main(void)
{
	scratch_begin();
	test_rows();
	test_many();
	test_most_classes();
	test_several_files();
	test_refused();
	test_sums();
	test_patients();
	corpus_check("cases", load_corpus);
	return tap_end();
}
