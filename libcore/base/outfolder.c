/* Output folders that appear whole or not at all; see outfolder.h. */
#include "base/outfolder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/outfile.h"
#include "base/tempname.h"

struct outfolder {
	char *path;                     /* for messages */
	char *target, *temp;            /* neighbours: TEMP becomes TARGET by one rename */
};

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

bool outfolder_is_empty(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool empty = folder != NULL;

	while (empty && (entry = readdir(folder)))
		empty = is_dot(entry->d_name);
	if (folder)
		closedir(folder);
	return empty;
}

static void forget(struct outfolder *o)
{
	free(o->path);
	free(o->target);
	free(o->temp);
	free(o);
}

/* PATH, an empty folder: may another one take its place? */
static int check_replaceable(const char *path, struct err *e)
{
	struct statx st;

	if (!outfolder_is_empty(path))
		return err_set(e, "%s: exists and is not an empty folder", path);
	if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &st) == 0 &&
	    st.stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return err_set(e, "%s: is a mount point: name a new folder in it", path);
	return 0;
}

/* As the folder OLD that it replaces, or as mkdir makes it. */
static int make_temp(struct outfolder *o, const struct stat *old)
{
	char *prefix = xasprintf("%s.partial", o->target);
	int result = tempname_folder(&o->temp, prefix);

	free(prefix);
	if (result < 0 || !old)
		return result;
	if (chown(o->temp, (uid_t)-1, old->st_gid) == 0 &&
	    chmod(o->temp, old->st_mode & 07777) == 0)
		return 0;
	rmdir(o->temp);
	return -1;
}

struct outfolder *outfolder_open(const char *path, struct err *e)
{
	struct outfolder *o = xcalloc(1, sizeof *o);
	size_t length = strlen(path);
	struct stat st;
	bool exists = stat(path, &st) == 0;

	while (length > 1 && path[length - 1] == '/')
		length--;
	o->path = xstrdup(path);
	o->target = exists ? realpath(path, NULL) : xstrndup(path, length);
	if (exists && check_replaceable(path, e) < 0)
		goto fail;
	if (o->target && make_temp(o, exists ? &st : NULL) == 0)
		return o;
	err_set(e, "%s: %s", path, strerror(errno));
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

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void outfolder_abandon(struct outfolder *o)
{
	enum { OPEN_FOLDERS = 8 };

	if (!o)
		return;
	nftw(o->temp, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
	forget(o);
}
