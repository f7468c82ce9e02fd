#pragma once
/* Tables of tests/data/score: a figure a line, its name, value, low and high. */
#include "format/tsv.h"
#include "must.h"
#include "score/scorecard.h"
#include "score/tables.h"
#include "tap.h"

#define FIGURES_FOLDER "tests/data/score/"

/* "NAN" as text, or a number. */
static double figures_number(const char *text)
{
	return strtod(text, NULL);
}

/* The interval of S that NAME, "class.BAS.auc", stands for; NULL: none. */
static const struct interval *figures_find(const struct scorecard *s, const char *name)
{
	char key[256];

	for (int k = 0; k < SCORECARD_OVERALL; k++) {
		snprintf(key, sizeof key, "overall.%s",
		         scorecard_overall_key((enum scorecard_overall)k));
		if (!strcmp(key, name))
			return &s->overall[k];
	}
	for (size_t i = 0; i < s->classes + s->groups; i++)
		for (int k = 0; k < SCORECARD_EACH; k++) {
			snprintf(key, sizeof key, "%s.%s.%s", i < s->classes ? "class" : "group",
			         s->rows[i].name, scorecard_each_key((enum scorecard_each)k));
			if (!strcmp(key, name))
				return &s->rows[i].figure[k];
		}
	return NULL;
}

static bool figures_agree(double got, double want, double tolerance)
{
	return isnan(want) ? isnan(got) : fabs(got - want) <= tolerance;
}

/* S against the table NAME: values within VALUE, end points within END. */
__attribute__((unused))
static void figures_check(const struct scorecard *s, const char *name, double value, double end)
{
	char path[128];
	struct err e;
	struct tsv *t;
	int got;

	snprintf(path, sizeof path, FIGURES_FOLDER "%s.figures", name);
	t = tsv_open(path, &e);
	must(t ? 0 : -1, &e);
	while ((got = tsv_next(t, &e)) > 0) {
		const struct interval *i = figures_find(s, t->field[0]);
		double want[3];

		for (int k = 0; k < 3; k++)
			want[k] = figures_number(t->field[1 + k]);
		if (!ok(i && figures_agree(i->value, want[0], value) &&
		                figures_agree(i->low, want[1], end) &&
		                figures_agree(i->high, want[2], end),
		        "%s: %s", name, t->field[0]) && i)
			printf("#   got %.12g (%.12g, %.12g), expected %.12g (%.12g, %.12g)\n",
			       i->value, i->low, i->high, want[0], want[1], want[2]);
	}
	must(got, &e);
	tsv_close(t);
}

/* The tables PATH with the COUNT groups TEXT. */
__attribute__((unused))
static void figures_load(struct tables *t, const char *path, const char *const *text, int count)
{
	const struct tables_groups groups = { text, count, NULL };
	char name[128], *paths[] = { name, NULL };
	struct err e;

	snprintf(name, sizeof name, "%s", path);
	must(tables_load(t, paths, &groups, &e), &e);
}

#define FIGURES_FIFTEEN "tests/data/report/fifteen.tsv"
#define FIGURES_SKEWED FIGURES_FOLDER "skewed.tsv"
static const char *const figures_fifteen_groups[] __attribute__((unused)) = {
	"blast=MYO,MOB", "lymphocytes=LYT,LYA"
};
static const char *const figures_skewed_groups[] __attribute__((unused)) = {
	"first two=A,B", "rare=D,E"
};
