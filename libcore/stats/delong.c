/* DeLong's variance of areas under ROC curves; see delong.h. */
#include "stats/delong.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/* Halvings of 0 to 1 until the ends of an interval are as exact as a double. */
enum { HALVINGS = 60 };

/* With as many positives or negatives DeLong's variance counts for a half. By simulation: 4 leaves
 * AUCs near 1 uncovered, 20 makes all intervals too wide. */
enum { DISTRUST = 10 };

/* ---- one score ---- */

static double square(double x)
{
	return x * x;
}

double delong_variance(const struct rank *r)
{
	double m = (double)r->positives, n = (double)r->negatives, auc = rank_auc(r);
	double of_positives = 0, of_negatives = 0;
	int64_t above = 0, below = r->negatives;

	if (r->positives < 2 || r->negatives < 2)
		return NAN;
	for (size_t i = 0; i < r->count; i++) {
		const struct rank_step *s = &r->steps[i];
		double p = (double)s->positives, q = (double)s->negatives;

		below -= s->negatives;
		of_positives += p * square(((double)below + q / 2) / n - auc);
		of_negatives += q * square(((double)above + p / 2) / m - auc);
		above += s->positives;
	}
	return of_positives / (m - 1) / m + of_negatives / (n - 1) / n;
}

/* What an AUC's variance is taken for, if it is truly theta. */
struct variance {
	double m, n;                    /* positives, negatives */
	double seen;                    /* DeLong's over auc (1 - auc): its shape at other theta */
	double trust;                   /* in it, 0 to 1 */
};

/* Newcombe's variance, from the counts alone, and DeLong's where there are enough cases for it. */
static double variance_at(const struct variance *v, double theta)
{
	double others = (v->m + v->n) / 2 - 1;
	double sum = 1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta));

	return theta * (1 - theta)
	       * (v->trust * v->seen + (1 - v->trust) * sum / (v->m * v->n));
}

/* The true value farthest from AUC towards END, 0 or 1, that is still INTERVAL_Z errors away. */
static double score_limit(const struct variance *v, double auc, double end)
{
	double inside = auc, outside = end;

	for (int i = 0; i < HALVINGS; i++) {
		double theta = (inside + outside) / 2;

		if (square(auc - theta) <= square(INTERVAL_Z) * variance_at(v, theta))
			inside = theta;
		else
			outside = theta;
	}
	return inside;
}

struct interval delong_interval(const struct rank *r)
{
	double auc = rank_auc(r), variance = delong_variance(r);
	struct variance v = { .m = (double)r->positives, .n = (double)r->negatives };

	if (!r->positives || !r->negatives)
		return interval_none();
	if (variance > 0) {
		double fewer = fmin(v.m, v.n);

		v.seen = variance / (auc * (1 - auc));
		v.trust = fewer / (fewer + DISTRUST);
	}
	return (struct interval){ auc, score_limit(&v, auc, 0), score_limit(&v, auc, 1) };
}

/* ---- two scores ---- */

/* Of one score. Won pairs are counted twice, as whole numbers, and divided last: as in rank_auc. */
struct places {
	double *of;                     /* [n] */
	double auc;
};

struct by_score {
	double score;
	size_t index;
};

static int compare_up(const void *a, const void *b)
{
	const struct by_score *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

static struct by_score *sort_up(const double *score, size_t n)
{
	struct by_score *sorted = xmalloc(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct by_score){ score[i], i };
	qsort(sorted, n, sizeof *sorted, compare_up);
	return sorted;
}

static size_t count_positives(const uint8_t *positive, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += positive[i] != 0;
	return count;
}

/* How many of the cases I to the result - 1 have one score, and how many of them are positive. */
static size_t end_of_tie(const struct by_score *sorted, size_t n, size_t i,
                         const uint8_t *positive, size_t *positives)
{
	size_t end = i;

	*positives = 0;
	for (; end < n && sorted[end].score == sorted[i].score; end++)
		*positives += positive[sorted[end].index] != 0;
	return end;
}

static void places_init(struct places *p, const double *score, const uint8_t *positive, size_t n,
                        size_t positives)
{
	struct by_score *sorted = sort_up(score, n);
	double m = (double)positives, others = (double)(n - positives), won = 0;
	size_t below = 0, left = positives;     /* negatives before, positives from here on */

	p->of = xmalloc(n, sizeof *p->of);
	for (size_t i = 0, end, tied; i < n; i = end) {
		double of_positive, of_negative;

		end = end_of_tie(sorted, n, i, positive, &tied);
		of_positive = (double)(2 * below + (end - i - tied));
		of_negative = (double)(2 * (left - tied) + tied);
		for (size_t k = i; k < end; k++)
			p->of[sorted[k].index] = positive[sorted[k].index]
			                                 ? of_positive / 2 / others
			                                 : of_negative / 2 / m;
		won += (double)tied * of_positive;
		below += end - i - tied;
		left -= tied;
	}
	p->auc = won / 2 / m / others;
	free(sorted);
}

static double covariance(const struct places *a, const struct places *b, const uint8_t *positive,
                         size_t n, size_t positives)
{
	double m = (double)positives, others = (double)(n - positives), sum[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		sum[positive[i] != 0] += (a->of[i] - a->auc) * (b->of[i] - b->auc);
	return sum[1] / (m - 1) / m + sum[0] / (others - 1) / others;
}

/* False without positives or negatives; then nothing is to be released. */
static bool pair_init(struct delong_pair *out, struct places *pa, struct places *pb,
                      const double *a, const double *b, const uint8_t *positive, size_t n,
                      size_t positives)
{
	*out = (struct delong_pair){ NAN, NAN, NAN, NAN, NAN };
	if (positives == 0 || positives == n)
		return false;
	places_init(pa, a, positive, n, positives);
	places_init(pb, b, positive, n, positives);
	out->auc_a = pa->auc;
	out->auc_b = pb->auc;
	return true;
}

void delong_pair(struct delong_pair *out, const double *a, const double *b,
                 const uint8_t *positive, size_t n)
{
	size_t positives = count_positives(positive, n);
	struct places pa, pb;

	if (!pair_init(out, &pa, &pb, a, b, positive, n, positives))
		return;
	if (positives >= 2 && n - positives >= 2) {
		out->variance_a = covariance(&pa, &pa, positive, n, positives);
		out->variance_b = covariance(&pb, &pb, positive, n, positives);
		out->covariance = covariance(&pa, &pb, positive, n, positives);
	}
	free(pa.of);
	free(pb.of);
}

/* ---- clusters ---- */

/* What each cluster moves the AUC by, in new memory; they add up to 0. */
static double *moved_by_clusters(const struct places *p, const uint8_t *positive, size_t n,
                                 size_t positives, const uint32_t *cluster, size_t clusters)
{
	double *moved = xcalloc(clusters, sizeof *moved);

	for (size_t i = 0; i < n; i++)
		moved[cluster[i]] += (p->of[i] - p->auc)
		                     / (double)(positive[i] ? positives : n - positives);
	return moved;
}

static double sum_of_products(const double *x, const double *y, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i] * y[i];
	return sum;
}

static size_t fewer_clusters(const uint8_t *positive, size_t n, const uint32_t *cluster,
                             size_t clusters)
{
	uint8_t *seen = xcalloc(clusters, 1);
	size_t with[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		int kind = positive[i] != 0;

		with[kind] += !(seen[cluster[i]] & 1 << kind);
		seen[cluster[i]] |= (uint8_t)(1 << kind);
	}
	free(seen);
	return with[0] < with[1] ? with[0] : with[1];
}

size_t delong_clustered(struct delong_pair *out, const double *a, const double *b,
                        const uint8_t *positive, size_t n, const uint32_t *cluster,
                        size_t clusters)
{
	size_t positives = count_positives(positive, n);
	size_t fewer = fewer_clusters(positive, n, cluster, clusters);
	double factor = (double)clusters / ((double)clusters - 1), *ma, *mb;
	struct places pa, pb;

	if (!pair_init(out, &pa, &pb, a, b, positive, n, positives))
		return fewer;
	ma = moved_by_clusters(&pa, positive, n, positives, cluster, clusters);
	mb = moved_by_clusters(&pb, positive, n, positives, cluster, clusters);
	if (fewer >= 2) {
		out->variance_a = factor * sum_of_products(ma, ma, clusters);
		out->variance_b = factor * sum_of_products(mb, mb, clusters);
		out->covariance = factor * sum_of_products(ma, mb, clusters);
	}
	free(ma);
	free(mb);
	free(pa.of);
	free(pb.of);
	return fewer;
}
