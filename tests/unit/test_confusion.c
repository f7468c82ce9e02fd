/* Counting, adding and the text of confusion matrices. */
#include "scratch.h"
#include "tap.h"

#include "score/confusion.h"

static int read_text(struct confusion *c, const char *text, struct err *e)
{
	return confusion_load(c, scratch_text("x.tsv", text), e);
}

static const char counts[] = "true\\predicted\tA\tB\nA\t3\t1\nB\t0\t70000000000\n";
static const char predictions[] =
	"id\ttrue\tpredicted\tA\tB\n"
	"x\tA\tA\t0.75\t0.25\n"
	"y\tA\tB\t0.25\t0.75\n"
	"z\tB\tB\t0.5\t0.5\n";

static void test_read(void)
{
	struct confusion c = {0};
	struct err e;

	is_int(read_text(&c, counts, &e), 0, "a count table is read");
	is_int(*confusion_at(&c, 0, 1), 1, "row A, column B");
	is_int(*confusion_at(&c, 1, 1), 70000000000, "a count of more than 32 bits");
	is_int(confusion_row_sum(&c, 0), 4, "sum of a row");
	is_int(confusion_column_sum(&c, 1), 70000000001, "sum of a column");
	is_int(confusion_total(&c), 70000000004, "sum of all");
	is_int(confusion_correct(&c), 70000000003, "sum of the diagonal");
	confusion_release(&c);
	is_int(read_text(&c, predictions, &e), 0, "predictions are counted");
	is_int(*confusion_at(&c, 0, 0), 1, "A taken for A");
	is_int(*confusion_at(&c, 0, 1), 1, "A taken for B");
	is_int(*confusion_at(&c, 1, 0), 0, "B taken for A");
	is_int(*confusion_at(&c, 1, 1), 1, "B taken for B");
	confusion_release(&c);
	confusion_release(&c);
}

static void test_write(void)
{
	struct confusion c = {0};
	struct err e;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	read_text(&c, counts, &e);
	confusion_write(&c, f);
	fclose(f);
	is_text(text, counts, "a table is written as it was read");
	free(text);
	confusion_release(&c);
}

static void test_add(void)
{
	struct confusion a = {0}, b = {0}, other = {0};
	struct err e;

	read_text(&a, counts, &e);
	read_text(&b, predictions, &e);
	is_int(confusion_add(&a, &b, &e), 0, "counts and predictions add up");
	is_int(*confusion_at(&a, 0, 0), 4, "cell by cell");
	read_text(&other, "true\\predicted\tB\tA\nB\t1\t2\nA\t3\t4\n", &e);
	is_int(confusion_add(&a, &other, &e), -1, "another order of classes is refused");
	is_text(e.text, "its classes are B,A, expected A,B", "and named");
	*confusion_at(&b, 0, 0) = CONFUSION_CELL_MAX - 3;
	is_int(confusion_add(&a, &b, &e), -1, "a sum that overflows is refused");
	is_int(*confusion_at(&a, 0, 0), 4, "and leaves the counts alone");
	*confusion_at(&b, 0, 0) = CONFUSION_CELL_MAX - 4;
	is_int(confusion_add(&a, &b, &e), 0, "the largest sum is not");
	confusion_release(&a);
	confusion_release(&b);
	confusion_release(&other);
}

static void refused(const char *text, const char *message)
{
	struct confusion c = {0};
	struct err e = { .text = "no message" };

	is_int(read_text(&c, text, &e), -1, message);
	is_text(scratch_told(&e), message, "its message");
	ok(!c.counts, "nothing is left of it");
}

static void test_refused(void)
{
	refused("\n", "x.tsv: line 1: expected a header: id, true, predicted, CLASS...");
	refused("true\\predicted\n", "x.tsv: line 1: names no classes");
	refused("true\\predicted\tA\tA\n", "x.tsv: line 1: class code 'A' occurs twice");
	refused("true\\predicted\tA\t-\n", "x.tsv: line 1: '-' is not a class code");
	refused("true\\predicted\tA\tB,C\n", "x.tsv: line 1: class code 'B,C' has a comma");
	refused("true\\predicted\tA\tB\nA\t1\t2\n", "x.tsv: ends after 1 rows, expected 2");
	refused("true\\predicted\tA\nA\t1\nA\t1\n", "x.tsv: line 3: more rows than classes");
	refused("true\\predicted\tA\nA\t1",
	        "x.tsv: line 2: ends without a newline: the file is cut off");
	refused("true\\predicted\tA\nA\t1\t2\n", "x.tsv: line 2: 3 columns, expected 2");
	refused("true\\predicted\tA\nB\t1\n", "x.tsv: line 2: row of class 'B', expected 'A'");
	refused("true\\predicted\tA\nA\t-1\n", "x.tsv: line 2: '-1' is not a count");
	refused("true\\predicted\tA\nA\t+1\n", "x.tsv: line 2: '+1' is not a count");
	refused("true\\predicted\tA\nA\t1.5\n", "x.tsv: line 2: '1.5' is not a count");
	refused("true\\predicted\tA\nA\t\n", "x.tsv: line 2: '' is not a count");
	refused("true\\predicted\tA\nA\t35184372088833\n",
	        "x.tsv: line 2: count 35184372088833 is more than 35184372088832");
	refused("true\\predicted\tA\nA\t99999999999999999999\n",
	        "x.tsv: line 2: count 99999999999999999999 is more than 35184372088832");
	refused("id\ttrue\tpredicted\tA\nx\t-\tA\t1\n",
	        "x.tsv: line 2: the true class is unknown ('-')");
}

int main(void)
{
	scratch_begin();
	test_read();
	test_write();
	test_add();
	test_refused();
	return tap_end();
}
