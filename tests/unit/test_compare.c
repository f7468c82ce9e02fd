/* Comparing two classifiers: which images, which figures, and what is said of them. */
#include "must.h"
#include "scratch.h"
#include "tap.h"

#include "base/rng.h"
#include "score/compare.h"
#include "score/compare_show.h"
#include "stats/delong.h"

enum { RESAMPLES = 200 };

static struct cases read_text(const char *text)
{
	struct cases c = {0};
	struct err e;

	must(cases_load(&c, scratch_text("x.tsv", text), &e), &e);
	return c;
}

/* ---- which images ---- */

#define HEAD "id\ttrue\tpredicted\tA\tB\n"

static void test_match(void)
{
	static const struct {
		const char *b, *message;
	} bad[] = {
		{ HEAD "x\tA\tA\t1\t0\ny\tB\tA\t1\t0\n", "b.tsv: no image 'z', which a.tsv has" },
		{ HEAD "x\tA\tA\t1\t0\ny\tB\tA\t1\t0\nz\tA\tA\t1\t0\na\tA\tA\t1\t0\n",
		  "a.tsv: no image 'a', which b.tsv has" },
		{ HEAD, "b.tsv: no image 'x', which a.tsv has" },
		{ HEAD "x\tA\tA\t1\t0\ny\tA\tA\t1\t0\nz\tA\tA\t1\t0\n",
		  "b.tsv: image 'y' is of class A, in a.tsv of class B" },
		{ "id\ttrue\tpredicted\tB\tA\n", "b.tsv: its classes are B,A, expected A,B" },
	};
	struct cases a = read_text(HEAD "y\tB\tA\t1\t0\nx\tA\tA\t1\t0\nz\tA\tA\t1\t0\n");
	struct cases b = read_text(HEAD "z\tA\tA\t1\t0\ny\tB\tA\t1\t0\nx\tA\tA\t1\t0\n");
	struct err e = {0};
	size_t *in_b = compare_match(&a, &b, "a.tsv", "b.tsv", &e);

	ok(in_b && in_b[0] == 1 && in_b[1] == 2 && in_b[2] == 0, "images are matched by id");
	free(in_b);
	cases_release(&b);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		b = read_text(bad[i].b);
		ok(!compare_match(&a, &b, "a.tsv", "b.tsv", &e), "%s", bad[i].message);
		is_text(e.text, bad[i].message, "says so");
		cases_release(&b);
	}
	cases_release(&a);
}

/* ---- figures ---- */

enum { MANY = 400, CLASSES = 4 };

/*
 * N images of classes A to C, never D; the classifier is right more often the larger
 * SKILL.
 */
static char *made_up(size_t n, double skill, uint32_t stream)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct rng r;

	fputs("id\ttrue\tpredicted\tA\tB\tC\tD\n", f);
	for (size_t i = 0; i < n; i++) {
		size_t k = stream ? i * 7 % n : i;              /* in another order */
		int actual = (int)(k % 3), best = 0;
		double p[CLASSES], sum = 0;

		rng_init(&r, k, RNG_SPLIT, stream);
		for (int j = 0; j < CLASSES; j++) {
			p[j] = exp(rng_normal(&r) + (j == actual ? skill : 0));
			sum += p[j];
			best = p[j] > p[best] ? j : best;
		}
		fprintf(f, "%zu\t%c\t%c", k, 'A' + actual, 'A' + best);
		for (int j = 0; j < CLASSES; j++)
			fprintf(f, "\t%.9f", p[j] / sum);
		putc('\n', f);
	}
	fclose(f);
	return text;
}

struct setting {
	struct cases a, b;
	size_t *in_b;
	struct class_groups groups;
	struct compare_options o;
};

static void setting_init(struct setting *s, size_t n, double skill_a, double skill_b)
{
	char *text_a = made_up(n, skill_a, 0), *text_b = made_up(n, skill_b, 1);
	struct err e = {0};

	*s = (struct setting){ .a = read_text(text_a), .b = read_text(text_b) };
	s->in_b = compare_match(&s->a, &s->b, "a", "b", &e);
	must(s->in_b ? 0 : -1, &e);
	must(class_groups_add(&s->groups, "ends=A,C", &s->a.classes, &e), &e);
	s->o = (struct compare_options){ &s->groups, NULL, { RESAMPLES, 5, threads_new(1) } };
	free(text_a);
	free(text_b);
}

static void setting_release(struct setting *s)
{
	threads_free(s->o.bootstrap.pool);
	class_groups_release(&s->groups);
	free(s->in_b);
	cases_release(&s->a);
	cases_release(&s->b);
}

/* Patients of PER images each. */
static struct id_groups patients_of(size_t n, size_t per)
{
	struct id_groups g = { .of = calloc(n, sizeof *g.of), .count = (n + per - 1) / per };

	for (size_t i = 0; i < n; i++)
		g.of[i] = (uint32_t)(i / per);
	return g;
}

static struct mcnemar count_plainly(const struct setting *s)
{
	struct mcnemar m = {0};

	for (size_t i = 0; i < s->a.count; i++)
		for (size_t k = 0; k < s->b.count; k++) {
			bool right_a = s->a.predicted[i] == s->a.actual[i];
			bool right_b = s->b.predicted[k] == s->b.actual[k];

			if (strcmp(cases_id(&s->a, i), cases_id(&s->b, k)))
				continue;
			m.both += right_a && right_b;
			m.only_a += right_a && !right_b;
			m.only_b += right_b && !right_a;
			m.neither += !right_a && !right_b;
		}
	return m;
}

static void check_row(const struct setting *s, const struct compare_row *row, size_t i)
{
	double a[MANY], b_there[MANY], b[MANY];
	uint8_t positive[MANY];
	struct delong_pair d;

	cases_scores(&s->b, &s->groups, i, b_there, positive);
	cases_scores(&s->a, &s->groups, i, a, positive);
	for (size_t k = 0; k < s->a.count; k++)
		b[k] = b_there[s->in_b[k]];
	delong_pair(&d, a, b, positive, s->a.count);
	ok(row->auc_a == d.auc_a && row->auc_b == d.auc_b, "AUCs of %s", row->name);
	is_near(row->auc.high - row->auc.low,
	        2 * INTERVAL_Z * sqrt(d.variance_a + d.variance_b - 2 * d.covariance), 1e-12,
	        "the interval of their difference");
	is_near(row->auc.high + row->auc.low, 2 * (d.auc_b - d.auc_a), 1e-12, "around it");
}

static void test_figures(void)
{
	struct setting s;
	struct compare c;
	struct mcnemar want;
	struct interval i;

	setting_init(&s, MANY, 1, 1.6);
	compare_init(&c, &s.a, &s.b, s.in_b, &s.o);
	want = count_plainly(&s);
	ok(!memcmp(&want, &c.answers, sizeof want), "answers are counted image by image");
	is_near(c.p, mcnemar_p(&want), 0, "McNemar's test");
	i = mcnemar_difference(&want);
	ok(!memcmp(&i, &c.accuracy, sizeof i), "the difference of the accuracies");
	is_near(c.macro_f1.value, c.macro_f1_b - c.macro_f1_a, 0, "of the macro F1 scores");
	ok(c.macro_f1.low < c.macro_f1.value && c.macro_f1.high - c.macro_f1.low < .2,
	   "which varies a little");
	for (size_t k = 0; k < 3; k++)
		check_row(&s, &c.rows[k], k);
	check_row(&s, &c.rows[4], 4);
	is_int(c.rows[0].n + c.rows[1].n + c.rows[2].n, MANY, "each image is of a class");
	is_int(c.rows[4].n, c.rows[0].n + c.rows[2].n, "a group has those of its classes");
	is_text(c.rows[4].name, "ends", "and its name");
	ok(c.rows[3].n == 0 && isnan(c.rows[3].auc_a) && interval_is_none(&c.rows[3].auc) &&
	           isnan(c.rows[3].auc_p) && isnan(c.rows[3].answers_p) &&
	           isnan(c.rows[3].auc_holm),
	   "a class without images has no figures");
	ok(c.rows[0].auc_holm >= c.rows[0].auc_p && c.rows[4].auc_holm == c.rows[4].auc_p,
	   "Holm's method: three classes, one group");
	compare_release(&c);
	setting_release(&s);
}

/* A group is right where any of its classes is predicted. */
static void test_group_answers(void)
{
	struct cases a = read_text("id\ttrue\tpredicted\tA\tB\tC\n"
	                           "x\tA\tB\t0\t1\t0\ny\tB\tC\t0\t0\t1\n");
	struct cases b = read_text("id\ttrue\tpredicted\tA\tB\tC\n"
	                           "x\tA\tC\t0\t0\t1\ny\tB\tA\t1\t0\t0\n");
	struct class_groups groups = {0};
	struct compare c;
	struct err e = {0};
	size_t *in_b = compare_match(&a, &b, "a", "b", &e);
	struct compare_options o = { &groups, NULL, { RESAMPLES, 5, threads_new(1) } };

	must(class_groups_add(&groups, "ab=A,B", &a.classes, &e), &e);
	compare_init(&c, &a, &b, in_b, &o);
	is_int(c.rows[3].answers.only_a, 1, "A for B, in the group of both");
	is_int(c.rows[3].answers.only_b, 1, "the other one likewise");
	is_int(c.answers.neither, 2, "though neither is right");
	compare_release(&c);
	class_groups_release(&groups);
	threads_free(o.bootstrap.pool);
	free(in_b);
	cases_release(&a);
	cases_release(&b);
}

/* ---- patients ---- */

static void test_patients(void)
{
	struct setting s;
	struct compare alone, single, ten;
	struct id_groups each = patients_of(MANY, 1), of_ten = patients_of(MANY, 10);

	setting_init(&s, MANY, 1, 1.3);
	compare_init(&alone, &s.a, &s.b, s.in_b, &s.o);
	s.o.patients = &each;
	compare_init(&single, &s.a, &s.b, s.in_b, &s.o);
	is_near(single.p, alone.p, 1e-12, "patients of one image: McNemar's test");
	is_near((single.accuracy.high - single.accuracy.low) /
	                (alone.accuracy.high - alone.accuracy.low),
	        1, .15, "and its interval, but for what 200 resamples vary");
	is_near((single.rows[0].auc.high - single.rows[0].auc.low) /
	                (alone.rows[0].auc.high - alone.rows[0].auc.low),
	        1, .03, "and that of the AUC, but for n - 1 and Student's t");
	is_near(single.rows[0].auc_p, alone.rows[0].auc_p, .01, "and its p value");
	s.o.patients = &of_ten;
	compare_init(&ten, &s.a, &s.b, s.in_b, &s.o);
	is_int((long long)ten.patients, MANY / 10, "patients of ten images");
	is_int(ten.answers.only_a, alone.answers.only_a, "the same answers");
	ok(ten.p != alone.p, "another test");
	compare_release(&alone);
	compare_release(&single);
	compare_release(&ten);
	setting_release(&s);
	free(each.of);
	free(of_ten.of);
}

/* All images of class A are one patient's. */
static void test_one_patient(void)
{
	struct setting s;
	struct compare c;
	struct id_groups g = patients_of(MANY, 10);

	setting_init(&s, MANY, 1, 1.3);
	for (size_t i = 0; i < s.a.count; i++)
		g.of[i] = s.a.actual[i] == 0 ? 0 : g.of[i] ? g.of[i] : 1;
	s.o.patients = &g;
	compare_init(&c, &s.a, &s.b, s.in_b, &s.o);
	ok(!isnan(c.rows[0].auc.value) && isnan(c.rows[0].auc.low) && isnan(c.rows[0].auc_p),
	   "nothing can be said of other patients with class A");
	ok(!isnan(c.rows[1].auc.low) && !isnan(c.rows[1].auc_p), "but with class B");
	compare_release(&c);
	setting_release(&s);
	free(g.of);
}

/* scipy.stats.t.sf(t, freedom) * 2 */
static void test_student(void)
{
	is_near(interval_t_tails(2.5, 7.5), .03882025827362553, 1e-14, "Student's t");
	is_near(interval_t_tails(-1, 1), .5, 1e-12, "to either side");
	is_near(interval_t_tails(0, 5), 1, 0, "in the middle");
	is_near(interval_t_tails(12, 3), .0012450158007893362, 1e-15, "far out");
}

/* ---- the same again ---- */

static char *json_of(struct setting *s, int threads)
{
	struct threads *pool = s->o.bootstrap.pool;
	struct compare c;
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	s->o.bootstrap.pool = threads_new(threads);
	compare_init(&c, &s->a, &s->b, s->in_b, &s->o);
	compare_show_json(&c, f);
	fclose(f);
	compare_release(&c);
	threads_free(s->o.bootstrap.pool);
	s->o.bootstrap.pool = pool;
	return text;
}

static void test_threads(void)
{
	struct setting s;
	char *one, *three, *other;

	setting_init(&s, MANY, 1, 1.3);
	one = json_of(&s, 1);
	three = json_of(&s, 3);
	is_text(three, one, "three threads, the same bytes");
	s.o.bootstrap.seed++;
	other = json_of(&s, 1);
	ok(strcmp(one, other) != 0, "another seed, others");
	free(one);
	free(three);
	free(other);
	setting_release(&s);
}

/* ---- the sentence ---- */

static void is_result(struct mcnemar m, double p, const char *want)
{
	struct compare c = { .answers = m, .p = p, .accuracy = mcnemar_difference(&m) };
	char *got;

	c.images = m.both + m.only_a + m.only_b + m.neither;
	got = compare_show_result(&c);
	is_text(got, want, "the result in a sentence");
	free(got);
}

static void test_sentence(void)
{
	is_result((struct mcnemar){ 500, 29, 60, 411 }, .0013,
	          "B is right on 31 more of 1000 images than A (difference 0.031, 95 % 0.013 to "
	          "0.049; p = 0.001): B is better.");
	is_result((struct mcnemar){ 500, 60, 29, 411 }, .0001,
	          "A is right on 31 more of 1000 images than B (difference -0.031, 95 % -0.049 to "
	          "-0.013; p < 0.001): A is better.");
	is_result((struct mcnemar){ 500, 29, 60, 411 }, .051,
	          "B is right on 31 more of 1000 images than A (difference 0.031, 95 % 0.013 to "
	          "0.049; p = 0.051): no difference can be shown.");
	is_result((struct mcnemar){ 50, 5, 5, 40 }, 1,
	          "A and B are right on equally many of 100 images (difference 0.000, 95 % -0.064 "
	          "to 0.064; p = 1.000): no difference can be shown.");
}

/* ---- alike ---- */

static void test_alike(void)
{
	struct setting s;
	struct compare c;

	setting_init(&s, MANY, 1, 1);
	for (size_t i = 0; i < s.a.count; i++)
		s.in_b[i] = i;
	compare_init(&c, &s.a, &s.a, s.in_b, &s.o);
	ok(c.p == 1 && c.accuracy.value == 0 && c.accuracy.low < 0 && c.accuracy.high > 0,
	   "a classifier and itself");
	ok(c.rows[0].auc_p == 1 && c.rows[0].auc.value == 0, "its AUCs");
	ok(c.macro_f1.low == 0 && c.macro_f1.high == 0, "its macro F1");
	compare_release(&c);
	setting_release(&s);
}

int main(void)
{
	scratch_begin();
	test_match();
	test_figures();
	test_group_answers();
	test_patients();
	test_one_patient();
	test_student();
	test_threads();
	test_sentence();
	test_alike();
	return tap_end();
}
