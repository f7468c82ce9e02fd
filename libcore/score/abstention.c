/* Answering only when sure; see abstention.h. */
#include "score/abstention.h"

#include <stdlib.h>

#include "base/mem.h"

static struct abstention_point point(const struct rank *r, double min_prob, int64_t right,
                                     int64_t wrong)
{
	return (struct abstention_point){
		.min_prob = min_prob,
		.count = right + wrong,
		.answered = interval_wilson(right + wrong, r->positives + r->negatives),
		.error = interval_wilson(wrong, right + wrong),
	};
}

struct abstention_point abstention_at(const struct rank *confidence, double min_prob)
{
	int64_t right = 0, wrong = 0;

	for (size_t i = 0; i < confidence->count; i++) {
		const struct rank_step *s = &confidence->steps[i];

		if (s->score < min_prob)
			break;
		right += s->positives;
		wrong += s->negatives;
	}
	return point(confidence, min_prob, right, wrong);
}

void abstention_init(struct abstention *a, const struct rank *confidence, double min_prob)
{
	int64_t all = confidence->positives + confidence->negatives, right = 0, wrong = 0;
	int percent = 1;

	*a = (struct abstention){ .chosen = abstention_at(confidence, min_prob) };
	a->table = xmalloc(100, sizeof *a->table);
	for (size_t i = 0; i < confidence->count; i++) {
		const struct rank_step *s = &confidence->steps[i];

		right += s->positives;
		wrong += s->negatives;
		if ((right + wrong) * 100 < percent * all)
			continue;
		a->table[a->count++] = point(confidence, s->score, right, wrong);
		percent = (int)((right + wrong) * 100 / all) + 1;
	}
	for (size_t i = 0; i < a->count / 2; i++) {             /* the surest came first */
		struct abstention_point t = a->table[i];

		a->table[i] = a->table[a->count - 1 - i];
		a->table[a->count - 1 - i] = t;
	}
}

void abstention_release(struct abstention *a)
{
	free(a->table);
	*a = (struct abstention){0};
}
