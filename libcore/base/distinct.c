/* Names that are one file; see distinct.h. */
#include "base/distinct.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/operand.h"
#include "base/outfile.h"

struct place {
	dev_t device;
	ino_t inode;                    /* 0: not known */
};

struct distinct_item {
	enum distinct_kind kind;
	char *what, *path;
	int fd;                         /* that PATH stands for, or -1 */
	mode_t mode;
	struct place file;              /* unknown where it is not there */
	int reason;                     /* errno of a look that failed otherwise, or 0 */
	/* of outputs and missing files: where they are, and their names in there */
	struct place folder;
	char *folder_path, *name;
};

static bool is_output(const struct distinct_item *n)
{
	return n->kind >= DISTINCT_OUTPUT;
}

static bool is_same(struct place a, struct place b)
{
	return a.inode && a.inode == b.inode && a.device == b.device;
}

/* ---- looking ---- */

static int descriptor_of(const struct distinct_item *n)
{
	if (is_output(n))
		return outfile_descriptor(n->path);
	return infile_is_stdin(n->path) ? STDIN_FILENO : -1;
}

/* What fails but for want of the file is noted in REASON. */
static struct place place_of(const char *path, int *reason)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return (struct place){ st.st_dev, st.st_ino };
	if (errno != ENOENT && errno != ENOTDIR)
		*reason = errno;
	return (struct place){0};
}

/* Where rename puts it, links followed. */
static void look_at_folder(struct distinct_item *n)
{
	size_t length = strlen(n->path);
	char *path, *target, *slash;

	while (length > 1 && n->path[length - 1] == '/')
		length--;
	path = xstrndup(n->path, length);
	target = outfile_target(path);
	free(path);
	if (!target) {
		n->reason = errno != ENOTDIR ? errno : 0;
		return;
	}
	slash = strrchr(target, '/');
	n->name = xstrdup(slash ? slash + 1 : target);
	n->folder_path = slash ? xstrndup(target, (size_t)(slash - target) + 1) : xstrdup("./");
	n->folder = place_of(n->folder_path, &n->reason);
	free(target);
}

static void look(struct distinct_item *n)
{
	struct stat st;

	n->fd = descriptor_of(n);
	if ((n->fd >= 0 ? fstat(n->fd, &st) : stat(n->path, &st)) == 0) {
		n->file = (struct place){ st.st_dev, st.st_ino };
		n->mode = st.st_mode;
	} else if (n->fd < 0 && errno != ENOENT && errno != ENOTDIR) {
		n->reason = errno;
	}
	if (n->fd < 0 && (is_output(n) || !n->file.inode))
		look_at_folder(n);
}

static void add(struct distinct *d, enum distinct_kind kind, char *what, char *path)
{
	struct distinct_item *n;

	d->item = xrealloc(d->item, d->count + 1, sizeof *d->item);
	n = &d->item[d->count++];
	*n = (struct distinct_item){ .kind = kind, .what = what, .path = path };
	look(n);
}

void distinct_add(struct distinct *d, enum distinct_kind kind, const char *what,
                  const char *path)
{
	char *lock;

	if (!path)
		return;
	add(d, kind, xstrdup(what), xstrdup(path));
	lock = kind == DISTINCT_UPDATED ? lock_name(path) : NULL;
	if (lock)
		add(d, DISTINCT_OUTPUT, xasprintf("%s's lock", what), lock);
}

void distinct_add_all(struct distinct *d, enum distinct_kind kind, const char *what,
                      char *const *list)
{
	for (; *list; list++)
		distinct_add(d, kind, what, *list);
}

void distinct_add_operands(struct distinct *d, enum distinct_kind kind, const char *what,
                           char *const *list)
{
	for (; *list; list++)
		distinct_add(d, kind, what, operand_path(*list));
}

void distinct_add_values(struct distinct *d, enum distinct_kind kind, const char *what,
                         const struct opt_list *list)
{
	for (int i = 0; i < list->count; i++)
		distinct_add(d, kind, what, operand_path(list->item[i]));
}

size_t distinct_outputs(const struct distinct *d, const char **path)
{
	size_t n = 0;

	for (size_t i = 0; i < d->count; i++)
		if (is_output(&d->item[i]))
			path[n++] = d->item[i].path;
	return n;
}

/* ---- comparing ---- */

static bool is_one_file(const struct distinct_item *a, const struct distinct_item *b)
{
	if (a->file.inode || b->file.inode)
		return is_same(a->file, b->file);
	return is_same(a->folder, b->folder) && !strcmp(a->name, b->name);
}

static int not_seen(const char *path, int reason, struct err *e)
{
	return err_machine(e, "%s: %s", path, strerror(reason));
}

/* Is FOLDER where N will be, or around it? 1, 0, or -1 with E set. */
static int lies_in(const struct distinct_item *n, struct place folder, struct err *e)
{
	char *path = n->folder_path ? xstrdup(n->folder_path) : NULL;
	struct place at = n->folder, below = {0};
	int reason = 0;

	while (path && at.inode && !is_same(at, folder) && !is_same(at, below)) {
		char *up = xasprintf("%s../", path);

		free(path);
		path = up;
		below = at;             /* above the root is the root */
		at = place_of(path, &reason);
	}
	free(path);
	return reason ? not_seen(n->path, reason, e) : is_same(at, folder);
}

/* Does the input stay until nobody needs it? */
static bool may_replace(const struct distinct_item *out, const struct distinct_item *in)
{
	return in->kind == DISTINCT_LOADED && out->kind == DISTINCT_OUTPUT && out->fd < 0;
}

/* OUT and OTHER are one file: are bytes lost, or mixed? */
static bool harms(const struct distinct_item *out, const struct distinct_item *other)
{
	bool flows = S_ISCHR(out->mode) || S_ISFIFO(out->mode) || S_ISSOCK(out->mode);

	if (is_output(other))
		return !S_ISCHR(out->mode) || (out->fd >= 0 && out->fd == other->fd);
	return !flows && !may_replace(out, other);
}

static int check(const struct distinct_item *out, const struct distinct_item *other, struct err *e)
{
	const char *name = outfile_name(out->path);
	int inside;

	if (is_one_file(out, other) && harms(out, other))
		return err_set(e, "%s and %s are the same %s, %s", other->what, out->what,
		               S_ISDIR(out->mode) ? "folder" : "file", name);
	inside = other->kind == DISTINCT_FOLDER ? lies_in(out, other->file, e) : 0;
	if (inside > 0)
		return err_set(e, "%s lies in %s, %s", out->what, other->what, name);
	return inside;
}

int distinct_end(struct distinct *d, struct err *e)
{
	int result = 0;

	for (size_t i = 0; i < d->count && result == 0; i++)
		if (d->item[i].reason)
			result = not_seen(d->item[i].path, d->item[i].reason, e);
	for (size_t i = 0; i < d->count && result == 0; i++)
		for (size_t j = 0; j < d->count && is_output(&d->item[i]) && result == 0; j++)
			if (j < i || !is_output(&d->item[j]))
				result = check(&d->item[i], &d->item[j], e);
	for (size_t i = 0; i < d->count; i++) {
		free(d->item[i].what);
		free(d->item[i].path);
		free(d->item[i].folder_path);
		free(d->item[i].name);
	}
	free(d->item);
	*d = (struct distinct){0};
	return result;
}
