/* What sites hand in; see submissions.h. */
#include "fed/submissions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "fed/signature.h"

/* ---- faults ---- */

void submissions_fault(struct submission *one, const struct err *e)
{
	struct err told = *e;

	if (one->fault)
		return;
	err_in(&told, one->site);
	one->fault = xstrdup(told.text);
}

static void report_text(void (*report)(const struct err *e), const char *text)
{
	struct err e;

	if (!report)
		return;
	err_set(&e, "%s", text);
	report(&e);
}

int submissions_faults(const struct submissions *s, void (*report)(const struct err *e))
{
	int n = 0;

	for (int i = 0; i < s->count; i++)
		if (s->one[i].fault) {
			report_text(report, s->one[i].fault);
			n++;
		}
	for (int i = 0; i < s->missing_count && !s->missing_allowed; i++) {
		char *text = xasprintf("%s: missing: no model was given", s->missing[i]);

		report_text(report, text);
		free(text);
		n++;
	}
	return n;
}

/* ---- names ---- */

static int compare_sites(const void *a, const void *b)
{
	const struct submission *x = *(struct submission *const *)a,
				*y = *(struct submission *const *)b;
	int order = strcmp(x->site, y->site);

	return order ? order : (x > y) - (x < y);
}

static int compare_digests(const void *a, const void *b)
{
	const struct submission *x = *(struct submission *const *)a,
				*y = *(struct submission *const *)b;
	int order = strcmp(x->sha256, y->sha256);

	return order ? order : (x > y) - (x < y);
}

/* Pointers to all, in new memory. */
static struct submission **sorted(const struct submissions *s,
                                  int (*compare)(const void *a, const void *b))
{
	struct submission **list = xmalloc((size_t)s->count, sizeof(struct submission *));

	for (int i = 0; i < s->count; i++)
		list[i] = &s->one[i];
	qsort(list, (size_t)s->count, sizeof(struct submission *), compare);
	return list;
}

static void find_missing(struct submissions *s, struct submission *const *by_site,
                         const struct roster *roster)
{
	int i = 0;

	s->missing = xmalloc(roster->count, sizeof *s->missing);
	for (size_t k = 0; k < roster->count; k++) {
		const char *name = roster->site[k].name;

		while (i < s->count && strcmp(by_site[i]->site, name) < 0)
			i++;
		if (i == s->count || strcmp(by_site[i]->site, name) != 0)
			s->missing[s->missing_count++] = name;
	}
}

static void check_names(struct submissions *s, const struct roster *roster)
{
	struct submission **by_site = sorted(s, compare_sites);
	struct err e;

	for (int i = 0; i < s->count; i++) {
		struct submission *one = by_site[i];
		const char *path = infile_name(one->path);

		one->listed = roster ? roster_find(roster, one->site) : NULL;
		if (roster && !one->listed)
			err_set(&e, "%s: the roster has no such site", path);
		else if (i > 0 && !strcmp(one->site, by_site[i - 1]->site))
			err_set(&e, "%s: handed in %s already", path,
			        infile_name(by_site[i - 1]->path));
		else
			continue;
		submissions_fault(one, &e);
	}
	if (roster)
		find_missing(s, by_site, roster);
	free(by_site);
}

/* ---- bytes ---- */

static int keep_open(struct submission *one, struct err *e)
{
	one->fd = -1;
	if (!one->bytes.mapped)
		return 0;
	one->fd = infile_is_stdin(one->path) ? dup(STDIN_FILENO)
	                                     : infile_reopen(&one->bytes, one->path);
	if (one->fd < 0 || fstat(one->fd, &one->before) < 0)
		return err_machine(e, "%s: cannot be kept open, or was replaced",
		                   infile_name(one->path));
	return 0;
}

static int verify(struct submission *one, struct err *e)
{
	char *path;
	int result;

	if (!one->listed || !one->listed->key)
		return 0;
	if (infile_is_stdin(one->path))
		return err_set(e, "standard input has no signature beside it");
	path = xasprintf("%s.sig", one->path);
	result = signature_verify(path, one->site, one->listed->key, one->sha256, e);
	free(path);
	one->is_signed = result == 0;
	return result;
}

static void open_one(void *arg, size_t i, int worker)
{
	struct submission *one = &((struct submissions *)arg)->one[i];
	struct err e;

	(void)worker;
	one->fd = -1;
	if (one->fault)
		return;
	if (infile_open(&one->bytes, one->path, SIZE_MAX, &e) == 0 && keep_open(one, &e) == 0) {
		sha256_of(one->bytes.data, one->bytes.size, one->sha256);
		if (verify(one, &e) == 0)
			return;
	}
	submissions_fault(one, &e);
}

static void check_contents(struct submissions *s)
{
	struct submission **by_digest = sorted(s, compare_digests);
	struct err e;

	for (int i = 1; i < s->count; i++) {
		const struct submission *before = by_digest[i - 1];

		if (!by_digest[i]->sha256[0] || strcmp(by_digest[i]->sha256, before->sha256) != 0)
			continue;
		err_set(&e, "%s: the same bytes as %s of %s", infile_name(by_digest[i]->path),
		        infile_name(before->path), before->site);
		submissions_fault(by_digest[i], &e);
	}
	free(by_digest);
}

/* ---- the whole ---- */

int submissions_open(struct submissions *s, char *const *paths, char *const *sites, int count,
                     const struct roster *roster, bool missing_allowed, struct threads *pool,
                     struct err *e)
{
	enum { SPARE = 128 };           /* open files for all else */

	*s = (struct submissions){
		.count = count, .strict = roster, .missing_allowed = missing_allowed,
	};
	if (count > SPARE && infile_raise_limit() / 2 - SPARE < count)
		return err_set(e, "%d models are more files than may be open", count);
	s->one = xcalloc((size_t)count, sizeof *s->one);
	for (int i = 0; i < count; i++)
		s->one[i] = (struct submission){ .path = paths[i], .site = sites[i], .fd = -1 };
	check_names(s, roster);
	threads_run(pool, (size_t)count, open_one, s);
	check_contents(s);
	return 0;
}

void submissions_release(struct submissions *s)
{
	for (int i = 0; i < s->count && s->one; i++) {
		struct submission *one = &s->one[i];

		if (one->bytes.data)
			infile_release(&one->bytes);
		if (one->fd >= 0)
			close(one->fd);
		free(one->fault);
	}
	free(s->one);
	free(s->missing);
	*s = (struct submissions){0};
}

/* Its owner can set the times of a file, but not that of its last change, st_ctim. */
static bool is_unchanged(const struct submission *one)
{
	const struct stat *a = &one->before;
	struct stat b;

	return one->fd < 0 ||
	       (fstat(one->fd, &b) == 0 && a->st_size == b.st_size &&
	        a->st_mtim.tv_sec == b.st_mtim.tv_sec && a->st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
	        a->st_ctim.tv_sec == b.st_ctim.tv_sec && a->st_ctim.tv_nsec == b.st_ctim.tv_nsec);
}

int submissions_check_unchanged(struct submissions *s)
{
	struct err e;

	for (int i = 0; i < s->count; i++)
		if (!is_unchanged(&s->one[i])) {
			err_set(&e, "%s: was changed or replaced while it was read",
			        infile_name(s->one[i].path));
			submissions_fault(&s->one[i], &e);
		}
	return submissions_faults(s, NULL);
}
