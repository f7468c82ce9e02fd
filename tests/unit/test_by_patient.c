/* Intervals over patients against the same bootstrap in Python: tests/data/score. */
#include "figures.h"

#include "score/by_patient.h"

static void draw_patients(struct scorecard *s, int threads, uint64_t seed)
{
	struct bootstrap b = { 200, seed, threads_new(threads) };
	struct tables t;
	struct id_groups patients;
	struct err e;

	figures_load(&t, FIGURES_SKEWED, figures_skewed_groups, 2);
	must(cases_patients(&t.cases, &patients, FIGURES_FOLDER "patients.tsv", &e), &e);
	scorecard_init(s, &t.tally, &t.cases, b.pool);
	by_patient_intervals(s, &t.tally.groups, &t.cases, &patients, &b);
	id_groups_release(&patients);
	tables_release(&t);
	threads_free(b.pool);
}

static void test_golden(void)
{
	struct scorecard s;

	draw_patients(&s, 2, 7);
	figures_check(&s, "patients", 1e-12, 1e-8);
	is_int((long long)s.patients, 13, "patients");
	is_int((long long)s.rows[4].patients, 0, "none has an image of E");
	ok(s.rows[0].patients == 13 && s.rows[3].patients > 1 && s.rows[3].patients < 13,
	   "not all have one of D: %zu", s.rows[3].patients);
	scorecard_release(&s);
}

static size_t differences(const struct scorecard *a, const struct scorecard *b)
{
	size_t n = 0;

	n += memcmp(a->overall, b->overall, sizeof a->overall) != 0;
	for (size_t i = 0; i < a->classes + a->groups; i++)
		n += memcmp(a->rows[i].figure, b->rows[i].figure, sizeof a->rows[i].figure) != 0;
	return n;
}

static void test_threads(void)
{
	struct scorecard one, other;

	draw_patients(&one, 1, 7);
	for (int threads = 2; threads <= 7; threads += 5) {
		draw_patients(&other, threads, 7);
		ok(differences(&one, &other) == 0, "%d threads: to the bit", threads);
		scorecard_release(&other);
	}
	draw_patients(&other, 1, 8);
	ok(differences(&one, &other) > 0, "another seed, other intervals");
	ok(one.overall[SCORECARD_KAPPA].value == other.overall[SCORECARD_KAPPA].value,
	   "of the same values");
	scorecard_release(&other);
	scorecard_release(&one);
}

int main(void)
{
	test_golden();
	test_threads();
	return tap_end();
}
