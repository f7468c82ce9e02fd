/* Fourfold tables of classes and groups. */
#include "tap.h"

#include "score/fourfold.h"

/* Rows are true classes. */
static const int64_t counts[3][3] = { { 10, 2, 3 }, { 1, 20, 4 }, { 5, 6, 30 } };

static void fill(struct confusion *c)
{
	struct classes list;

	classes_numbered(&list, 3);
	confusion_init(c, &list);
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			*confusion_at(c, i, j) = counts[i][j];
	classes_release(&list);
}

static void is_fourfold(const struct confusion *c, bool a, bool b, bool d,
                        const struct fourfold *want, const char *what)
{
	const bool member[] = { a, b, d };
	struct fourfold f = fourfold_count(c, member);

	ok(f.true_positive == want->true_positive && f.false_negative == want->false_negative &&
	           f.false_positive == want->false_positive &&
	           f.true_negative == want->true_negative,
	   "%s", what);
}

static void test_counts(void)
{
	struct confusion c;

	fill(&c);
	is_fourfold(&c, true, false, false, &(struct fourfold){ 10, 5, 6, 60 }, "a class");
	is_fourfold(&c, false, true, true, &(struct fourfold){ 60, 6, 5, 10 }, "a group");
	is_fourfold(&c, false, false, false, &(struct fourfold){ 0, 0, 0, 81 }, "none");
	confusion_release(&c);
}

static void test_shares(void)
{
	static const struct fourfold_share want[FOURFOLD_FIGURES] = {
		[FOURFOLD_SENSITIVITY] = { 10, 15 }, [FOURFOLD_SPECIFICITY] = { 60, 66 },
		[FOURFOLD_PRECISION] = { 10, 16 },   [FOURFOLD_NPV] = { 60, 65 },
		[FOURFOLD_JACCARD] = { 10, 21 },
	};
	const struct fourfold f = { 10, 5, 6, 60 };

	for (int k = 0; k < FOURFOLD_FIGURES; k++) {
		struct fourfold_share s = fourfold_share(&f, (enum fourfold_figure)k);

		ok(s.hits == want[k].hits && s.n == want[k].n, "share %d", k);
	}
	is_near(fourfold_f1(10 / 21.), 2 / (15 / 10. + 16 / 10.), 1e-15,
	        "F1 is the harmonic mean of sensitivity and precision");
}

int main(void)
{
	test_counts();
	test_shares();
	return tap_end();
}
