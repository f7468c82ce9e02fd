/* Who takes part; see roster.h. */
#include "fed/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "format/tsv.h"

enum { COLUMN_SITE, COLUMN_KEY, COLUMN_LEAST, COLUMNS };
static const char *const column_name[COLUMNS] = { "site", "key", "min_examples" };

enum { NAME_BYTES = 255 };              /* of a site, at most: a file's name */
static const int64_t most_examples = 1000000000;        /* as one model may count */

struct reading {
	struct tsv *t;
	int at[COLUMNS];                /* which field; -1: there is no such column */
	int columns;
};

static const char *field(const struct reading *in, int column)
{
	return in->t->field[in->at[column]];
}

/* ---- the heading ---- */

/* The place of column C in the heading, -1 where it is not; -2 with E set: there are two. */
static int find_column(const struct tsv *t, int c, struct err *e)
{
	int at = -1;

	for (int i = 0; i < t->count; i++) {
		if (strcmp(t->field[i], column_name[c]) != 0)
			continue;
		if (at >= 0)
			return err_set(e, "two columns '%s'", column_name[c]) - 1;
		at = i;
	}
	return at;
}

static int read_heading(struct reading *in, struct err *e)
{
	if (tsv_first(in->t, e) < 0)
		return -1;
	in->columns = in->t->count;
	for (int c = 0; c < COLUMNS; c++) {
		in->at[c] = find_column(in->t, c, e);
		if (in->at[c] == -1 && c != COLUMN_LEAST)
			in->at[c] = err_set(e, "no column '%s' in the heading", column_name[c]) - 1;
		if (in->at[c] < -1)
			return tsv_in(in->t, e);
	}
	return 0;
}

/* ---- keys ---- */

/* Does the blob of DIGITS begin with its kind, as RFC 4253, section 6.6 has it? */
static bool holds_kind(const char *digits, const char *kind)
{
	enum { LENGTH = 4 };
	size_t size = strlen(digits), n = strlen(kind);
	unsigned char *blob = xmalloc(size / 4 * 3 + 3, 1);
	struct err why;
	long got = base64_read(blob, digits, size, &why);
	bool good = got > (long)(LENGTH + n) && !blob[0] && !blob[1] && !blob[2] &&
	            blob[LENGTH - 1] == n && !memcmp(blob + LENGTH, kind, n);

	free(blob);
	return good;
}

/*
 * The two words of a public key in new memory, without its comment; NULL: it is none. Options, such
 * as cert-authority, stand before the kind, and so are refused.
 */
static char *parse_key(const char *text)
{
	static const char *const kinds[] = {
		"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
		"ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
	};
	static const char base64[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "0123456789+/=";
	size_t n = strcspn(text, " "), digits = text[n] ? strspn(text + n + 1, base64) : 0;
	const char *end = text[n] ? text + n + 1 + digits : text + n;
	const char *kind = NULL;
	char *key;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i]) == n && !strncmp(text, kinds[i], n))
			kind = kinds[i];
	if (!kind || !digits || (*end && *end != ' '))
		return NULL;
	key = xstrndup(text, (size_t)(end - text));
	if (holds_kind(key + n + 1, kind))
		return key;
	free(key);
	return NULL;
}

/* ---- a line ---- */

static bool is_name(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return false;
	return *text && strlen(text) <= NAME_BYTES && utf8_is_valid(text);
}

static int check_site(const struct roster_site *s, const char *key, struct err *e)
{
	if (!is_name(s->name))
		return err_set(e, "'%.80s' is no name of a site", s->name);
	if (!strcmp(key, "-"))
		return 0;
	if (!s->key)
		return err_set(e,
		               "the key of '%.80s' is neither an OpenSSH public key "
		               "(ssh-ed25519 AAAA...) nor -",
		               s->name);
	if (!printable_is_word(s->name))
		return err_set(e,
		               "'%.80s': the name of a site that signs is of letters, digits, '.', "
		               "'_' and '-'",
		               s->name);
	return 0;
}

static int take_row(struct roster *r, const struct reading *in, struct err *e)
{
	struct roster_site *s;
	const char *key;

	if (in->t->count != in->columns)
		return err_set(e, "%d columns, the heading has %d", in->t->count, in->columns);
	r->site = xrealloc(r->site, r->count + 1, sizeof *r->site);
	s = &r->site[r->count++];
	key = field(in, COLUMN_KEY);
	*s = (struct roster_site){
		.name = xstrdup(field(in, COLUMN_SITE)), .key = parse_key(key),
		.line = in->t->line,
	};
	if (check_site(s, key, e) < 0)
		return -1;
	if (in->at[COLUMN_LEAST] < 0 || !strcmp(field(in, COLUMN_LEAST), "-"))
		return 0;
	return tsv_count(field(in, COLUMN_LEAST), most_examples, &s->least, e) < 0
	               ? err_in(e, column_name[COLUMN_LEAST])
	               : 0;
}

/* ---- the whole ---- */

static int compare_names(const void *a, const void *b)
{
	const struct roster_site *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int compare_keys(const void *a, const void *b)
{
	const struct roster_site *x = *(const struct roster_site *const *)a,
				 *y = *(const struct roster_site *const *)b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int check_names(const struct roster *r, struct err *e)
{
	for (size_t i = 1; i < r->count; i++)
		if (!strcmp(r->site[i].name, r->site[i - 1].name))
			return err_set(e, "line %ld: '%.80s' is in line %ld already",
			               r->site[i].line, r->site[i].name, r->site[i - 1].line);
	return 0;
}

/* With one key for two sites either could sign for the other. */
static int check_keys(const struct roster *r, struct err *e)
{
	const struct roster_site **sorted = xmalloc(r->count, sizeof(struct roster_site *));
	size_t n = 0;
	int result = 0;

	for (size_t i = 0; i < r->count; i++)
		if (r->site[i].key)
			sorted[n++] = &r->site[i];
	qsort(sorted, n, sizeof(struct roster_site *), compare_keys);
	for (size_t i = 1; i < n && result == 0; i++)
		if (!strcmp(sorted[i]->key, sorted[i - 1]->key))
			result = err_set(e, "line %ld: the key of '%.80s' is that of '%.80s', too",
			                 sorted[i]->line, sorted[i]->name, sorted[i - 1]->name);
	free(sorted);
	return result;
}

static int read_rows(struct roster *r, struct reading *in, struct err *e)
{
	int left;

	if (read_heading(in, e) < 0)
		return -1;
	while ((left = tsv_next(in->t, e)) > 0)
		if (!tsv_is_blank(in->t) && take_row(r, in, e) < 0)
			return tsv_in(in->t, e);
	if (left < 0)
		return -1;
	if (!r->count)
		return err_set(e, "%s: names no site", in->t->name);
	qsort(r->site, r->count, sizeof *r->site, compare_names);
	if (check_names(r, e) < 0 || check_keys(r, e) < 0)
		return err_in(e, in->t->name);
	return 0;
}

int roster_load(struct roster *r, const char *path, struct err *e)
{
	struct reading in = { .t = tsv_open(path, e) };
	int result;

	*r = (struct roster){0};
	if (!in.t)
		return -1;
	result = read_rows(r, &in, e);
	tsv_close(in.t);
	if (result < 0)
		roster_release(r);
	return result;
}

void roster_release(struct roster *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->site[i].name);
		free(r->site[i].key);
	}
	free(r->site);
	*r = (struct roster){0};
}

static int compare_to_name(const void *name, const void *site)
{
	return strcmp(name, ((const struct roster_site *)site)->name);
}

const struct roster_site *roster_find(const struct roster *r, const char *name)
{
	if (!r->count)
		return NULL;
	return bsearch(name, r->site, r->count, sizeof *r->site, compare_to_name);
}
