/* Class lists and classes.tsv; see classes.h. */
#include "data/classes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/outfile.h"

/* Matek, Schwarz, Marr, Spiekermann: A single-cell morphological dataset of leukocytes
 * from AML patients and non-malignant controls (AML-Cytomorphology_LMU). The Cancer
 * Imaging Archive, 2019. */
static const struct class_entry known[] = {
	{ "BAS", "basophil" },
	{ "EBO", "erythroblast" },
	{ "EOS", "eosinophil" },
	{ "KSC", "smudge cell" },
	{ "LYA", "lymphocyte (atypical)" },
	{ "LYT", "lymphocyte (typical)" },
	{ "MMZ", "metamyelocyte" },
	{ "MOB", "monoblast" },
	{ "MON", "monocyte" },
	{ "MYB", "myelocyte" },
	{ "MYO", "myeloblast" },
	{ "NGB", "neutrophil (band)" },
	{ "NGS", "neutrophil (segmented)" },
	{ "PMB", "promyelocyte (bilobled)" },
	{ "PMO", "promyelocyte" },
};
enum { KNOWN = sizeof known / sizeof *known };

enum { HEADER = 3 };
static const char *const header[HEADER] = { "index", "code", "name" };

void classes_default(struct classes *c)
{
	c->count = KNOWN;
	c->entry = xmalloc(KNOWN, sizeof *c->entry);
	memcpy(c->entry, known, sizeof known);
}

void classes_numbered(struct classes *c, int n)
{
	c->count = n;
	c->entry = xcalloc((size_t)n, sizeof *c->entry);
	for (int i = 0; i < n; i++) {
		snprintf(c->entry[i].code, sizeof c->entry[i].code, "C%d", i);
		snprintf(c->entry[i].name, sizeof c->entry[i].name, "C%d", i);
	}
}

void classes_copy(struct classes *to, const struct classes *from)
{
	to->count = from->count;
	to->entry = xmalloc((size_t)from->count, sizeof *to->entry);
	memcpy(to->entry, from->entry, (size_t)from->count * sizeof *to->entry);
}

void classes_release(struct classes *c)
{
	free(c->entry);
	*c = (struct classes){0};
}

int classes_find(const struct classes *c, const char *code)
{
	for (int i = 0; i < c->count; i++)
		if (!strcmp(c->entry[i].code, code))
			return i;
	return -1;
}

bool classes_equal(const struct classes *a, const struct classes *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
		if (strcmp(a->entry[i].code, b->entry[i].code))
			return false;
	return true;
}

char *classes_codes(const struct classes *c)
{
	char *text = xmalloc((size_t)c->count + 1, CLASS_CODE_BYTES), *end = text;

	*end = '\0';
	for (int i = 0; i < c->count; i++)
		end += sprintf(end, "%s%s", i ? "," : "", c->entry[i].code);
	return text;
}

int classes_expect(const struct classes *want, const struct classes *got, struct err *e)
{
	char *wanted, *found;

	if (classes_equal(want, got))
		return 0;
	wanted = classes_codes(want);
	found = classes_codes(got);
	err_set(e, "its classes are %.400s, expected %.400s", found, wanted);
	free(wanted);
	free(found);
	return -1;
}

/* ---- adding ---- */

/* A code stands in comma lists, in columns of tables and as the name of a folder. */
static int check_code(const struct classes *c, const char *code, struct err *e)
{
	if (!*code)
		return err_set(e, "class %d has an empty code", c->count);
	if (strlen(code) >= CLASS_CODE_BYTES)
		return err_set(e, "class code '%s' is longer than %d bytes", code,
		               CLASS_CODE_BYTES - 1);
	for (const unsigned char *p = (const unsigned char *)code; *p; p++)
		if (*p < ' ' || *p == 0x7f || *p == ',' || *p == '/')
			return err_set(e, "class code '%s' has a comma, slash or control character",
			               code);
	if (classes_find(c, code) >= 0)
		return err_set(e, "class code '%s' occurs twice", code);
	return 0;
}

static const char *known_name(const char *code)
{
	for (int i = 0; i < KNOWN; i++)
		if (!strcmp(known[i].code, code))
			return known[i].name;
	return code;
}

/* NAME may be empty: the known name of the code, or the code. */
static int add(struct classes *c, const char *code, const char *name, struct err *e)
{
	struct class_entry *new;

	if (c->count == CLASSES_MAX)
		return err_set(e, "more than %d classes", CLASSES_MAX);
	if (check_code(c, code, e) < 0)
		return -1;
	if (!*name)
		name = known_name(code);
	if (strlen(name) >= CLASS_NAME_BYTES)
		return err_set(e, "name of class '%s' is longer than %d bytes", code,
		               CLASS_NAME_BYTES - 1);
	c->entry = xrealloc(c->entry, (size_t)c->count + 1, sizeof *c->entry);
	new = &c->entry[c->count++];
	*new = (struct class_entry){0};
	strcpy(new->code, code);
	strcpy(new->name, name);
	return 0;
}

int classes_parse(struct classes *c, const char *list, struct err *e)
{
	struct classes got = {0};
	char *copy = xstrdup(list), *rest = copy, *code;

	while ((code = strsep(&rest, ",")))
		if (add(&got, code, "", e) < 0)
			goto fail;
	free(copy);
	*c = got;
	return 0;
fail:
	free(copy);
	classes_release(&got);
	return -1;
}

/* ---- classes.tsv ---- */

static int parse_row(struct classes *c, struct tsv *t, struct err *e)
{
	char *end;

	if (t->count < 2 || strtol(t->field[0], &end, 10) != c->count || end == t->field[0] || *end)
		return err_set(e, "expected index %d, code and name between tabs", c->count);
	return add(c, t->field[1], t->count > 2 ? t->field[2] : "", e);
}

static bool is_header(const struct tsv *t)
{
	for (int i = 0; i < HEADER; i++)
		if (t->count != HEADER || strcmp(t->field[i], header[i]) != 0)
			return false;
	return true;
}

static int read_all(struct classes *got, struct tsv *t, struct err *e)
{
	int left;

	while ((left = tsv_next(t, e)) > 0)
		if (!tsv_is_blank(t) && !(t->line == 1 && is_header(t)) && parse_row(got, t, e) < 0)
			return tsv_in(t, e);
	if (left == 0 && got->count == 0)
		return err_set(e, "%s: no classes", t->name);
	return left;
}

int classes_load(struct classes *c, const char *tsv_path, struct err *e)
{
	struct tsv *t = tsv_open(tsv_path, e);
	struct classes got = {0};
	int result = t ? read_all(&got, t, e) : -1;

	tsv_close(t);
	if (result < 0)
		classes_release(&got);
	else
		*c = got;
	return result;
}

/* What tells a list of codes from the other fields of a table. */
static int check_field(const char *code, struct err *e)
{
	if (!strcmp(code, "-"))
		return err_set(e, "'-' is not a class code");
	if (strchr(code, ','))
		return err_set(e, "class code '%s' has a comma", code);
	return 0;
}

int classes_from_row(struct classes *c, const struct tsv *t, int first, struct err *e)
{
	struct classes got = {0};

	if (t->count <= first)
		return err_set(e, "names no classes");
	for (int i = first; i < t->count; i++)
		if (check_field(t->field[i], e) < 0 || add(&got, t->field[i], "", e) < 0) {
			classes_release(&got);
			return -1;
		}
	*c = got;
	return 0;
}

int classes_rename(struct classes *c, const char *tsv_path, struct err *e)
{
	struct classes named = {0};
	int result = 0;

	if (classes_load(&named, tsv_path, e) < 0)
		return -1;
	for (int i = 0; i < c->count && result == 0; i++) {
		int k = classes_find(&named, c->entry[i].code);

		if (k < 0)
			result = err_set(e, "%s: has no class '%s'", tsv_path, c->entry[i].code);
		else
			c->entry[i] = named.entry[k];
	}
	classes_release(&named);
	return result;
}

int classes_save(const struct classes *c, const char *tsv_path, struct err *e)
{
	struct outfile *o = outfile_open(tsv_path, e);

	if (!o)
		return -1;
	fprintf(outfile_stream(o), "%s\t%s\t%s\n", header[0], header[1], header[2]);
	for (int i = 0; i < c->count; i++)
		fprintf(outfile_stream(o), "%d\t%s\t%s\n", i, c->entry[i].code,
		        c->entry[i].name);
	return outfile_commit(o, true, e);
}
