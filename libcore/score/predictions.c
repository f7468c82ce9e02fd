/* Rows of PREDICTIONS.tsv, both ways; see predictions.h. */
#include "score/predictions.h"

#include <stdlib.h>
#include <string.h>

#include "nn/softmax.h"

enum { COLUMN_ID, COLUMN_TRUE, COLUMN_PREDICTED, COLUMNS_BEFORE_CLASSES };

static const char *const column_name[] = { "id", "true", "predicted" };
static const char unknown[] = "-";

/* What may not stand in a field, and the letters that stand for it behind a backslash. */
static const char special[] = "\t\n\r\\", letter[] = "tnr\\";

void predictions_header(FILE *f, const struct classes *c)
{
	fputs("id\ttrue\tpredicted", f);
	for (int i = 0; i < c->count; i++)
		fprintf(f, "\t%s", c->entry[i].code);
	putc('\n', f);
}

void predictions_id(FILE *f, const char *id)
{
	for (; *id; id++) {
		const char *at = strchr(special, *id);

		if (at)
			fprintf(f, "\\%c", letter[at - special]);
		else
			putc(*id, f);
	}
}

void predictions_row(FILE *f, const struct classes *c, const char *id, int actual,
                     const float *p)
{
	int best = softmax_argmax(p, c->count);

	predictions_id(f, id);
	fprintf(f, "\t%s\t%s", actual < 0 ? unknown : c->entry[actual].code,
	        c->entry[best].code);
	for (int i = 0; i < c->count; i++)
		fprintf(f, "\t%.9g", (double)p[i]);
	putc('\n', f);
}

/* In place: the result is never longer. */
static int read_id(char *id, struct err *e)
{
	char *to = id;

	for (const char *from = id; *from; from++) {
		const char *at;

		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		from++;
		at = *from ? strchr(letter, *from) : NULL;
		if (!at)
			return err_set(e, "id has a backslash before neither t, n, r nor \\");
		*to++ = special[at - letter];
	}
	*to = '\0';
	return 0;
}

static int read_class(const struct classes *c, const char *code, const char *column,
                      struct err *e)
{
	int i = classes_find(c, code);

	if (i < 0)
		return err_set(e, "%s class '%s' is not in the header", column, code);
	return i;
}

static int read_probability(const char *text, double *p, struct err *e)
{
	if (tsv_number(text, p, e) < 0 || !(*p >= 0 && *p <= 1))
		return err_set(e, "'%s' is not a probability", text);
	return 0;
}

static int read_probabilities(char *const *field, const struct classes *c, double *p,
                              struct err *e)
{
	for (int i = 0; i < c->count; i++)
		if (read_probability(field[i], &p[i], e) < 0)
			return err_in(e, c->entry[i].code);
	return 0;
}

int predictions_begin(const struct tsv *t, struct classes *c, struct err *e)
{
	for (int i = 0; i < COLUMNS_BEFORE_CLASSES; i++)
		if (i >= t->count || strcmp(t->field[i], column_name[i])) {
			err_set(e, "expected a header: id, true, predicted, CLASS...");
			return tsv_in(t, e);
		}
	if (classes_from_row(c, t, COLUMNS_BEFORE_CLASSES, e) < 0)
		return tsv_in(t, e);
	return 0;
}

static int read_row(const struct tsv *t, const struct classes *c, struct prediction *p,
                    struct err *e)
{
	const char *actual = t->field[COLUMN_TRUE];
	int columns = COLUMNS_BEFORE_CLASSES + c->count;

	if (t->count != columns)
		return err_set(e, "%d columns, expected %d", t->count, columns);
	p->id = t->field[COLUMN_ID];
	p->actual = PREDICTIONS_UNKNOWN;
	if (read_id(p->id, e) < 0)
		return -1;
	if (strcmp(actual, unknown)) {
		p->actual = read_class(c, actual, "true", e);
		if (p->actual < 0)
			return -1;
	}
	p->predicted = read_class(c, t->field[COLUMN_PREDICTED], "predicted", e);
	if (p->predicted < 0)
		return -1;
	return read_probabilities(t->field + COLUMNS_BEFORE_CLASSES, c, p->p, e);
}

int predictions_next(struct tsv *t, const struct classes *c, struct prediction *p,
                     struct err *e)
{
	int got = tsv_next(t, e);

	if (got <= 0)
		return got;
	return read_row(t, c, p, e) < 0 ? tsv_in(t, e) : 1;
}
