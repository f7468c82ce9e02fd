/* Output folders that appear whole or not at all; see outfolder.h. */
#include "base/outfolder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "base/tempname.h"

struct outfolder {
	char *path;                     /* for messages */
	char *target, *temp;            /* neighbours: TEMP becomes TARGET by one rename */
	int fd;                         /* of TEMP, which it locks */
	int ticket;                     /* of cleanup.h */
};

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

int outfolder_is_empty(const char *path, struct err *e)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int empty = 1;

	if (!folder)
		return errno == ENOTDIR ? 0 : err_machine(e, "%s: %s", path, strerror(errno));
	while (empty == 1 && (errno = 0, entry = readdir(folder)))
		empty = is_dot(entry->d_name);
	if (empty == 1 && errno)
		empty = err_machine(e, "%s: %s", path, strerror(errno));
	closedir(folder);
	return empty;
}

static void forget(struct outfolder *o)
{
	cleanup_forget(o->ticket);
	if (o->fd >= 0)
		close(o->fd);
	free(o->path);
	free(o->target);
	free(o->temp);
	free(o);
}

/* PATH, an empty folder: may another one take its place? */
static int check_replaceable(const char *path, struct err *e)
{
	struct statx st;
	int empty = outfolder_is_empty(path, e);

	if (empty < 0)
		return -1;
	if (!empty)
		return err_set(e, "%s: exists and is not an empty folder", path);
	if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &st) == 0 &&
	    st.stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return err_set(e, "%s: is a mount point: name a new folder in it", path);
	return 0;
}

/* As the folder OLD that it replaces, or as mkdir makes it. Returns -1 with E set. */
static int make_temp(struct outfolder *o, const struct stat *old, struct err *e)
{
	char *prefix = xasprintf("%s.partial", o->target);
	int at_work = tempname_sweep(prefix);

	o->fd = at_work ? -1 : tempname_folder(&o->temp, prefix, &o->ticket);
	free(prefix);
	if (at_work)
		return err_set(e, "%s: in use by another process", o->path);
	if (o->fd < 0)
		return err_set(e, "%s: %s", o->path, strerror(errno));
	if (!old || (fchown(o->fd, (uid_t)-1, old->st_gid) == 0 &&
	             fchmod(o->fd, old->st_mode & 07777) == 0))
		return 0;
	err_set(e, "%s: %s", o->path, strerror(errno));
	cleanup_remove(o->temp, o->ticket);
	o->ticket = -1;
	return -1;
}

struct outfolder *outfolder_open(const char *path, struct err *e)
{
	struct outfolder *o = xcalloc(1, sizeof *o);
	size_t length = strlen(path);
	struct stat st;
	bool exists = stat(path, &st) == 0, seen = exists || errno == ENOENT;

	while (length > 1 && path[length - 1] == '/')
		length--;
	o->fd = o->ticket = -1;
	o->path = xstrdup(path);
	if (!seen) {
		err_machine(e, "%s: %s", path, strerror(errno));
		goto fail;
	}
	o->target = exists ? realpath(path, NULL) : xstrndup(path, length);
	if (exists && check_replaceable(path, e) < 0)
		goto fail;
	if (!o->target)
		err_set(e, "%s: %s", path, strerror(errno));
	else if (make_temp(o, exists ? &st : NULL, e) == 0)
		return o;
fail:
	forget(o);
	return NULL;
}

const char *outfolder_path(const struct outfolder *o)
{
	return o->temp;
}

int outfolder_commit(struct outfolder *o, struct err *e)
{
	if (rename(o->temp, o->target) < 0) {
		err_set(e, "%s: %s", o->path, strerror(errno));
		outfolder_abandon(o);
		return -1;
	}
	outfile_sync_parent(o->target);
	forget(o);
	return 0;
}

void outfolder_abandon(struct outfolder *o)
{
	if (!o)
		return;
	cleanup_remove(o->temp, o->ticket);
	o->ticket = -1;
	forget(o);
}
