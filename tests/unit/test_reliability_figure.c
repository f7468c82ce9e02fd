/* Reliability diagrams: what is drawn, and that it fits. */
#include "drawn_text.h"
#include "tap.h"

#include "figure/reliability_figure.h"

/* A bin of N images, K of them right, whose mean probability is its middle. */
static void set(struct calibration *c, int bin, int64_t n, int64_t k)
{
	c->bin[bin] = (struct calibration_bin){
		.count = n, .correct = k, .sum = (double)n * (bin + .5) / CALIBRATION_BINS,
	};
}

/* Dots (lines of no length) and rectangles in a drawing. */
static int count(const struct drawing *d, enum shape_type type)
{
	int n = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct shape *s = &d->shapes[i];

		if (s->type == type)
			n += type == DRAW_RECT || (s->points[0].x == s->points[1].x &&
			                           s->points[0].y == s->points[1].y);
	}
	return n;
}

static const struct shape *find(const struct drawing *d, enum shape_type type, int number)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->shapes[i].type == type && number-- == 0)
			return &d->shapes[i];
	return NULL;
}

static void test_contents(void)
{
	struct reliability_panel panels[] = { { .name = "before" }, { .name = "after" } };
	const struct shape *low, *high;
	struct drawing d;

	set(&panels[0].calibration, 4, 50, 10);
	set(&panels[0].calibration, 14, 200, 199);
	set(&panels[1].calibration, 7, 1, 0);
	reliability_figure(&d, panels, 2, "Reliability");
	is_int(count(&d, DRAW_PATH), 3, "a dot for each bin with images");
	is_int(count(&d, DRAW_RECT), 3, "and a bar");
	is_int(times_drawn(&d, "ECE 0.0427"), 1,
	       "the calibration error, (|10 - 15| + |199 - 193.33|) / 250");
	is_int(times_drawn(&d, "before"), 1, "the name of a panel");
	is_int(times_drawn(&d, "200"), 1, "the images of the fullest bin");
	is_int(times_drawn(&d, "50"), 0, "and of no other");
	is_int(texts_outside(&d), 0, "no text leaves the picture");
	is_int(texts_that_overlap(&d), 0, "no text lies over another");
	low = find(&d, DRAW_RECT, 0);
	high = find(&d, DRAW_RECT, 1);
	is_near(low->size.y * 4, high->size.y, 1e-9, "bars as high as their counts");
	is_near(low->at.y + low->size.y, high->at.y + high->size.y, 1e-9, "from one line up");
	draw_release(&d);
}

/* The middle bin, half of it right, lies on the middle of the diagonal. */
static void test_places(void)
{
	struct reliability_panel panel = { .name = "now" };
	const struct shape *line = NULL, *dot = NULL;
	struct drawing d;

	set(&panel.calibration, 7, 1000000, 500000);
	reliability_figure(&d, &panel, 1, "");
	for (size_t i = 0; i < d.count; i++) {
		if (d.shapes[i].type != DRAW_PATH)
			continue;
		if (d.shapes[i].pen.dash > 0)
			line = &d.shapes[i];
		if (d.shapes[i].points[0].x == d.shapes[i].points[1].x &&
		    d.shapes[i].points[0].y == d.shapes[i].points[1].y)
			dot = &d.shapes[i];
	}
	is_near(dot->points[0].x, (line->points[0].x + line->points[1].x) / 2, 1e-6, "right");
	is_near(dot->points[0].y, (line->points[0].y + line->points[1].y) / 2, 1e-6, "and up");
	is_int(texts_outside(&d), 0, "no text leaves the picture");
	is_int(texts_that_overlap(&d), 0, "no text lies over another");
	draw_release(&d);
}

static void test_empty(void)
{
	struct reliability_panel panel = { .name = "nothing" };
	struct drawing d;

	reliability_figure(&d, &panel, 1,
	                   "A title that is much wider than one diagram and the line below it "
	                   "together, so that the picture has to be wider than they are");
	is_int(count(&d, DRAW_PATH) + count(&d, DRAW_RECT), 0, "no images: no dots, no bars");
	is_int(texts_outside(&d), 0, "no text leaves the picture");
	draw_release(&d);
}

int main(void)
{
	test_contents();
	test_places();
	test_empty();
	return tap_end();
}
