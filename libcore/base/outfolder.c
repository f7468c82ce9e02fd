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

struct outfolder {
	char *path, *temp;
	bool exists;                    /* PATH, empty: TEMP is inside */
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
	free(o->temp);
	free(o);
}

/* mkdtemp makes it for the owner alone; a folder of results is as open as any other. */
static int make_temp(const struct outfolder *o)
{
	mode_t mask = umask(0);

	umask(mask);
	if (!mkdtemp(o->temp))
		return -1;
	return chmod(o->temp, 0777 & ~mask);
}

struct outfolder *outfolder_open(const char *path, struct err *e)
{
	struct outfolder *o = xcalloc(1, sizeof *o);
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	o->path = xstrdup(path);
	o->exists = access(path, F_OK) == 0;
	o->temp = xasprintf("%.*s%s.XXXXXX", (int)length, path,
	                    o->exists ? "/.partial" : ".partial");
	if (o->exists && !outfolder_is_empty(path))
		err_set(e, "%s: exists and is not an empty folder", path);
	else if (make_temp(o) < 0)
		err_set(e, "%s: %s", path, strerror(errno));
	else
		return o;
	forget(o);
	return NULL;
}

const char *outfolder_path(const struct outfolder *o)
{
	return o->temp;
}

static int move_entries(const struct outfolder *o)
{
	DIR *folder = opendir(o->temp);
	struct dirent *entry;
	int result = folder ? 0 : -1;

	while (result == 0 && (entry = readdir(folder))) {
		char *to = xasprintf("%s/%s", o->path, entry->d_name);

		if (!is_dot(entry->d_name))
			result = renameat(dirfd(folder), entry->d_name, AT_FDCWD, to);
		free(to);
	}
	if (folder)
		closedir(folder);
	return result < 0 ? -1 : rmdir(o->temp);
}

int outfolder_commit(struct outfolder *o, struct err *e)
{
	int result = o->exists ? move_entries(o) : rename(o->temp, o->path);

	if (result < 0) {
		err_set(e, "%s: %s", o->path, strerror(errno));
		outfolder_abandon(o);
		return -1;
	}
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
