/* PREDICTIONS.tsv, written and read back, and what is refused. */
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

#include "score/confusion.h"
#include "score/predictions.h"

static struct classes three(void)
{
	struct classes c = {0};
	struct err e;

	classes_parse(&c, "BAS,X,PMO", &e);
	return c;
}

static void test_write(void)
{
	struct classes c = three();
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	predictions_header(f, &c);
	predictions_row(f, &c, "a", 2, (const float[]){ 0.1f, 0.7f, 0.2f });
	predictions_row(f, &c, "tie", 0, (const float[]){ 0, 0.5f, 0.5f });
	predictions_row(f, &c, "t\tn\nr\rb\\", PREDICTIONS_UNKNOWN,
	                (const float[]){ 1, 1e-38f, 0 });
	fclose(f);
	is_text(text,
	        "id\ttrue\tpredicted\tBAS\tX\tPMO\n"
	        "a\tPMO\tX\t0.100000001\t0.699999988\t0.200000003\n"
	        "tie\tBAS\tX\t0\t0.5\t0.5\n"
	        "t\\tn\\nr\\rb\\\\\t-\tBAS\t1\t9.99999935e-39\t0\n",
	        "rows as aml-predictions(5) has them");
	free(text);
	classes_release(&c);
}

/* Awkward floats come back to the bit: nine digits are enough. */
static void test_round_trip(void)
{
	const float p[] = { 0x1.fffffep-1f, 0x1p-149f, 0x1.234568p-7f };
	const char *id = "a b\\n\t\n\\";
	struct classes c = three(), got_classes = {0};
	struct prediction got;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct tsv *t;
	struct err e;

	predictions_header(f, &c);
	predictions_row(f, &c, id, 1, p);
	fclose(f);
	t = tsv_open(scratch_text("x", text), &e);
	tsv_next(t, &e);
	is_int(predictions_begin(t, &got_classes, &e), 0, "the header is read");
	ok(classes_equal(&c, &got_classes), "the classes come back");
	is_int(predictions_next(t, &got_classes, &got, &e), 1, "the row is read");
	is_text(got.id, id, "the id comes back");
	ok(got.actual == 1 && got.predicted == 0, "true and predicted class");
	ok((float)got.p[0] == p[0] && (float)got.p[1] == p[1] && (float)got.p[2] == p[2],
	   "the probabilities come back to the bit");
	is_int(predictions_next(t, &got_classes, &got, &e), 0, "then it ends");
	tsv_close(t);
	free(text);
	classes_release(&c);
	classes_release(&got_classes);
}

static void refused(const char *rows, const char *message)
{
	static const char header[] = "id\ttrue\tpredicted\tA\tB\n";
	char text[1024];
	struct confusion c;
	struct err e = { .text = "no message" };

	snprintf(text, sizeof text, "%s%s", header, rows);
	is_int(confusion_load(&c, scratch_text("x", text), &e), -1, message);
	is_text(scratch_told(&e), message, "its message");
}

static void test_refused(void)
{
	static const char backslash[] =
		"x: line 2: id has a backslash before neither t, n, r nor \\";

	refused("i\tA\tA\t1\n", "x: line 2: 4 columns, expected 5");
	refused("i\tA\tA\t1\t0\t0\n", "x: line 2: 6 columns, expected 5");
	refused("i\tA\tA\t1\t0\n\n", "x: line 3: 1 columns, expected 5");
	refused("i\tC\tA\t1\t0\n", "x: line 2: true class 'C' is not in the header");
	refused("i\tA\t-\t1\t0\n", "x: line 2: predicted class '-' is not in the header");
	refused("i\tA\tA\tnan\t0\n", "x: line 2: A: 'nan' is not a probability");
	refused("i\tA\tA\t1\t-0.5\n", "x: line 2: B: '-0.5' is not a probability");
	refused("i\tA\tA\t1\t1.5\n", "x: line 2: B: '1.5' is not a probability");
	refused("i\tA\tA\t1\t\n", "x: line 2: B: '' is not a probability");
	refused("i\tA\tA\t1\t0 \n", "x: line 2: B: '0 ' is not a probability");
	refused("i\\x\tA\tA\t1\t0\n", backslash);
	refused("i\\\tA\tA\t1\t0\n", backslash);
}

static int read_predictions(const char *path, struct err *e)
{
	struct confusion c = {0};
	int result = confusion_load(&c, path, e);

	confusion_release(&c);
	return result;
}

int main(void)
{
	scratch_begin();
	test_write();
	test_round_trip();
	test_refused();
	corpus_check("predictions", read_predictions);
	return tap_end();
}
