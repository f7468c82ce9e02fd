/* Least privilege for a tool; see confine_outputs.h. */
#include "base/confine_outputs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/mem.h"
#include "base/outfile.h"

/* The mode of what TARGET is, 0 if it is not there. Returns -1 with errno set. */
static int mode_of(const char *target, mode_t *mode)
{
	struct stat st = {0};
	int result = stat(target, &st);

	*mode = result == 0 ? st.st_mode : 0;
	return result == 0 || errno == ENOENT ? 0 : -1;
}

/*
 * What is written for PATH lies below *PLACE; in new memory, or NULL: nothing is. Returns 0, or -1
 * with E set.
 */
static int place_of(const char *path, char **place, struct err *e)
{
	char *target, *slash;
	size_t length;
	mode_t mode;

	*place = NULL;
	if (!path || outfile_descriptor(path) >= 0)
		return 0;
	*place = target = outfile_target(path);
	if (!target && errno == ENOTDIR)
		return 0;                       /* nothing can be written there */
	if (!target || mode_of(target, &mode) < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (S_ISCHR(mode) || S_ISFIFO(mode))
		return 0;                       /* a device, a pipe: it alone */
	length = strlen(target);
	while (length > 1 && target[length - 1] == '/')
		target[--length] = '\0';
	slash = strrchr(target, '/');
	if (!strcmp(slash ? slash + 1 : target, ".."))
		return 0;                       /* whose folder is not the one before it */
	if (slash)
		slash[1] = '\0';
	else
		strcpy(target, ".");
	return 0;
}

int confine_outputs(const char *const *path, size_t n, struct err *e)
{
	const char *given = getenv("TMPDIR");
	char **below = xcalloc(n + 1, sizeof *below);
	bool closed = false;
	size_t count = 0;
	int result = 0;

	for (size_t i = 0; i < n && result == 0; i++) {
		result = place_of(path[i], &below[count], e);
		if (!below[count])
			continue;
		closed |= access(below[count], W_OK) < 0;
		count++;
	}
	if (closed)
		below[count++] = xstrdup(given && *given ? given : "/tmp");
	if (result == 0)
		confine_writes((const char *const *)below, count);
	for (size_t i = 0; i < count; i++)
		free(below[i]);
	free(below);
	return result;
}

int confine_outputs_of(struct distinct *d, struct err *e)
{
	const char **path = xcalloc(d->count + 1, sizeof *path);
	size_t n = distinct_outputs(d, path);
	struct err ignored;
	int result = confine_outputs(path, n, e);

	free(path);
	if (distinct_end(d, result < 0 ? &ignored : e) < 0)
		result = -1;
	return result;
}
