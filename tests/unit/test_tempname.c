/* Temporary names: made, locked while their maker is at work, swept when it is gone. */
#include "base/tempname.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>

#include "base/cleanup.h"
#include "base/outfile.h"
#include "base/outfolder.h"
#include "scratch.h"
#include "tap.h"

static struct err e;

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static int files(void)
{
	DIR *d = opendir(scratch_folder);
	int n = -2;                             /* . and .. */

	while (d && readdir(d))
		n++;
	closedir(d);
	return n;
}

/* What a process leaves that is killed: the name lives until the test ends. */
static char *leave(const char *prefix, bool folder)
{
	char *name = NULL;
	int ticket, fd = (folder ? tempname_folder : tempname_file)(&name, prefix, &ticket);

	ok(fd >= 0 && is_there(name), "%s", name);
	cleanup_forget(ticket);
	close(fd);
	return name;
}

static void sweeping(void)
{
	const char *prefix = scratch_path(".out"), *longer = scratch_path(".out.npz");
	char *file = leave(prefix, false), *folder = leave(prefix, true), *name,
	     *other = leave(longer, false), *within = xasprintf("%s/sub", folder);
	int ticket, fd = tempname_file(&name, prefix, &ticket);

	mkdir(within, 0777);
	is_int(tempname_sweep(prefix), 1, "one is at work");
	ok(is_there(name), "its file stays");
	ok(!is_there(file) && !is_there(folder), "what others left is removed, folders too");
	ok(is_there(other), "but not that of another name");
	cleanup_forget(ticket);
	close(fd);
	is_int(tempname_sweep_folder(scratch_folder), 0, "all names of a folder");
	is_int(files(), 0, "all are removed");
	free(file);
	free(folder);
	free(name);
	free(other);
	free(within);
}

/* Nothing of the user's is taken for ours, nor followed. */
static void strangers(void)
{
	static const char *const name[] = { ".out.backup", ".out.aml-", ".out.aml-abc",
		                            ".out.aml-abcdefg", ".out.aml-ab.def",
		                            ".out.abcdef", ".out-aml-abcdef", ".aml-abcdef" };
	const char *link = scratch_path(".out.aml-linked"), *target = scratch_path("target");
	int count = sizeof name / sizeof *name;

	for (int i = 0; i < count; i++)
		scratch_write(scratch_path(name[i]), "x", 1);
	scratch_write(target, "x", 1);
	if (symlink(target, link) < 0)
		ok(false, "no link");
	is_int(tempname_sweep(scratch_path(".out")), 0, "nobody is at work");
	tempname_sweep_folder(scratch_folder);
	is_int(files(), count + 2, "and nothing is removed");
	for (int i = 0; i < count; i++)
		unlink(scratch_path(name[i]));
	unlink(link);
	unlink(target);
}

/* A child that has PATH open when this returns, and is killed when a byte comes from UNTIL. */
static pid_t write_for_long(const char *path, int until)
{
	int opened[2];
	pid_t child;
	char byte;

	if (pipe(opened) < 0)
		ok(false, "no pipe");
	child = fork();
	if (!child) {
		if (!outfile_open(path, &e) || write(opened[1], "x", 1) != 1 ||
		    read(until, &byte, 1) < 0)
			_exit(1);
		raise(SIGKILL);
	}
	ok(read(opened[0], &byte, 1) == 1 && files() == 1, "another process writes");
	close(opened[0]);
	close(opened[1]);
	return child;
}

static void processes(void)
{
	const char *path = scratch_path("model.npz");
	int ends[2], status;
	pid_t child;

	if (pipe(ends) < 0)
		ok(false, "no pipe");
	child = write_for_long(path, ends[0]);
	is_int(outfile_sweep(path), 1, "it is at work");
	ok(outfile_probe(path, &e) == 0 && files() == 1, "its file stays");
	if (write(ends[1], "x", 1) != 1)
		ok(false, "no byte");
	waitpid(child, &status, 0);
	is_int(files(), 1, "it is killed, and leaves it");
	ok(outfile_save(path, "x", 1, &e) == 0 && files() == 1, "the next one removes it");
	unlink(path);
	close(ends[0]);
	close(ends[1]);
}

static void folders(void)
{
	const char *path = scratch_path("parts");
	char *prefix = xasprintf("%s.partial", path), *left = leave(prefix, true);
	struct outfolder *o = outfolder_open(path, &e);

	ok(o && !is_there(left), "a folder that was left is removed");
	ok(!outfolder_open(path, &e), "two on one target");
	ok(strstr(e.text, "parts: in use by another process") != NULL, "%s", e.text);
	ok(is_there(outfolder_path(o)), "the first goes on");
	ok(outfolder_commit(o, &e) == 0, "and ends");
	is_int(files(), 1, "alone");
	rmdir(path);
	free(prefix);
	free(left);
}

/* ---- signals ---- */

static void *make_files(void *prefix)
{
	for (;;) {
		char *name = NULL;
		int ticket = -1, fd = tempname_file(&name, prefix, &ticket);

		if (fd < 0)
			continue;
		unlink(name);
		cleanup_forget(ticket);
		close(fd);
		free(name);
	}
	return NULL;
}

static void make_until_killed(const char *prefix)
{
	pthread_t thread[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, make_files, (void *)prefix);
	make_files((void *)prefix);
}

/* Whatever moment it comes at, between the making of a file and its naming as well. */
static void signals(void)
{
	enum { TIMES = 200 };
	int left = 0, ended = 0;

	signal(SIGINT, SIG_DFL);        /* a shell's "&" has it ignored */
	signal(SIGTERM, SIG_DFL);
	for (int i = 0; i < TIMES; i++) {
		int status = 0;
		pid_t child = fork();

		if (!child)
			make_until_killed(scratch_path("made"));
		usleep((useconds_t)(500 + i * 17));
		kill(child, i % 2 ? SIGTERM : SIGINT);
		waitpid(child, &status, 0);
		ended += WIFSIGNALED(status) && WTERMSIG(status) == (i % 2 ? SIGTERM : SIGINT);
		left += files();
		tempname_sweep_folder(scratch_folder);
	}
	is_int(left, 0, "after 200 signals nothing is left");
	is_int(ended, TIMES, "each ends the process");
}

int main(void)
{
	scratch_begin();
	signals();                      /* first: a process's files are not its child's to remove */
	sweeping();
	strangers();
	processes();
	folders();
	return tap_end();
}
