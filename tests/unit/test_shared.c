/* Shared tables: written and read back to the bit, and what is refused. */
#include "corpus.h"
#include "made_cases.h"
#include "scratch.h"
#include "tap.h"

#include "score/shared.h"

static const char *const group_text[] = { "low=C0,C1", "a name, with=C2" };

static char *text_of(const struct tally *t)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	shared_write(t, f);
	xmemclose(f);
	return text;
}

static int read_file(struct tally *t, const char *path, struct err *e)
{
	struct tsv *tsv = tsv_open(path, e);
	int result = tsv ? tsv_first(tsv, e) : -1;

	if (result == 0)
		result = shared_read(t, tsv, e);
	tsv_close(tsv);
	return result;
}

static int read_text(struct tally *t, const char *text, struct err *e)
{
	return read_file(t, scratch_text("x.tsv", text), e);
}

static void make(struct tally *t, size_t n)
{
	struct cases c;
	struct class_groups g;

	made_cases(&c, 5, n, 3, 3);
	g = made_groups(&c, group_text, 2);
	tally_init(t, &c.classes, &g);
	tally_count(t, &c);
	class_groups_release(&g);
	cases_release(&c);
}

static void test_round_trip(int least)
{
	struct tally t, back = {0};
	struct err e = {0};
	char *text, *again;

	make(&t, 500);
	if (least)
		tally_suppress(&t, least, 1);
	text = text_of(&t);
	is_int(read_text(&back, text, &e), 0, "what was written is read");
	again = text_of(&back);
	ok(!strcmp(text, again), "and written again the same");
	ok(!memcmp(t.scores, back.scores, 7 * sizeof *t.scores) &&
	           !memcmp(&t.confidence, &back.confidence, sizeof t.confidence),
	   "scores");
	ok(!memcmp(t.confusion.counts, back.confusion.counts, 25 * sizeof(int64_t)), "counts");
	ok(!memcmp(&t.calibration, &back.calibration, sizeof t.calibration), "calibration");
	ok(!memcmp(&t.log_loss, &back.log_loss, sizeof t.log_loss) &&
	           !memcmp(&t.brier, &back.brier, sizeof t.brier) && t.top2 == back.top2 &&
	           t.images == back.images,
	   "sums to the bit");
	ok(class_groups_expect(&t.groups, &back.groups, &e) == 0, "groups");
	free(text);
	free(again);
	tally_release(&t);
	tally_release(&back);
}

static void test_text(void)
{
	static const char want[] =
		"aml-shared\t1\nclasses\tA\tB\ngroup\tthe first\tA\nimages\t1\ntop2\t1\n"
		"log_loss\t0.69314718055994529\t0.48045301391820139\nbrier\t0.5\t0.25\n"
		"count\tA\t1\t0\ncount\tB\t0\t0\n";
	uint16_t class[] = { 0 };
	double p[] = { .5, .5 };
	struct cases c = { .count = 1, .actual = class, .predicted = class, .p = p };
	struct class_groups g = {0};
	struct tally t;
	struct err e;
	char *text;

	must(classes_parse(&c.classes, "A,B", &e), &e);
	must(class_groups_add(&g, "the first=A", &c.classes, &e), &e);
	tally_init(&t, &c.classes, &g);
	tally_count(&t, &c);
	text = text_of(&t);
	ok(!strncmp(text, want, sizeof want - 1), "the head, as aml-shared(5) has it");
	ok(strstr(text, "\ncalibration\t7\t1\t1\t0.5\t0.25\n") != NULL, "a bin of calibration");
	ok(strstr(text, "\nconfidence\t-\t0\t1\t0\n") != NULL, "right answers by confidence");
	ok(strstr(text, "\nclass_score\tB\t0\t0\t1\n") != NULL, "a class's scores");
	ok(strstr(text, "\ngroup_score\tthe first\t0\t1\t0\n") != NULL, "a group's scores");
	free(text);
	tally_release(&t);
	class_groups_release(&g);
	classes_release(&c.classes);
}

/* Another image, another key. */
static void test_key(void)
{
	struct tally a, b;

	make(&a, 100);
	make(&b, 100);
	ok(shared_key(&a) == shared_key(&b), "the same table, the same key");
	b.brier.sum *= 1 + 1e-15;
	ok(shared_key(&a) != shared_key(&b), "a digit more, another key");
	tally_release(&a);
	tally_release(&b);
}

static const char head[] = "aml-shared\t1\nclasses\tA\tB\n", counted[] = "images\t2\ntop2\t2\n",
                  sums[] = "log_loss\t1\t1\nbrier\t1\t1\n",
                  matrix[] = "count\tA\t1\t0\ncount\tB\t0\t1\n";

static char *table(const char *h, const char *n, const char *s, const char *m, const char *rest)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	fprintf(f, "%s%s%s%s", h, n, s, m);
	for (int i = 0; i < CALIBRATION_BINS; i++)
		fprintf(f, "calibration\t%d\t0\t0\t0\t0\n", i);
	fprintf(f, "%send\n", rest);
	xmemclose(f);
	return text;
}

/* "x.tsv: line ..." in front, and nowhere else. */
static bool is_placed_once(const struct err *e)
{
	const char *told = scratch_told(e), *again = strstr(told + 1, "x.tsv");

	return !strncmp(told, "x.tsv: line ", 12) && !again;
}

static void test_refused(void)
{
	static const struct {
		const char *head, *counted, *sums, *matrix, *rest, *message;
	} bad[] = {
		{ "aml-shared\t2\n", "", "", "", "", "line 1: version 2, expected 1" },
		{ "aml-shared\n", "", "", "", "", "line 1: 1 columns, expected 2" },
		{ "aml-shared\t1\nA\tB\n", "", "", "", "",
		  "line 2: expected 'classes', found 'A'" },
		{ head, "top2\t2\n", "", "", "", "line 3: expected 'images', found 'top2'" },
		{ head, "images\t-1\n", "", "", "", "line 3: '-1' is not a count" },
		{ head, "images\t1\ntop2\t2\n", "log_loss\t1\t1\nbrier\t1\t1\n", matrix, "",
		  "counts other images than the 1 it says to have" },
		{ head, counted, "log_loss\t1\tnan\n", "", "", "'nan' is not a number" },
		{ head, counted, "log_loss\t80\t1\n", "", "", "no sums of 2 images" },
		{ head, counted, "log_loss\t1\t1\nbrier\t1\t-1\n", "", "", "no sums of 2 images" },
		{ head, counted, sums, "count\tB\t1\t0\n", "", "row of class 'B', expected 'A'" },
		{ head, counted, sums, "count\tA\t1\n", "", "3 columns, expected 4" },
		{ head, counted, sums, matrix, "what\t-\t0\t1\t0\n", "expected a score" },
		{ head, counted, sums, matrix, "class_score\tC\t0\t1\t0\n", "expected a score" },
		{ head, counted, sums, matrix, "group_score\tA\t0\t1\t0\n", "expected a score" },
		{ head, counted, sums, matrix, "class_score\tA\t5120\t1\t0\n", "'5120' is no bin" },
		{ head, counted, sums, matrix, "class_score\tA\t-5121\t1\t0\n",
		  "'-5121' is no bin" },
		{ head, counted, sums, matrix, "class_score\tA\t9223372036854775807\t1\t0\n",
		  "'9223372036854775807' is no bin" },
		{ head, counted, sums, matrix, "class_score\tA\t1x\t1\t0\n", "'1x' is no bin" },
		{ head, counted, sums, matrix,
		  "class_score\tA\t1\t1\t0\nclass_score\tA\t1\t0\t1\n", "bin 1 is given twice" },
		{ head, counted, sums, matrix, "class_score\tA\t1\t1\t0\n",
		  "has scores of 1 images, expected 2" },
		{ head, counted, sums, matrix, "confidence\tA\t1\t1\t1\n", "expected a score" },
		{ head, counted, sums, matrix, "end\n", "line 25: more lines behind 'end'" },
		{ head, counted, sums, matrix, "end\tA\n", "line 24: 2 columns, expected 1" },
		{ head, counted, sums, matrix, "confidence\t-\t1\t1\t3\n",
		  "has scores of 4 images, expected 2" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *text = table(bad[i].head, bad[i].counted, bad[i].sums, bad[i].matrix,
		                   bad[i].rest);
		struct tally t = {0};
		struct err e = {0};

		ok(read_text(&t, text, &e) == -1 && is_placed_once(&e) &&
		           strstr(e.text, bad[i].message),
		   "refused: %s", e.text);
		ok(!t.scores, "and nothing is left");
		free(text);
	}
}

/* Behind every line but the last: what is lost there could be taken for kept back. */
static void test_cut_off(void)
{
	struct tally t, back = {0};
	char *text;
	int lines = 0, wrong = 0;

	make(&t, 30);
	text = text_of(&t);
	for (char *end = strchr(text, '\n'); end[1]; end = strchr(end + 1, '\n'), lines++) {
		struct err e = {0};
		char next = end[1];

		end[1] = '\0';
		wrong += read_text(&back, text, &e) != -1 || !is_placed_once(&e) ||
		         !strstr(e.text, "ends too early");
		end[1] = next;
	}
	ok(lines > 50 && wrong == 0, "cut behind one of %d lines: %d not refused", lines, wrong);
	free(text);
	tally_release(&t);
}

/* What the table's reader cannot read at all. */
static void test_unreadable(void)
{
	static char text[1 << 17];
	struct tally t = {0};
	struct err e = {0};
	size_t n = (size_t)snprintf(text, sizeof text, "%simages\t2\n", head);

	memset(text + n, 'x', 1 << 16);
	is_int(read_text(&t, text, &e), -1, "a line without end");
	is_text(scratch_told(&e), "x.tsv: line 4: longer than 65535 bytes", "told with its place");
}

static int load_corpus(const char *path, struct err *e)
{
	struct tally t = {0};
	int result = read_file(&t, path, e);

	tally_release(&t);
	return result;
}

int main(void)
{
	scratch_begin();
	test_round_trip(0);
	test_round_trip(7);
	test_text();
	test_key();
	test_refused();
	test_cut_off();
	test_unreadable();
	corpus_check("shared", load_corpus);
	return tap_end();
}
