/*
 * All that a report is made of: an input is a folder (folder_files.h) of predictions or shared
 * tables, a log, groups, patients, pairs, a model and a dataset. The page is UTF-8, and its
 * elements are ours and end in the order in which they began.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/folder_files.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "page/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum file {
	TABLE, TABLE_2, LOG, GROUPS, PATIENTS, PAIRS, MODEL, LABELS, CLASS_LIST, TRAIN, VALID,
	IMAGES, IDS, FILES
};
static const char *const names[FILES] = {
	"a.tsv", "b.tsv", "log.tsv", "groups.tsv", "patients.tsv", "pairs.tsv", "m.npz",
	"d/labels.npy", "d/classes.tsv", "d/trainids.npy", "d/valids.npy", "d/images.npy",
	"d/ids.npy",
};
enum { RESAMPLES = 3, DEEPEST = 64, NAME_BYTES = 16 };

struct tags {
	char open[DEEPEST][NAME_BYTES];
	int depth;
};

static bool is_one_of(const char *name, const char *list)
{
	const char *at = strstr(list, name);
	size_t n = strlen(name);

	return n && at && (at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]);
}

/* The end of the element that P begins, or NULL: quotes that do not end. */
static const char *tag_end(const char *p)
{
	bool quoted = false;

	for (; *p && (quoted || *p != '>'); p++)
		quoted ^= *p == '"';
	return *p ? p : NULL;
}

static void take_tag(struct tags *t, const char *p, const char *end)
{
	bool closes = *p == '/';
	char name[NAME_BYTES];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(p + closes, " >/\n"), p + closes);
	if (is_one_of(name, "script iframe object embed link base form input"))
		abort();
	if (closes) {
		if (t->depth == 0 || strcmp(t->open[--t->depth], name))
			abort();
	} else if (end[-1] != '/' && !is_one_of(name, "meta img br hr col wbr !DOCTYPE")) {
		if (t->depth == DEEPEST)
			abort();
		strcpy(t->open[t->depth++], name);
	}
}

static void check_page(const char *page, size_t size)
{
	struct tags t = {0};
	const char *p = page, *end;

	if (strlen(page) != size || !utf8_is_valid(page))
		abort();
	while ((p = strchr(p, '<'))) {
		end = tag_end(++p);
		if (!end)
			abort();
		take_tag(&t, p, end);
		p = end;
	}
	if (t.depth != 0)
		abort();
}

static void write_page(const struct evidence *v)
{
	char *page;
	size_t size;
	struct err e;
	FILE *f = xmemstream(&page, &size);
	int result = report_write(v, f, &e);

	xmemclose(f);
	if (result == 0)
		check_page(page, size);
	free(page);
}

static char *path_of(const bool *got, enum file file)
{
	return got[file] ? xstrdup(folder_files_path(names[file])) : NULL;
}

static void report(const bool *got)
{
	char *path[FILES], *tables[3] = {0}, *folder = NULL;
	struct evidence_files f = {
		.title = "T", .tables = tables, .resamples = RESAMPLES, .threads = 1, .seed = 1
	};
	struct evidence v = {0};
	struct err e;
	int count = 0;

	for (int i = 0; i < FILES; i++)
		path[i] = path_of(got, i);
	for (int i = TABLE; i <= TABLE_2; i++)
		if (got[i])
			tables[count++] = path[i];
	if (got[LABELS])
		f.dataset = folder = xstrdup(folder_files_path("d"));
	f.model = path[MODEL];
	f.patients = path[PATIENTS];
	f.tolerant = path[PAIRS];
	f.groups.file = path[GROUPS];
	f.logs = (const char *const *)&path[LOG];
	f.logs_count = got[LOG];
	if (count && evidence_gather(&v, &f, &e) == 0)
		write_page(&v);
	if (count)
		evidence_release(&v);
	for (int i = 0; i < FILES; i++)
		free(path[i]);
	free(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool got[FILES];

	folder_files_fill(names, FILES, got, data, size);
	report(got);
	return 0;
}
