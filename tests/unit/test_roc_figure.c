/* ROC and precision-recall figures: what is drawn, of one table, eight, three cases, 100,000. */
#include "drawn.h"
#include "tap.h"

#include "base/mem.h"
#include "base/rng.h"
#include "figure/look.h"
#include "figure/plot.h"
#include "figure/roc_figure.h"
#include "figure/svg.h"
#include "stats/rank.h"

enum { SERIES_MOST = 8 };

/* N cases of which SHARE are positive and score higher by APART. */
static void make_series(struct roc_series *s, const char *name, size_t n, double share,
                        double apart, uint64_t seed)
{
	double *score = xmalloc(n, sizeof *score);
	uint8_t *positive = xmalloc(n, 1);
	struct rank rank;
	struct rng r;

	rng_init(&r, seed, RNG_SPLIT, 0);
	for (size_t i = 0; i < n; i++) {
		positive[i] = rng_unit(&r) < share;
		score[i] = rng_normal(&r) + (positive[i] ? apart : 0);
	}
	rank_init(&rank, score, positive, n);
	roc_series_init(s, name, &rank, false);
	rank_release(&rank);
	free(score);
	free(positive);
}

/* Of CASES: a letter each, from the highest score down, '+' for a positive. */
static void spell_series(struct roc_series *s, const char *name, const char *cases)
{
	double score[64];
	uint8_t positive[64];
	struct rank rank;

	for (size_t i = 0; i < strlen(cases); i++) {
		score[i] = 1 - (double)i / 10;
		positive[i] = cases[i] == '+';
	}
	rank_init(&rank, score, positive, strlen(cases));
	roc_series_init(s, name, &rank, false);
	rank_release(&rank);
}

static bool is_color(struct color a, struct color b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b;
}

/* The curve of series K, dashed from PLOT_COLORS on; NULL: none. */
static const struct shape *find_curve(const struct drawing *d, size_t k)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct shape *s = &d->shapes[i];

		if (s->type == DRAW_PATH && s->count > 2 && is_color(s->pen.color, plot_color(k))
		    && (s->pen.dash > 0) == (k >= PLOT_COLORS))
			return s;
	}
	return NULL;
}

static const struct shape *find_band(const struct drawing *d, size_t k)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->shapes[i].type == DRAW_AREA && is_color(d->shapes[i].color, plot_color(k)))
			return &d->shapes[i];
	return NULL;
}

/* The frame, from the ends of the lowest line across it, which is the x axis. */
struct frame {
	double left, right, top, bottom;
};

static struct frame find_frame(const struct drawing *d)
{
	struct frame f = { INFINITY, 0, INFINITY, 0 };

	for (size_t i = 0; i < d->count; i++) {
		const struct shape *s = &d->shapes[i];

		if (s->type != DRAW_PATH || s->count != 2 || s->points[0].y != s->points[1].y
		    || s->points[1].x - s->points[0].x < 200)
			continue;
		f.left = s->points[0].x;
		f.right = s->points[1].x;
		f.top = fmin(f.top, s->points[0].y);
		f.bottom = fmax(f.bottom, s->points[0].y);
	}
	return f;
}

static double distance(struct point p, struct point a, struct point b)
{
	struct point along = { b.x - a.x, b.y - a.y };
	double length2 = along.x * along.x + along.y * along.y;
	double t = length2 > 0 ? ((p.x - a.x) * along.x + (p.y - a.y) * along.y) / length2 : 0;

	t = fmin(1, fmax(0, t));
	return hypot(p.x - a.x - t * along.x, p.y - a.y - t * along.y);
}

/* How far P is from the path. */
static double apart(const struct shape *s, struct point p)
{
	double least = INFINITY;

	for (size_t i = 1; i < s->count; i++)
		least = fmin(least, distance(p, s->points[i - 1], s->points[i]));
	return least;
}

/* Of point I of C. */
static struct point place_in(const struct frame *f, const struct roc *c, size_t i)
{
	struct roc_place at = roc_place(c, &c->points[i], ROC_AXES);

	return (struct point){ f->left + at.x * (f->right - f->left),
	                       f->bottom - at.y * (f->bottom - f->top) };
}

/* Does the path go through (X, Y) of the frame, in shares? */
static bool passes(const struct drawing *d, const struct shape *s, double x, double y)
{
	struct frame f = find_frame(d);
	double px = f.left + x * (f.right - f.left), py = f.bottom - y * (f.bottom - f.top);

	for (size_t i = 0; i < s->count; i++)
		if (fabs(s->points[i].x - px) < 1e-6 && fabs(s->points[i].y - py) < 1e-6)
			return true;
	return false;
}

static void test_roc_path(void)
{
	struct roc_series s;
	struct drawing d;
	const struct shape *curve;
	struct frame f;

	spell_series(&s, "x", "++-+-");
	roc_figure(&d, &s, 1, ROC_AXES, "T");
	f = find_frame(&d);
	is_near(f.right - f.left, f.bottom - f.top, 1e-9, "the frame is square");
	curve = find_curve(&d, 0);
	is_int((long long)curve->count, 6, "a corner where the direction changes, and the end");
	ok(passes(&d, curve, 0, 0) && passes(&d, curve, 0, 2 / 3.) && passes(&d, curve, .5, 2 / 3.)
	   && passes(&d, curve, .5, 1) && passes(&d, curve, 1, 1),
	   "through the points of the curve");
	ok(!passes(&d, curve, 0, 1 / 3.), "and not through those on a straight line");
	ok(find_text(&d, "AUC 0.833 (") && find_text(&d, "3 of 5 positive") && find_text(&d, "T"),
	   "its figures stand in the legend");
	ok(all_drawn_inside(&d), "all lies in the picture");
	ok(!find_text(&d, "operating point"), "no operating point was asked for");
	draw_release(&d);
	roc_series_release(&s);
}

/* Of 600 cases no corner is left out. */
static void test_exact_path(void)
{
	struct roc_series s;
	struct drawing d;
	const struct shape *curve;
	struct frame f;
	double worst = 0;

	make_series(&s, "x", 600, .5, 1, 4);
	roc_figure(&d, &s, 1, ROC_AXES, "T");
	curve = find_curve(&d, 0);
	f = find_frame(&d);
	for (size_t i = 0; i < s.roc.count; i++)
		worst = fmax(worst, apart(curve, place_in(&f, &s.roc, i)));
	is_near(worst, 0, 1e-9, "a small table's points are all on the line");
	draw_release(&d);
	roc_series_release(&s);
}

/* The area below the steps is the average precision. */
static void test_precision_path(void)
{
	struct roc_series s;
	struct drawing d;
	const struct shape *curve;
	struct frame f;
	double area = 0;

	make_series(&s, "x", 100, .3, 1.5, 5);
	roc_figure(&d, &s, 1, ROC_PRECISION_RECALL, "T");
	curve = find_curve(&d, 0);
	f = find_frame(&d);
	for (size_t i = 1; i < curve->count; i++)
		area += (curve->points[i].x - curve->points[i - 1].x)
		        * (f.bottom - (curve->points[i].y + curve->points[i - 1].y) / 2);
	area /= (f.right - f.left) * (f.bottom - f.top);
	is_near(area, s.average_precision, 0.002, "the area below the precision is its average");
	ok(find_text(&d, "average precision 0."), "which the legend has");
	draw_release(&d);
	roc_series_release(&s);
}

static void test_band(void)
{
	struct roc_series s[2];
	struct drawing d;
	double alone;

	make_series(&s[0], "x", 50, .5, 1, 1);
	make_series(&s[1], "y", 50, .5, 2, 2);
	roc_figure(&d, s, 1, ROC_AXES, "T");
	ok(find_band(&d, 0) && find_band(&d, 0) < find_curve(&d, 0), "a band below the curve");
	alone = find_band(&d, 0)->opacity;
	draw_release(&d);
	roc_figure(&d, s, 2, ROC_AXES, "T");
	ok(find_band(&d, 1) && find_band(&d, 1)->opacity < alone, "two bands are paler");
	ok(find_band(&d, 1) < find_curve(&d, 0), "and hide no curve");
	draw_release(&d);
	roc_series_release(&s[0]);
	roc_series_release(&s[1]);
}

static void test_mark(void)
{
	struct roc_series s;
	struct drawing d;
	const struct shape *label;
	struct frame f;

	spell_series(&s, "x", "++-+-");
	s.mark = roc_at_sensitivity(&s.roc, 1);
	roc_figure(&d, &s, 1, ROC_AXES, "T");
	ok(find_text(&d, "at 0.700: sensitivity 1.000 (0.439-1.000), "
	                 "specificity 0.500 (0.095-0.905)"),
	   "the operating point in words");
	label = &d.shapes[d.count - 1];
	is_text(label->type == DRAW_TEXT ? label->text : NULL, "0.700", "its threshold beside it");
	f = find_frame(&d);
	ok(fabs(label->at.x - (f.left + f.right) / 2) < 30 && label->at.y > f.top
	   && label->at.y < f.top + 40, "right of it, below");
	draw_release(&d);
	roc_figure(&d, &s, 1, ROC_PRECISION_RECALL, "T");
	ok(find_text(&d, "at 0.700: recall 1.000 (0.439-1.000), precision 0.750 (0.301-0.954)"),
	   "on the other axes");
	draw_release(&d);
	roc_series_release(&s);
	spell_series(&s, "x", "-+-");
	s.mark = roc_at_specificity(&s.roc, 1);
	roc_figure(&d, &s, 1, ROC_PRECISION_RECALL, "T");
	ok(find_text(&d, "above all scores: recall 0.000 (0.000-0.793), precision -"),
	   "where no case is called positive");
	ok(all_drawn_inside(&d), "there is no place for a ring, and none is drawn elsewhere");
	draw_release(&d);
	roc_series_release(&s);
}

/* Operating points one above the other: no label hides another. */
static void test_labels(void)
{
	struct roc_series s[3];
	struct drawing d;
	double last = 0;
	int far = 0;

	for (int k = 0; k < 3; k++) {
		spell_series(&s[k], "x", "++-+-");
		s[k].mark = roc_at_sensitivity(&s[k].roc, 1);
	}
	roc_figure(&d, s, 3, ROC_AXES, "T");
	for (size_t i = 0; i < d.count; i++)
		if (d.shapes[i].type == DRAW_TEXT && !strcmp(d.shapes[i].text, "0.700")) {
			far += d.shapes[i].at.y - last >= LOOK_PLAIN_TEXT;
			last = d.shapes[i].at.y;
		}
	is_int(far, 3, "labels of one place stand below each other");
	draw_release(&d);
	for (int k = 0; k < 3; k++)
		roc_series_release(&s[k]);
}

static void test_eight(enum roc_axes axes)
{
	static const char long_label[] =
		"a label that is as long as the labels of eight sites in one figure must not be, "
		"and yet somebody will have it";
	struct roc_series s[SERIES_MOST];
	struct drawing d;
	size_t curves = 0, bands = 0;

	for (size_t k = 0; k < SERIES_MOST; k++) {
		make_series(&s[k], k == 3 ? long_label : "site", 40 + 20 * k, .3, .5 * (double)k,
		            k);
		s[k].mark = roc_at_sensitivity(&s[k].roc, .9);
	}
	roc_figure(&d, s, SERIES_MOST, axes, "Eight");
	for (size_t k = 0; k < SERIES_MOST; k++) {
		curves += find_curve(&d, k) != NULL;
		bands += find_band(&d, k) != NULL;
	}
	ok(curves == SERIES_MOST && bands == SERIES_MOST, "eight curves with their bands");
	ok(all_drawn_inside(&d), "a long label, too, lies in the picture");
	draw_release(&d);
	for (size_t k = 0; k < SERIES_MOST; k++)
		roc_series_release(&s[k]);
}

static void test_missing(void)
{
	struct roc_series s[2];
	struct drawing d;

	spell_series(&s[0], "negative", "---");
	spell_series(&s[1], "positive", "++");
	roc_figure(&d, s, 2, ROC_AXES, "T");
	ok(find_text(&d, "no curve: no positives") && find_text(&d, "0 of 3 positive"),
	   "no positives");
	ok(find_text(&d, "no curve: no negatives") && find_text(&d, "2 of 2 positive"),
	   "no negatives");
	ok(find_text(&d, "no curve: that takes positive and negative cases"),
	   "an empty frame says so");
	ok(!find_curve(&d, 0) && !find_curve(&d, 1) && !find_band(&d, 0), "and has no curve");
	draw_release(&d);
	roc_series_release(&s[1]);
	make_series(&s[1], "both", 20, .5, 1, 3);
	roc_figure(&d, s, 2, ROC_PRECISION_RECALL, "T");
	ok(find_curve(&d, 1) && !find_curve(&d, 0), "beside one that has both");
	ok(!find_text(&d, "no curve: that takes"), "the frame is not empty");
	draw_release(&d);
	roc_series_release(&s[0]);
	roc_series_release(&s[1]);
}

static size_t svg_bytes(const struct drawing *d)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	svg_write(d, f);
	xmemclose(f);
	free(text);
	return size;
}

/* A smooth curve of 100,000 cases: few points, and none of the true ones is far from them. */
static void test_many(void)
{
	struct roc_series s;
	struct drawing d;
	const struct shape *curve;
	struct frame f;
	double worst = 0;

	make_series(&s, "x", 100000, .1, 1.5, 9);
	roc_figure(&d, &s, 1, ROC_AXES, "T");
	curve = find_curve(&d, 0);
	f = find_frame(&d);
	for (size_t i = 0; i < s.roc.count; i += 7)
		worst = fmax(worst, apart(curve, place_in(&f, &s.roc, i)));
	ok(curve->count < 1000, "%zu points of %zu are drawn", curve->count, s.roc.count);
	ok(worst <= 1, "each is within a pixel: %.3f", worst);
	ok(svg_bytes(&d) < 40000, "the SVG has %zu bytes", svg_bytes(&d));
	draw_release(&d);
	roc_figure(&d, &s, 1, ROC_PRECISION_RECALL, "T");
	ok(svg_bytes(&d) < 40000, "with precision %zu", svg_bytes(&d));
	draw_release(&d);
	roc_series_release(&s);
}

int main(void)
{
	test_roc_path();
	test_exact_path();
	test_precision_path();
	test_band();
	test_mark();
	test_labels();
	test_eight(ROC_AXES);
	test_eight(ROC_PRECISION_RECALL);
	test_missing();
	test_many();
	return tap_end();
}
