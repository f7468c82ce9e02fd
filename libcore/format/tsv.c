/* Tab-separated lines; see tsv.h. */
#include "format/tsv.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"

static FILE *open_stream(const char *path, struct err *e)
{
	int fd = infile_descriptor(path, e);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !f) {
		err_set(e, "%s: %s", path, strerror(errno));
		close(fd);
	}
	return f;
}

struct tsv *tsv_open(const char *path, struct err *e)
{
	bool is_stdin = infile_is_stdin(path);
	FILE *f = is_stdin ? stdin : open_stream(path, e);
	struct tsv *t;

	if (!f)
		return NULL;
	t = xmalloc(1, sizeof *t);              /* the text is large: no zeros for it */
	t->f = f;
	t->owned = !is_stdin;
	t->name = infile_name(path);
	t->line = 0;
	t->count = 0;
	return t;
}

void tsv_close(struct tsv *t)
{
	if (!t)
		return;
	if (t->owned)
		fclose(t->f);
	free(t);
}

int tsv_in(const struct tsv *t, struct err *e)
{
	char place[32];

	snprintf(place, sizeof place, "line %ld", t->line);
	err_in(e, place);
	return err_in(e, t->name);
}

static void drop_mark(char *text)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t size = sizeof mark - 1;

	if (!strncmp(text, mark, size))
		memmove(text, text + size, strlen(text + size) + 1);
}

/* Fills TEXT. Returns 1, 0 at the end of the file, or -1 with E set. */
static int read_line(struct tsv *t, struct err *e)
{
	size_t used = 0;
	int c;

	while ((c = getc_unlocked(t->f)) != EOF && c != '\n') {
		if (c == '\0')
			return err_set(e, "has a NUL byte");
		if (used == TSV_LINE_BYTES - 1)
			return err_set(e, "longer than %d bytes", TSV_LINE_BYTES - 1);
		t->text[used++] = (char)c;
	}
	if (ferror(t->f))
		return err_set(e, "%s", strerror(errno));
	if (c == EOF && used == 0)
		return 0;
	t->whole = c == '\n';
	if (used > 0 && t->text[used - 1] == '\r')
		used--;
	t->text[used] = '\0';
	if (t->line == 1)
		drop_mark(t->text);
	return 1;
}

static int split(struct tsv *t, struct err *e)
{
	char *rest = t->text;

	for (t->count = 0; rest; t->count++) {
		if (t->count == TSV_FIELDS_MAX)
			return err_set(e, "more than %d columns", TSV_FIELDS_MAX);
		t->field[t->count] = strsep(&rest, "\t");
	}
	return 1;
}

int tsv_next(struct tsv *t, struct err *e)
{
	int got;

	t->line++;
	got = read_line(t, e);
	if (got > 0)
		got = split(t, e);
	return got < 0 ? tsv_in(t, e) : got;
}

int tsv_check_whole(const struct tsv *t, struct err *e)
{
	return t->whole ? 0 : err_set(e, "ends without a newline: the file is cut off");
}

bool tsv_is_blank(const struct tsv *t)
{
	return t->count == 1 && !t->field[0][0];
}

int tsv_first(struct tsv *t, struct err *e)
{
	int got = tsv_next(t, e);

	return got == 0 ? err_set(e, "%s: empty", t->name) : got < 0 ? -1 : 0;
}

int tsv_heading(struct tsv *t, const char *const *names, int n, struct err *e)
{
	int got = tsv_next(t, e);
	bool same = got > 0 && t->count == n;

	if (got < 0)
		return -1;
	for (int i = 0; i < n && same; i++)
		same = !strcmp(t->field[i], names[i]);
	if (same)
		return 0;
	err_set(e, "expected the heading:");
	for (int i = 0; i < n; i++) {
		size_t used = strlen(e->text);

		snprintf(e->text + used, sizeof e->text - used, "%s %s", i ? "," : "", names[i]);
	}
	return tsv_in(t, e);
}

int tsv_count(const char *text, int64_t most, int64_t *count, struct err *e)
{
	char *end;

	errno = 0;
	*count = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end)
		return err_set(e, "'%s' is not a count", text);
	if (errno || *count > most)
		return err_set(e, "count %s is more than %" PRId64, text, most);
	return 0;
}

int tsv_number(const char *text, double *number, struct err *e)
{
	char *end;

	*number = strtod(text, &end);
	if (text[strspn(text, "0123456789.e+-")] || end == text || *end || !isfinite(*number))
		return err_set(e, "'%s' is not a number", text);
	return 0;
}
