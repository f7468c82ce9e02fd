/* Figures and their intervals; see scorecard.h. */
#include "score/scorecard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "score/agreement.h"
#include "score/fourfold.h"
#include "score/metrics.h"
#include "stats/delong.h"
#include "stats/macro.h"
#include "stats/precision.h"

const char *scorecard_overall_key(enum scorecard_overall k)
{
	static const char *const key[SCORECARD_OVERALL] = {
		[SCORECARD_ACCURACY] = "accuracy",
		[SCORECARD_BALANCED_ACCURACY] = "balanced_accuracy",
		[SCORECARD_MACRO_F1] = "macro_f1",
		[SCORECARD_WEIGHTED_F1] = "weighted_f1",
		[SCORECARD_KAPPA] = "kappa",
		[SCORECARD_MCC] = "mcc",
		[SCORECARD_TOP2_ACCURACY] = "top2_accuracy",
		[SCORECARD_LOG_LOSS] = "log_loss",
		[SCORECARD_BRIER] = "brier",
		[SCORECARD_ECE] = "ece",
	};

	return key[k];
}

const char *scorecard_each_key(enum scorecard_each k)
{
	static const char *const key[SCORECARD_EACH] = {
		[SCORECARD_SENSITIVITY] = "sensitivity",
		[SCORECARD_SPECIFICITY] = "specificity",
		[SCORECARD_PRECISION] = "precision",
		[SCORECARD_NPV] = "npv",
		[SCORECARD_F1] = "f1",
		[SCORECARD_AUC] = "auc",
		[SCORECARD_AVERAGE_PRECISION] = "average_precision",
	};

	return key[k];
}

/* ---- a class or group against the rest ---- */

static struct interval wilson(const struct fourfold *f, enum fourfold_figure k)
{
	struct fourfold_share share = fourfold_share(f, k);

	return interval_wilson(share.hits, share.n);
}

static void score_counts(struct scorecard_row *row, const struct fourfold *f)
{
	struct interval jaccard = wilson(f, FOURFOLD_JACCARD);

	row->n = f->true_positive + f->false_negative;
	row->occurs = row->n + f->false_positive > 0;
	for (int k = 0; k < SCORECARD_EACH; k++)
		row->figure[k] = interval_none();
	if (!row->occurs)
		return;
	row->figure[SCORECARD_SENSITIVITY] = wilson(f, FOURFOLD_SENSITIVITY);
	row->figure[SCORECARD_SPECIFICITY] = wilson(f, FOURFOLD_SPECIFICITY);
	row->figure[SCORECARD_PRECISION] = wilson(f, FOURFOLD_PRECISION);
	row->figure[SCORECARD_NPV] = wilson(f, FOURFOLD_NPV);
	row->figure[SCORECARD_F1] = (struct interval){
		fourfold_f1(jaccard.value), fourfold_f1(jaccard.low), fourfold_f1(jaccard.high)
	};
}

static void score_row(struct scorecard *s, size_t i, const struct tally *t,
                      const struct cases *cases)
{
	struct scorecard_row *row = &s->rows[i];
	bool member[CLASSES_MAX];
	struct fourfold f;
	struct rank r;

	class_groups_members(&t->groups, (int)s->classes, i, member);
	row->name = xstrdup(i < s->classes ? t->confusion.classes.entry[i].code
	                                   : t->groups.each[i - s->classes].name);
	f = fourfold_count(&t->confusion, member);
	score_counts(row, &f);
	if (cases)
		cases_rank(cases, &t->groups, i, &r);
	else
		tally_rank(&t->scores[i], &r);
	if (row->occurs) {
		double precision = cases ? rank_average_precision(&r) : rank_mixed_precision(&r);

		row->figure[SCORECARD_AUC] = delong_interval(&r);
		row->figure[SCORECARD_AVERAGE_PRECISION] = precision_interval(&r, precision);
	}
	rank_release(&r);
}

/* ---- over all images ---- */

/* Mean of the classes' sensitivities or F1. By simulation, as many cases of the mean of all classes
 * added to each keep the end points from being drawn to shares of 0 and 1. */
static const double sensitivity_prior = 1, f1_prior = 2;

static struct interval macro(const struct metrics *m, double value, enum macro_figure figure,
                             double spread)
{
	struct interval result;
	double hits[CLASSES_MAX], n[CLASSES_MAX];

	for (int i = 0; i < m->count; i++) {
		struct fourfold f = fourfold_of_class(m, i);
		struct fourfold_share share = fourfold_share(
			&f, figure == MACRO_F1 ? FOURFOLD_JACCARD : FOURFOLD_SENSITIVITY);

		hits[i] = (double)share.hits;
		n[i] = (double)share.n;
	}
	result = macro_interval(hits, n, m->count, figure,
	                        figure == MACRO_F1 ? f1_prior : sensitivity_prior, spread);
	if (!interval_is_none(&result))
		result.value = value;           /* the sum in scikit-learn's order */
	return result;
}

static void score_counts_overall(struct scorecard *s, const struct tally *t)
{
	struct agreement agreement;
	struct metrics m;

	metrics_init(&m, &t->confusion);
	agreement_init(&agreement, &t->confusion, &m);
	s->overall[SCORECARD_ACCURACY] = interval_wilson(confusion_correct(&t->confusion), m.total);
	s->overall[SCORECARD_TOP2_ACCURACY] = interval_wilson(t->top2, t->images);
	s->overall[SCORECARD_BALANCED_ACCURACY] = macro(&m, m.balanced_accuracy, MACRO_SHARE, 1);
	s->overall[SCORECARD_MACRO_F1] = macro(&m, m.macro.f1, MACRO_F1, agreement.f1_spread);
	s->overall[SCORECARD_WEIGHTED_F1] = agreement.weighted_f1;
	s->overall[SCORECARD_KAPPA] = agreement.kappa;
	s->overall[SCORECARD_MCC] = agreement.mcc;
	metrics_release(&m);
}

static void score_losses(struct scorecard *s, const struct tally *t)
{
	s->overall[SCORECARD_ECE] = calibration_ece_interval(&t->calibration);
	s->overall[SCORECARD_LOG_LOSS] = interval_mean(t->log_loss.sum, t->log_loss.squares,
	                                               t->images, CALIBRATION_LOG_LOSS_MOST);
	s->overall[SCORECARD_BRIER] = interval_mean(t->brier.sum, t->brier.squares, t->images,
	                                            CALIBRATION_BRIER_MOST);
}

struct rows {
	struct scorecard *s;
	const struct tally *t;
	const struct cases *cases;
};

static void score_one(void *arg, size_t i, int worker)
{
	const struct rows *r = arg;

	(void)worker;
	score_row(r->s, i, r->t, r->cases);
}

void scorecard_init(struct scorecard *s, const struct tally *t, const struct cases *cases,
                    struct threads *pool)
{
	struct rows rows = { s, t, cases };

	*s = (struct scorecard){
		.images = t->images,
		.classes = (size_t)t->confusion.classes.count,
		.groups = t->groups.count,
	};
	s->rows = xcalloc(s->classes + s->groups, sizeof *s->rows);
	threads_run(pool, s->classes + s->groups, score_one, &rows);
	for (size_t i = 0; i < s->classes; i++)
		s->occurring += s->rows[i].occurs;
	score_counts_overall(s, t);
	score_losses(s, t);
}

void scorecard_release(struct scorecard *s)
{
	for (size_t i = 0; i < s->classes + s->groups; i++)
		free(s->rows[i].name);
	free(s->rows);
	*s = (struct scorecard){0};
}
