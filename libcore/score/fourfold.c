/* Fourfold tables; see fourfold.h. */
#include "score/fourfold.h"

struct fourfold fourfold_count(const struct confusion *c, const bool *member)
{
	struct fourfold f = {0};

	for (int i = 0; i < c->classes.count; i++)
		for (int j = 0; j < c->classes.count; j++) {
			int64_t n = *confusion_at(c, i, j);

			if (member[i])
				*(member[j] ? &f.true_positive : &f.false_negative) += n;
			else
				*(member[j] ? &f.false_positive : &f.true_negative) += n;
		}
	return f;
}

struct fourfold fourfold_of_class(const struct metrics *m, int i)
{
	const struct metrics_class *k = &m->each[i];
	int64_t missed = k->support - k->hits, taken = k->predicted - k->hits;

	return (struct fourfold){ k->hits, missed, taken, m->total - k->support - taken };
}

struct fourfold_share fourfold_share(const struct fourfold *f, enum fourfold_figure k)
{
	int64_t tp = f->true_positive, fn = f->false_negative, fp = f->false_positive,
	        tn = f->true_negative;

	switch (k) {
	case FOURFOLD_SENSITIVITY:
		return (struct fourfold_share){ tp, tp + fn };
	case FOURFOLD_SPECIFICITY:
		return (struct fourfold_share){ tn, tn + fp };
	case FOURFOLD_PRECISION:
		return (struct fourfold_share){ tp, tp + fp };
	case FOURFOLD_NPV:
		return (struct fourfold_share){ tn, tn + fn };
	default:
		return (struct fourfold_share){ tp, tp + fn + fp };
	}
}
