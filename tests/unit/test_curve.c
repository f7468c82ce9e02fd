/* Learning curves: what is drawn. */
#include "drawn.h"
#include "read_log.h"
#include "tap.h"

#include "figure/curve.h"

/* Counts the paths of a colour, dashed or whole. */
static int paths(const struct drawing *d, struct color c, bool dashed)
{
	int count = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct shape *s = &d->shapes[i];

		if (s->type != DRAW_PATH || s->count <= 2 || (s->pen.dash > 0) != dashed)
			continue;
		count += !memcmp(&s->pen.color, &c, sizeof c);
	}
	return count;
}

static void test_figure(void)
{
	static const struct color first = { 0x00, 0x72, 0xb2 }, second = { 0xd5, 0x5e, 0x00 };
	static const char whole[] = "1\t3\t.1\t4\t.2\n2\t2\t.3\t2.5\t.4\n3\t1\t.5\t2.5\t.3\n";
	static const char broken[] = "1\t3\t.1\t-\t-\n2\t2\t.3\t-\t-\n3\t1\t.5\t-\t-\n"
	                             "4\tnan\t.6\t-\t-\n5\t1\t.7\t-\t-\n";
	static const char long_name[] =
		"a name that is so long that the picture has to be wider than two panels "
		"are, for once, if nothing of it is to be lost, and this is what it is for";
	struct curve curves[] = {
		{ "one clinic", read_log(whole) },
		{ long_name, read_log(broken) },
	};
	const struct curve_style both = { CURVE_BOTH, "epoch", false },
	                         accuracy = { CURVE_ACCURACY, "epoch", false };
	struct drawing d;
	double width;

	curve_figure(&d, curves, 2, &both, "Curves");
	ok(all_drawn_inside(&d), "all text lies in the picture");
	is_int(paths(&d, first, true), 2, "training, dashed, on both panels");
	is_int(paths(&d, first, false), 2, "validation, whole");
	is_int(paths(&d, second, true), 2, "a curve without validation");
	is_int(paths(&d, second, false), 0, "has no second line");
	ok(d.shapes[d.count - 1].pen.width < d.shapes[d.count - 2].pen.width
	   && d.shapes[d.count - 1].pen.color.r == 255, "the ring of the best epoch lies on top");
	draw_release(&d);
	curve_figure(&d, curves, 1, &accuracy, "Curves");
	is_int(paths(&d, first, false), 1, "one panel");
	width = d.width;
	draw_release(&d);
	curve_figure(&d, curves, 1, &both, "Curves");
	ok(d.width > 1.8 * width, "two panels are twice as wide");
	draw_release(&d);
	learning_release(&curves[0].log);
	learning_release(&curves[1].log);
}

/* Does the drawing have this text? */
static bool says(const struct drawing *d, const char *text)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->shapes[i].text && !strcmp(d->shapes[i].text, text))
			return true;
	return false;
}

/* The legend names what is there, and an axis from 0 begins there. */
static void test_style(void)
{
	static const char valid[] = "1\t-\t-\t-\t.5\n2\t-\t-\t-\t.55\n";
	static const char train[] = "1\t3\t.5\t-\t-\n2\t2\t.55\t-\t-\n";
	const struct curve_style plain = { CURVE_ACCURACY, "epoch", false },
	                         rounds = { CURVE_ACCURACY, "round", true };
	struct curve curves[] = { { "a", read_log(valid) }, { "b", read_log(train) } };
	struct drawing d;

	curve_figure(&d, curves, 2, &plain, "Curves");
	ok(says(&d, "training") && says(&d, "validation") && says(&d, "best epoch") &&
	           says(&d, "epoch"),
	   "all kinds of lines");
	ok(!says(&d, "0.00") && !says(&d, "0.0"), "an axis that does not begin at 0");
	draw_release(&d);
	curve_figure(&d, curves, 1, &rounds, "Curves");
	ok(!says(&d, "training") && says(&d, "validation"), "no training, no entry for it");
	ok(says(&d, "best round") && says(&d, "round") && !says(&d, "epoch"), "rounds");
	ok(says(&d, "0.0"), "an axis from 0");
	draw_release(&d);
	curve_figure(&d, curves + 1, 1, &plain, "Curves");
	ok(says(&d, "training") && !says(&d, "validation") && !says(&d, "best epoch"),
	   "no validation, no entry for it");
	draw_release(&d);
	learning_release(&curves[0].log);
	learning_release(&curves[1].log);
}

int main(void)
{
	scratch_begin();
	test_figure();
	test_style();
	return tap_end();
}
