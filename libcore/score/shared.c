/* Shared tables as text; see shared.h. */
#include "score/shared.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"

static const char first_word[] = "aml-shared", version[] = "1", last_word[] = "end";

/* A sum may be as much larger than all its terms could be. */
static const double rounding = 1.001;

/* First fields of the lines that hold a bin of a histogram. */
static const char scores_of_confidence[] = "confidence", scores_of_class[] = "class_score",
                  scores_of_group[] = "group_score", no_name[] = "-";

/* ---- writing ---- */

static void write_codes(const struct classes *c, const struct class_group *g, FILE *f)
{
	const char *between = "\t";

	for (int i = 0; i < c->count; i++)
		if (g->member[i]) {
			fprintf(f, "%s%s", between, c->entry[i].code);
			between = ",";
		}
	putc('\n', f);
}

static void write_head(const struct tally *t, FILE *f)
{
	const struct classes *c = &t->confusion.classes;

	fprintf(f, "%s\t%s\nclasses", first_word, version);
	for (int i = 0; i < c->count; i++)
		fprintf(f, "\t%s", c->entry[i].code);
	putc('\n', f);
	for (size_t i = 0; i < t->groups.count; i++) {
		fprintf(f, "group\t%s", t->groups.each[i].name);
		write_codes(c, &t->groups.each[i], f);
	}
}

static void write_sum(const char *name, const struct tally_sum *s, FILE *f)
{
	fprintf(f, "%s\t%.17g\t%.17g\n", name, s->sum, s->squares);
}

static void write_counts(const struct confusion *c, FILE *f)
{
	for (int i = 0; i < c->classes.count; i++) {
		fprintf(f, "count\t%s", c->classes.entry[i].code);
		for (int j = 0; j < c->classes.count; j++)
			fprintf(f, "\t%" PRId64, *confusion_at(c, i, j));
		putc('\n', f);
	}
}

static void write_calibration(const struct calibration *c, FILE *f)
{
	for (int i = 0; i < CALIBRATION_BINS; i++)
		fprintf(f, "calibration\t%d\t%" PRId64 "\t%" PRId64 "\t%.17g\t%.17g\n", i,
		        c->bin[i].count, c->bin[i].correct, c->bin[i].sum, c->bin[i].squares);
}

/* KIND and NAME of each line as its first two fields. */
static void write_scores(const char *kind, const char *name, const struct tally_scores *s, FILE *f)
{
	for (int bin = 0; bin < TALLY_BINS; bin++)
		if (s->positives[bin] || s->negatives[bin])
			fprintf(f, "%s\t%s\t%d\t%" PRId64 "\t%" PRId64 "\n", kind, name,
			        bin + TALLY_LOWEST, s->positives[bin], s->negatives[bin]);
}

void shared_write(const struct tally *t, FILE *f)
{
	const struct classes *c = &t->confusion.classes;

	write_head(t, f);
	fprintf(f, "images\t%" PRId64 "\ntop2\t%" PRId64 "\n", t->images, t->top2);
	write_sum("log_loss", &t->log_loss, f);
	write_sum("brier", &t->brier, f);
	write_counts(&t->confusion, f);
	write_calibration(&t->calibration, f);
	write_scores(scores_of_confidence, no_name, &t->confidence, f);
	for (int i = 0; i < c->count; i++)
		write_scores(scores_of_class, c->entry[i].code, &t->scores[i], f);
	for (size_t i = 0; i < t->groups.count; i++)
		write_scores(scores_of_group, t->groups.each[i].name,
		             &t->scores[(size_t)c->count + i], f);
	fprintf(f, "%s\n", last_word);
}

uint64_t shared_key(const struct tally *t)
{
	char *text, hex[SHA256_HEX];
	struct sha256 sha;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	shared_write(t, f);
	xmemclose(f);
	sha256_init(&sha);
	sha256_add(&sha, text, size);
	sha256_hex(&sha, hex);
	free(text);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16);
}

/* ---- reading ---- */

bool shared_begins(const struct tsv *t)
{
	return t->count > 0 && !strcmp(t->field[0], first_word);
}

/* What is wrong with a line is told with its place at the end, but for what tsv_next told so. */
struct reader {
	struct tsv *t;
	bool placed;
};

/* The next line, which must be there. */
static int next(struct reader *r, struct err *e)
{
	int got = tsv_next(r->t, e);

	r->placed = got < 0;
	return got == 0 ? err_set(e, "ends too early") : got < 0 ? -1 : 0;
}

/* The line that T is at: NAME, then COLUMNS fields. */
static int expect(const struct tsv *t, const char *name, int columns, struct err *e)
{
	if (strcmp(t->field[0], name))
		return err_set(e, "expected '%s', found '%.40s'", name, t->field[0]);
	if (t->count != columns + 1)
		return err_set(e, "%d columns, expected %d", t->count, columns + 1);
	return 0;
}

static int next_is(struct reader *r, const char *name, int columns, struct err *e)
{
	return next(r, e) < 0 ? -1 : expect(r->t, name, columns, e);
}

static int count(const struct tsv *t, int field, int64_t *to, struct err *e)
{
	return tsv_count(t->field[field], CONFUSION_CELL_MAX, to, e);
}

/* Of IMAGES images, each of which has from 0 to MOST. */
static int read_sum(struct reader *r, const char *name, struct tally_sum *s, int64_t images,
                    double most, struct err *e)
{
	if (next_is(r, name, 2, e) < 0 || tsv_number(r->t->field[1], &s->sum, e) < 0 ||
	    tsv_number(r->t->field[2], &s->squares, e) < 0)
		return -1;
	if (s->sum < 0 || s->squares < 0 || s->sum > rounding * most * (double)images ||
	    s->squares > rounding * most * most * (double)images)
		return err_set(e, "no sums of %" PRId64 " images", images);
	return 0;
}

/* Leaves the reader at the line behind the groups. */
static int read_groups(struct class_groups *g, const struct classes *c, struct reader *r,
                       struct err *e)
{
	while (next(r, e) == 0) {
		if (strcmp(r->t->field[0], "group"))
			return 0;
		if (expect(r->t, "group", 2, e) < 0 ||
		    class_groups_put(g, r->t->field[1], r->t->field[2], c, e) < 0)
			return -1;
	}
	return -1;
}

static int read_head(struct tally *to, struct reader *r, struct err *e)
{
	struct classes classes = {0};
	struct class_groups groups = {0};
	int result;

	if (expect(r->t, first_word, 1, e) < 0)
		return -1;
	if (strcmp(r->t->field[1], version))
		return err_set(e, "version %.40s, expected %s", r->t->field[1], version);
	if (next(r, e) < 0)
		return -1;
	if (strcmp(r->t->field[0], "classes"))
		return err_set(e, "expected 'classes', found '%.40s'", r->t->field[0]);
	if (classes_from_row(&classes, r->t, 1, e) < 0)
		return -1;
	result = read_groups(&groups, &classes, r, e);
	if (result == 0)
		tally_init(to, &classes, &groups);
	classes_release(&classes);
	class_groups_release(&groups);
	return result;
}

static int read_counts(struct confusion *c, struct reader *r, struct err *e)
{
	for (int i = 0; i < c->classes.count; i++) {
		const char *code = c->classes.entry[i].code;

		if (next_is(r, "count", 1 + c->classes.count, e) < 0)
			return -1;
		if (strcmp(r->t->field[1], code))
			return err_set(e, "row of class '%s', expected '%s'", r->t->field[1], code);
		for (int j = 0; j < c->classes.count; j++)
			if (count(r->t, 2 + j, confusion_at(c, i, j), e) < 0)
				return -1;
	}
	return 0;
}

static int read_calibration(struct calibration *c, struct reader *r, struct err *e)
{
	const struct tsv *t = r->t;
	double most;

	for (int i = 0; i < CALIBRATION_BINS; i++) {
		struct calibration_bin *bin = &c->bin[i];
		int64_t number;

		if (next_is(r, "calibration", 5, e) < 0 || count(t, 1, &number, e) < 0 ||
		    count(t, 2, &bin->count, e) < 0 || count(t, 3, &bin->correct, e) < 0 ||
		    tsv_number(t->field[4], &bin->sum, e) < 0 ||
		    tsv_number(t->field[5], &bin->squares, e) < 0)
			return -1;
		most = rounding * (double)bin->count;
		if (number != i || bin->correct > bin->count || bin->sum < 0 || bin->squares < 0 ||
		    bin->sum > most || bin->squares > most)
			return err_set(e, "not the calibration of bin %d", i);
	}
	return 0;
}

/* The histogram that the line names, or NULL. */
static struct tally_scores *find_scores(struct tally *t, const struct tsv *line)
{
	const struct classes *c = &t->confusion.classes;
	const char *kind = line->field[0], *name = line->field[1];

	if (!strcmp(kind, scores_of_confidence))
		return strcmp(name, no_name) ? NULL : &t->confidence;
	if (!strcmp(kind, scores_of_class)) {
		int i = classes_find(c, name);

		return i < 0 ? NULL : &t->scores[i];
	}
	if (!strcmp(kind, scores_of_group)) {
		int k = class_groups_find(&t->groups, name);

		return k < 0 ? NULL : &t->scores[c->count + k];
	}
	return NULL;
}

static int read_bin(struct tally *to, const struct tsv *t, struct err *e)
{
	struct tally_scores *s = t->count == 5 ? find_scores(to, t) : NULL;
	char *end;
	long bin;

	if (!s)
		return err_set(e, "expected a score: what of, name, bin, two counts");
	bin = strtol(t->field[2], &end, 10);
	if (end == t->field[2] || *end || bin < TALLY_LOWEST || bin >= TALLY_LOWEST + TALLY_BINS)
		return err_set(e, "'%s' is no bin", t->field[2]);
	bin -= TALLY_LOWEST;
	if (s->positives[bin] || s->negatives[bin])
		return err_set(e, "bin %s is given twice", t->field[2]);
	if (count(t, 3, &s->positives[bin], e) < 0 || count(t, 4, &s->negatives[bin], e) < 0)
		return -1;
	return 0;
}

/* Up to the last line: a table that was cut off between two has lost some of them. */
static int read_scores(struct tally *to, struct reader *r, struct err *e)
{
	while (next(r, e) == 0) {
		if (!strcmp(r->t->field[0], last_word))
			return expect(r->t, last_word, 0, e);
		if (read_bin(to, r->t, e) < 0)
			return -1;
	}
	return -1;
}

static int read_end(struct reader *r, struct err *e)
{
	int got = tsv_next(r->t, e);

	r->placed = got < 0;
	return got > 0 ? err_set(e, "more lines behind '%s'", last_word) : got;
}

/* All images, or, suppressed, none. */
static int check_scores(const struct tally *t, const struct tally_scores *s, struct err *e)
{
	int64_t n = 0;

	for (int bin = 0; bin < TALLY_BINS; bin++)
		n += s->positives[bin] + s->negatives[bin];
	if (n != 0 && n != t->images)
		return err_set(e, "has scores of %" PRId64 " images, expected %" PRId64, n,
		               t->images);
	return 0;
}

/* Sums of tables must not overflow; counts of the matrix may have been rounded up. */
static int check(const struct tally *t, struct err *e)
{
	int64_t calibrated = calibration_total(&t->calibration);

	if (t->top2 > t->images || (calibrated && calibrated != t->images))
		return err_set(e, "counts other images than the %" PRId64 " it says to have",
		               t->images);
	for (size_t i = 0; i < tally_rows(t); i++)
		if (check_scores(t, &t->scores[i], e) < 0)
			return -1;
	return check_scores(t, &t->confidence, e);
}

static int read_body(struct tally *t, struct reader *r, struct err *e)
{
	if (expect(r->t, "images", 1, e) < 0 || count(r->t, 1, &t->images, e) < 0 ||
	    next_is(r, "top2", 1, e) < 0 || count(r->t, 1, &t->top2, e) < 0 ||
	    read_sum(r, "log_loss", &t->log_loss, t->images, CALIBRATION_LOG_LOSS_MOST, e) < 0 ||
	    read_sum(r, "brier", &t->brier, t->images, CALIBRATION_BRIER_MOST, e) < 0 ||
	    read_counts(&t->confusion, r, e) < 0 || read_calibration(&t->calibration, r, e) < 0 ||
	    read_scores(t, r, e) < 0 || read_end(r, e) < 0)
		return -1;
	return check(t, e);
}

int shared_read(struct tally *t, struct tsv *tsv, struct err *e)
{
	struct reader r = { .t = tsv };
	struct tally got = {0};

	if (read_head(&got, &r, e) < 0 || read_body(&got, &r, e) < 0) {
		tally_release(&got);
		return r.placed ? -1 : tsv_in(tsv, e);
	}
	*t = got;
	return 0;
}
