/* Diagrams of agreement: a panel each, all of it inside, dots and lines where they belong. */
#include "drawn.h"
#include "tap.h"

#include "figure/agreement_figure.h"

enum { CASES = 4 };
static const double mean[CASES] = { 10, 20, 30, 55 }, difference[CASES] = { -5, 2.5, 0, 20 };

static struct agreement_panel panel(const char *name)
{
	return (struct agreement_panel){
		name, mean, difference, CASES, { 4, -10, 18 }, { -16, -40, 8 }, { 24, 0, 48 }
	};
}

static int count_dots(const struct drawing *d)
{
	int n = 0;

	for (size_t i = 0; i < d->count; i++)
		n += d->shapes[i].type == DRAW_PATH && d->shapes[i].pen.width == 7;
	return n;
}

static int count_areas(const struct drawing *d)
{
	int n = 0;

	for (size_t i = 0; i < d->count; i++)
		n += d->shapes[i].type == DRAW_AREA;
	return n;
}

static void test_panels(size_t count, double width, double height)
{
	const char *names[] = { "A", "B", "C", "D" };
	struct agreement_panel panels[4];
	struct drawing d;

	for (size_t k = 0; k < count; k++)
		panels[k] = panel(names[k]);
	agreement_figure(&d, panels, count, "mean", "difference", "Agreement");
	ok(all_drawn_inside(&d), "%zu panels: all is inside", count);
	is_int(count_dots(&d), (long long)count * CASES, "a dot for each case");
	is_int(count_areas(&d), (long long)count * 3, "three bands a panel");
	ok(find_text(&d, names[count - 1]) != NULL, "the last panel's name");
	is_near(d.width, width, 0, "width");
	is_near(d.height, height, 0, "height");
	draw_release(&d);
}

/* Cases that do not differ: axes have room around them all the same. */
static void test_equal(void)
{
	static const double same[2] = { 50, 50 }, none[2] = { 0, 0 };
	const struct agreement_panel p = {
		"x", same, none, 2, { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 }
	};
	struct drawing d;

	agreement_figure(&d, &p, 1, "mean", "difference", "Agreement");
	ok(all_drawn_inside(&d), "no difference at all");
	draw_release(&d);
}

int main(void)
{
	test_panels(1, 2 * 24 + 372, 2 * 24 + 31 + 350);
	test_panels(4, 2 * 24 + 3 * 372, 2 * 24 + 31 + 2 * 350);
	test_equal();
	return tap_end();
}
