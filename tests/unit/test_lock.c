/* Locks: a second descriptor is refused as a second process is; what is made and removed. */
#include "base/lock.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "base/outfile.h"
#include "scratch.h"

static struct err e;

static void descriptors(void)
{
	const char *path = scratch_path("log");
	int a, b, folder = open(scratch_folder, O_RDONLY);

	outfile_save(path, "x", 1, &e);
	a = open(path, O_RDONLY);
	b = open(path, O_RDONLY);
	is_int(lock_descriptor(a, path, &e), 0, "the first");
	is_int(lock_descriptor(a, path, &e), 0, "the same again");
	is_int(lock_descriptor(b, "log", &e), -1, "the second");
	is_text(e.text, "log: in use by another process", "is told");
	close(a);
	is_int(lock_descriptor(b, path, &e), 0, "after the first is closed");
	close(b);
	is_int(lock_descriptor(folder, scratch_folder, &e), 0, "a folder");
	close(folder);
	is_int(lock_descriptor(-1, path, &e), 0, "what has no locks is not locked");
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void beside(void)
{
	const char *path = scratch_path("ck"), *name = scratch_path("ck.lock");
	struct lock a, b;

	is_int(lock_take(&a, path, &e), 0, "a file that is missing");
	ok(exists(name), "its lock is made");
	is_int(lock_take(&b, path, &e), -1, "twice");
	ok(!b.path && strstr(e.text, "ck: in use by another process"), "%s", e.text);
	outfile_save(path, "x", 1, &e);
	is_int(lock_take(&b, path, &e), -1, "still when it was made by rename");
	if (symlink("ck", scratch_path("link")) == 0)
		is_int(lock_take(&b, scratch_path("link"), &e), -1, "by another name");
	lock_release(&a);
	ok(!exists(name), "the lock is removed");
	lock_release(&a);
	is_int(lock_take(&b, path, &e), 0, "the next");
	lock_release(&b);
	outfile_save(name, "", 0, &e);
	is_int(lock_take(&a, path, &e), 0, "after one that was killed");
	lock_release(&a);
	ok(!exists(name), "whose lock goes");
	is_int(lock_take(&a, path, &e), 0, "once more");
	outfile_save(name, "text", 4, &e);
	lock_release(&a);
	ok(exists(name), "a file that took the name of the lock stays");
	outfile_save(name, "text", 4, &e);
	is_int(lock_take(&a, path, &e), 0, "a file of the same name");
	lock_release(&a);
	ok(exists(name), "stays");
	is_int(lock_take(&a, scratch_path("missing/ck"), &e), 0, "no folder");
	ok(!a.path, "is left to the writer");
	is_int(lock_take(&a, "/dev/null", &e), 0, "a device");
	ok(!a.path && !exists("/dev/null.lock"), "is not locked");
}

static void take_as_another(void *arg)
{
	struct lock l;

	if (setuid(65534) < 0 || lock_take(&l, arg, &e) == 0)
		_exit(1);
	_exit(strstr(e.text, "in use by another process") ? 0 : 2);
}

/* The lock of one user, which the other may read. */
static void two_users(void)
{
	const char *path = scratch_path("shared");
	struct lock l;

	if (geteuid() != 0) {
		ok(true, "two users # skip needs root");
		return;
	}
	chmod(scratch_folder, 01777);
	outfile_save(path, "x", 1, &e);
	chmod(path, 0666);
	is_int(lock_take(&l, path, &e), 0, "of the one user");
	chmod(l.path, 0644);
	is_int(scratch_run(take_as_another, (void *)path), 0, "not of the other as well");
	lock_release(&l);
}

/* A lock that cannot be had for want of descriptors is not one that there cannot be. */
static void few_descriptors(void)
{
	const char *path = scratch_path("state");
	struct rlimit before, none;
	struct lock l;

	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	is_int(lock_take(&l, path, &e), -1, "no descriptor is left");
	setrlimit(RLIMIT_NOFILE, &before);
	ok(strstr(e.text, "state: Too many open files") && e.machine, "%s", e.text);
	lock_release(&l);
	ok(!exists(scratch_path("state.lock")), "nothing is made");
}

/* A link to a file that is missing, as to a disk of its own: the first run makes the file. */
static void dangling(void)
{
	const char *link = scratch_path("far"), *path = scratch_path("elsewhere");
	struct lock a, b;

	is_int(symlink("elsewhere", link), 0, "a link to a file that is missing");
	is_int(lock_take(&a, link, &e), 0, "is locked");
	outfile_save(link, "x", 1, &e);
	is_int(lock_take(&b, link, &e), -1, "also when the file is there");
	is_int(lock_take(&b, path, &e), -1, "by its own name");
	lock_release(&a);
	ok(!exists(scratch_path("elsewhere.lock")) && !exists(scratch_path("far.lock")),
	   "the lock is removed");
}

/* Where no file can be made the file itself is locked: 0 if another process is kept out. */
static int lock_in_closed(void)
{
	const char *path = scratch_path("closed/state");
	struct lock a, b;
	int result = lock_take(&a, path, &e) < 0 || lock_take(&b, path, &e) == 0;

	lock_release(&a);
	return result || lock_take(&b, path, &e) < 0;
}

static void closed(void)
{
	enum { NOBODY = 65534 };
	const char *folder = scratch_path("closed"), *path = scratch_path("closed/state");
	int status = -1;
	pid_t child;

	chmod(scratch_folder, 0755);
	mkdir(folder, 0755);
	outfile_save(path, "x", 1, &e);
	chmod(path, 0666);
	chmod(folder, 0555);
	child = fork();
	if (!child)
		_exit(geteuid() == 0 && setuid(NOBODY) < 0 ? 99 : lock_in_closed());
	waitpid(child, &status, 0);
	is_int(status, 0, "a folder that takes no files: the file itself is locked");
	ok(exists(path), "and stays");
	chmod(folder, 0755);
}

static void folders(void)
{
	int a = lock_folder(scratch_folder, &e);

	ok(a >= 0, "a folder is locked");
	is_int(lock_folder(scratch_folder, &e), -1, "twice");
	ok(strstr(e.text, "in use by another process") != NULL, "%s", e.text);
	close(a);
	a = lock_folder(scratch_folder, &e);
	ok(a >= 0, "after the first is closed");
	close(a);
	is_int(lock_folder(scratch_path("missing"), &e), -1, "none");
	ok(strstr(e.text, "missing: No such file") != NULL, "%s", e.text);
}

int main(void)
{
	scratch_begin();
	descriptors();
	beside();
	two_users();
	if (!tap_is_slow())             /* valgrind makes the file, and then refuses it */
		few_descriptors();
	dangling();
	closed();
	folders();
	return tap_end();
}
