/* Folders that appear whole or not at all: missing, empty, in the way, abandoned. */
#include "base/outfolder.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>

#include "scratch.h"

static struct err e;

/* Entries of the folder PATH, -1: it is none. */
static int entries(const char *path)
{
	DIR *folder = opendir(path);
	int n = -2;                             /* . and .. */

	if (!folder)
		return -1;
	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}

static bool holds(const char *folder, const char *name, const char *want)
{
	char *path = xasprintf("%s/%s", folder, name);
	size_t size = 0;
	char *got = scratch_read(path, &size);
	bool same = got && !strcmp(got, want);

	free(path);
	free(got);
	return same;
}

/* "a", and "sub/b". */
static void fill(const char *folder)
{
	char *a = xasprintf("%s/a", folder), *sub = xasprintf("%s/sub", folder),
	     *b = xasprintf("%s/b", sub);

	scratch_write(a, "one", 3);
	if (mkdir(sub, 0777) < 0)
		ok(false, "%s: cannot be made", sub);
	scratch_write(b, "two", 3);
	free(a);
	free(sub);
	free(b);
}

static void commit(const char *path, const char *what)
{
	struct outfolder *o = outfolder_open(path, &e);

	if (!ok(o != NULL, "%s is begun", what))
		return;
	fill(outfolder_path(o));
	ok(!holds(path, "a", "one"), "%s: nothing is there before the end", what);
	ok(outfolder_commit(o, &e) == 0, "%s is ended", what);
	ok(entries(path) == 2 && holds(path, "a", "one") && holds(path, "sub/b", "two"),
	   "%s: all is there", what);
}

static void new_folders(void)
{
	const char *path = scratch_path("new"), *slashes = scratch_path("slashes//");
	mode_t mask = umask(027);
	struct stat st;

	commit(path, "a folder that was missing");
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0750, "its mode is the usual one");
	umask(mask);
	commit(slashes, "a name that ends in slashes");
	is_int(entries(scratch_folder), 2, "nothing lies beside them");
}

/* Another folder takes its place, by one rename. */
static void empty_folder(void)
{
	const char *path = scratch_path("empty"), *link = scratch_path("to-empty");
	gid_t group = geteuid() == 0 ? 12345 : getgid();
	struct stat before, after;

	mkdir(path, 0777);
	if (chown(path, (uid_t)-1, group) < 0 || chmod(path, 02701) < 0)
		ok(false, "%s: cannot be prepared", path);
	stat(path, &before);
	ok(outfolder_is_empty(path, &e) == 1, "it is empty");
	commit(path, "an empty folder");
	stat(path, &after);
	ok(before.st_mode == after.st_mode && before.st_gid == after.st_gid,
	   "its mode, group and set-group-id are kept");
	stat(scratch_path("empty/sub"), &after);
	is_int(after.st_gid, group, "what is in it has the group, too");
	ok(outfolder_is_empty(path, &e) == 0, "it is no longer empty");
	mkdir(scratch_path("empty2"), 0777);
	if (symlink("empty2", link) == 0)
		commit(link, "a link to an empty folder");
	ok(lstat(link, &after) == 0 && S_ISLNK(after.st_mode), "the link is still one");
}

/* Nothing can take its place: refused, rather than filled bit by bit. */
static void mount_point(void)
{
	const char *path = scratch_path("mounted");
	int status = 0;
	pid_t child;

	mkdir(path, 0777);
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("none", path, "tmpfs", 0, NULL) < 0)
			_exit(2);
		_exit(outfolder_open(path, &e) || !strstr(e.text, "is a mount point"));
	}
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) == 2)
		ok(true, "# skip no right to mount");
	else
		is_int(status, 0, "a mount point is refused");
	rmdir(path);
}

static void is_refused(const char *path, const char *why)
{
	char *want = xasprintf("%s: %s", path, why);
	int before = entries(scratch_folder);

	ok(!outfolder_open(path, &e), "%s", path);
	is_text(e.text, want, "its message");
	is_int(entries(scratch_folder), before, "leaves nothing");
	free(want);
}

static void refusals(void)
{
	const char *file = scratch_path("file"), *full = scratch_path("full");
	char *within = xasprintf("%s/a", full);

	scratch_write(file, "x", 1);
	mkdir(full, 0777);
	scratch_write(within, "x", 1);
	is_refused(file, "exists and is not an empty folder");
	is_refused(full, "exists and is not an empty folder");
	ok(holds(full, "a", "x"), "which stays");
	is_refused(scratch_path("missing/new"), "No such file or directory");
	is_int(outfolder_is_empty(file, &e), 0, "a file is no empty folder");
	is_int(outfolder_is_empty(scratch_path("missing"), &e), -1, "what is missing is an error");
	ok(e.machine && strstr(e.text, "No such file"), "which tells why");
	free(within);
}

static void abandoned(void)
{
	const char *path = scratch_path("given up"), *empty = scratch_path("empty again");
	int before;
	struct outfolder *o;

	mkdir(empty, 0777);
	before = entries(scratch_folder);
	o = outfolder_open(path, &e);
	fill(outfolder_path(o));
	outfolder_abandon(o);
	o = outfolder_open(empty, &e);
	fill(outfolder_path(o));
	outfolder_abandon(o);
	is_int(entries(scratch_folder), before, "an abandoned folder leaves nothing");
	ok(outfolder_is_empty(empty, &e) == 1, "an empty one stays empty");
	outfolder_abandon(NULL);
}

/* Another program was faster. */
static void taken(void)
{
	const char *path = scratch_path("taken");
	int before = entries(scratch_folder);
	struct outfolder *o = outfolder_open(path, &e);

	fill(outfolder_path(o));
	mkdir(path, 0777);
	scratch_write(scratch_path("taken/x"), "x", 1);
	is_int(outfolder_commit(o, &e), -1, "a folder that came meanwhile");
	ok(strstr(e.text, "taken: ") != NULL, "%s", e.text);
	ok(entries(scratch_folder) == before + 1 && holds(path, "x", "x"), "stays alone");
}

int main(void)
{
	scratch_begin();
	new_folders();
	empty_folder();
	mount_point();
	refusals();
	abandoned();
	taken();
	return tap_end();
}
