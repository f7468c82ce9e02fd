/* Intervals of figures of a whole matrix: their variances against numerical derivatives. */
#include "tap.h"

#include "base/rng.h"
#include "score/agreement.h"

enum { MOST = 8 };

/* Counts that need not be whole. */
struct matrix {
	int n;
	double at[MOST][MOST];
};

static double row(const struct matrix *m, int i)
{
	double sum = 0;

	for (int j = 0; j < m->n; j++)
		sum += m->at[i][j];
	return sum;
}

static double column(const struct matrix *m, int j)
{
	double sum = 0;

	for (int i = 0; i < m->n; i++)
		sum += m->at[i][j];
	return sum;
}

static double total(const struct matrix *m)
{
	double sum = 0;

	for (int i = 0; i < m->n; i++)
		sum += row(m, i);
	return sum;
}

static double right(const struct matrix *m)
{
	double sum = 0;

	for (int i = 0; i < m->n; i++)
		sum += m->at[i][i];
	return sum / total(m);
}

static double chance(const struct matrix *m)
{
	double sum = 0, n = total(m);

	for (int i = 0; i < m->n; i++)
		sum += row(m, i) * column(m, i) / n / n;
	return sum;
}

static double kappa(const struct matrix *m)
{
	return (right(m) - chance(m)) / (1 - chance(m));
}

static double mcc(const struct matrix *m)
{
	double r = 1, c = 1, n = total(m);

	for (int i = 0; i < m->n; i++) {
		r -= row(m, i) * row(m, i) / n / n;
		c -= column(m, i) * column(m, i) / n / n;
	}
	return (right(m) - chance(m)) / sqrt(r * c);
}

static double f1(const struct matrix *m, int k)
{
	return 2 * m->at[k][k] / (row(m, k) + column(m, k));
}

static double weighted_f1(const struct matrix *m)
{
	double sum = 0;

	for (int k = 0; k < m->n; k++)
		sum += row(m, k) / total(m) * f1(m, k);
	return sum;
}

static double macro_f1(const struct matrix *m)
{
	double sum = 0;

	for (int k = 0; k < m->n; k++)
		sum += f1(m, k) / m->n;
	return sum;
}

static int chosen;              /* class of one_f1 */
static double one_f1(const struct matrix *m)
{
	return f1(m, chosen);
}

typedef double figure(const struct matrix *m);

/* How much the figure changes by a case more in a cell, over the change by its share of cases. */
static double influence(struct matrix *m, figure *f, int i, int j)
{
	double step = 1e-4, kept = m->at[i][j], up, down;

	m->at[i][j] = kept + step;
	up = f(m);
	m->at[i][j] = kept - step;
	down = f(m);
	m->at[i][j] = kept;
	return (up - down) / (2 * step) * total(m);
}

static double variance(const struct matrix *of, figure *f)
{
	struct matrix m = *of;
	double sum = 0;

	for (int i = 0; i < m.n; i++)
		for (int j = 0; j < m.n; j++) {
			double x = influence(&m, f, i, j);

			sum += m.at[i][j] / total(&m) * x * x;
		}
	return sum;             /* the mean of the influences is 0 */
}

static void draw(struct confusion *c, struct matrix *smooth, int classes, uint32_t many, int seed)
{
	struct classes list;
	struct rng r;

	classes_numbered(&list, classes);
	confusion_init(c, &list);
	rng_init(&r, (uint64_t)seed, RNG_SPLIT, 0);
	smooth->n = classes;
	for (int i = 0; i < classes; i++)
		for (int j = 0; j < classes; j++) {
			int64_t n = rng_below(&r, i == j ? many : 1 + many / 5);

			*confusion_at(c, i, j) = n;
			smooth->at[i][j] = (double)n + (i == j ? .5 : .5 / (classes - 1));
		}
	classes_release(&list);
}

/* VALUE's interval where the figure of SMOOTH is F and N images were counted. */
static struct interval expected(const struct matrix *smooth, figure *f, double value, double n,
                                bool both_signs)
{
	double scale = both_signs ? 2 : 1, shift = both_signs ? 1 : 0;
	double m = (f(smooth) + shift) / scale, v = variance(smooth, f) / scale / scale;
	struct interval i = interval_effective((value + shift) / scale, m * (1 - m) * n / v);

	return (struct interval){ value, i.low * scale - shift, i.high * scale - shift };
}

static void is_interval(const struct interval *got, const struct interval *want, const char *what)
{
	ok(got->value == want->value && fabs(got->low - want->low) < 1e-6 &&
	           fabs(got->high - want->high) < 1e-6,
	   "%s: %.6f (%.6f-%.6f), expected %.6f-%.6f", what, got->value, got->low, got->high,
	   want->low, want->high);
}

static void test_variance(int classes, uint32_t many, int seed)
{
	struct confusion c;
	struct matrix smooth;
	struct metrics m;
	struct agreement a;
	struct interval want;
	double alone = 0, n;

	draw(&c, &smooth, classes, many, seed);
	metrics_init(&m, &c);
	agreement_init(&a, &c, &m);
	n = (double)m.total;
	printf("# %d classes, %g images\n", classes, n);
	want = expected(&smooth, kappa, m.kappa, n, true);
	is_interval(&a.kappa, &want, "kappa");
	want = expected(&smooth, mcc, m.mcc, n, true);
	is_interval(&a.mcc, &want, "mcc");
	want = expected(&smooth, weighted_f1, m.weighted.f1, n, false);
	is_interval(&a.weighted_f1, &want, "weighted F1");
	for (chosen = 0; chosen < classes; chosen++)
		alone += variance(&smooth, one_f1) / classes / classes;
	is_near(a.f1_spread, variance(&smooth, macro_f1) / alone, 1e-6, "spread of the macro F1");
	metrics_release(&m);
	confusion_release(&c);
}

/* Of CLASSES classes, N images are of class TRUE and taken for class TAKEN. */
static struct agreement of_one_cell(int classes, int true_class, int taken, int64_t n)
{
	struct classes list;
	struct confusion c;
	struct metrics m;
	struct agreement a;

	classes_numbered(&list, classes);
	confusion_init(&c, &list);
	*confusion_at(&c, true_class, taken) = n;
	metrics_init(&m, &c);
	agreement_init(&a, &c, &m);
	metrics_release(&m);
	confusion_release(&c);
	classes_release(&list);
	return a;
}

static void test_few(void)
{
	struct agreement a = of_one_cell(3, 1, 1, 9);

	ok(interval_is_none(&a.kappa), "one class throughout has no kappa");
	ok(a.mcc.value == 0 && a.mcc.low == -1 && a.mcc.high == 1, "its mcc could be anything");
	ok(a.weighted_f1.value == 1 && a.weighted_f1.low < .8, "all are right");
	is_near(a.f1_spread, 1, 0, "one class has no others to depend on");
	a = of_one_cell(3, 1, 1, 0);
	ok(interval_is_none(&a.kappa) && interval_is_none(&a.mcc) &&
	           interval_is_none(&a.weighted_f1),
	   "no images, no figures");
	a = of_one_cell(2, 0, 1, 9);
	ok(a.kappa.value == 0 && a.kappa.low < 0 && a.kappa.high > 0, "all in one wrong class");
	ok(a.weighted_f1.value == 0 && a.weighted_f1.low == 0 && a.weighted_f1.high > 0,
	   "nothing is right");
}

int main(void)
{
	test_variance(2, 20, 1);
	test_variance(3, 9, 2);
	test_variance(8, 60, 3);
	test_variance(5, 6, 4);
	test_few();
	return tap_end();
}
