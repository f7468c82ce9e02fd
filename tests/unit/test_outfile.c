/* Outputs: whole or not at all, whatever they replace, and after signals. */
#include "base/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "scratch.h"
#include "tap.h"

static struct err e;

static void holds(const char *path, const char *want, const char *what)
{
	size_t size = 0;
	char *got = scratch_read(path, &size);

	is_text(got, want, what);
	free(got);
}

/* Files in the scratch folder, temporary ones too. */
static int files(void)
{
	DIR *d = opendir(scratch_folder);
	int n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void commit(void)
{
	const char *path = scratch_path("new");
	struct outfile *o = outfile_open(path, &e);
	mode_t mask = umask(0);
	struct stat st;

	umask(mask);
	fputs("text", outfile_stream(o));
	fflush(outfile_stream(o));
	ok(access(path, F_OK) < 0, "not there before it is whole");
	is_int(outfile_commit(o, true, &e), 0, "commit");
	holds(path, "text", "there, and whole");
	is_int(files(), 1, "nothing beside it");
	is_int(stat(path, &st) == 0 ? (int)(st.st_mode & 0777) : -1, (int)(0666 & ~mask),
	       "the mode that the umask leaves");
}

static void replace(void)
{
	const char *path = scratch_path("old");
	struct outfile *o;
	struct stat st;

	scratch_write(path, "old", 3);
	chmod(path, 0640);
	o = outfile_open(path, &e);
	fputs("new", outfile_stream(o));
	holds(path, "old", "the old file until the new one is whole");
	is_int(outfile_commit(o, false, &e), 0, "commit without sync");
	holds(path, "new", "replaced");
	is_int(stat(path, &st) == 0 ? (int)(st.st_mode & 0777) : -1, 0640,
	       "a file that is replaced keeps its mode");
	o = outfile_open(path, &e);
	fputs("newer", outfile_stream(o));
	outfile_abandon(o);
	holds(path, "new", "abandoned: the old file stays");
	is_int(files(), 2, "abandoned: nothing beside it");
	outfile_abandon(NULL);
}

static void links(void)
{
	const char *target = scratch_path("target"), *link = scratch_path("link");
	struct stat st;

	scratch_write(target, "old", 3);
	if (symlink("target", link) < 0)
		return;
	is_int(outfile_save(link, "new", 3, &e), 0, "through a link");
	ok(lstat(link, &st) == 0 && S_ISLNK(st.st_mode), "the link is still one");
	holds(target, "new", "the file that it names is replaced");
}

static void refused(const char *path, const char *why)
{
	int before = files();

	is_int(outfile_save(path, "text", 4, &e), -1, why);
	ok(strstr(e.text, path) && strstr(e.text, why),
	   "the message names file and reason: %s", e.text);
	is_int(files(), before, "nothing is left");
}

static void refusals(void)
{
	struct outfile *o;
	char large[4096] = "";

	refused(scratch_path("nowhere/file"), strerror(ENOENT));
	refused(scratch_folder, strerror(EISDIR));
	refused(scratch_path("new/file"), strerror(ENOTDIR));
	refused("/dev/full", strerror(ENOSPC));
	o = outfile_open("/dev/full", &e);
	for (int i = 0; i < 100; i++)           /* fails long before the end */
		fwrite(large, 1, sizeof large, outfile_stream(o));
	is_int(outfile_commit(o, true, &e), -1, "an error in the middle is seen at the end");
	is_int(outfile_save("/dev/null", "text", 4, &e), 0, "a device is written directly");
}

static void pipes(void)
{
	char got[8] = "";
	int fd[2];
	pid_t child;

	if (pipe(fd) < 0 || (child = fork()) < 0)
		return;
	if (!child) {
		dup2(fd[1], STDOUT_FILENO);
		_exit(outfile_save("-", "text", 4, &e) == 0 &&
		                      fcntl(STDOUT_FILENO, F_GETFD) >= 0
		              ? 0
		              : 1);
	}
	close(fd[1]);
	is_int(read(fd[0], got, sizeof got - 1), 4, "- is standard output");
	is_text(got, "text", "what comes there");
	close(fd[0]);
	waitpid(child, NULL, 0);
}

/* How a child that gets the signal while it writes ends. */
static int signalled(int number, bool ignored)
{
	struct outfile *o;
	int status = 0;
	pid_t child = fork();

	if (!child) {
		signal(number, ignored ? SIG_IGN : SIG_DFL);
		o = outfile_open(scratch_path("signalled"), &e);
		fputs("text", outfile_stream(o));
		fflush(outfile_stream(o));
		raise(number);
		_exit(outfile_commit(o, true, &e) == 0 ? 0 : 1);
	}
	waitpid(child, &status, 0);
	return status;
}

static void signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	int before = files();

	for (int i = 0; i < 4; i++) {
		int status = signalled(numbers[i], false);

		ok(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i],
		   "%s: ends the program", strsignal(numbers[i]));
		is_int(files(), before, "... and leaves nothing");
	}
	ok(signalled(SIGHUP, true) == 0, "a signal that is ignored, as by nohup, stays so");
	is_int(files(), before + 1, "... and the file is there");
	unlink(scratch_path("signalled"));
}

/* A flush that fails within a hint is told at the end, with its reason. */
static void hurry(void)
{
	const char *path = scratch_path("large");
	struct outfile *o = outfile_open(path, &e);
	struct rlimit all, less;

	ok(outfile_is_hidden(o), "a new file is hidden");
	fputs("text", outfile_stream(o));
	outfile_start_writeback(o);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &all);
	less = all;
	less.rlim_cur = 4;
	setrlimit(RLIMIT_FSIZE, &less);
	fputs("more", outfile_stream(o));
	outfile_start_writeback(o);
	outfile_start_writeback(o);
	is_int(outfile_commit(o, true, &e), -1, "what did not fit");
	setrlimit(RLIMIT_FSIZE, &all);
	signal(SIGXFSZ, SIG_DFL);
	ok(strstr(e.text, strerror(EFBIG)) != NULL, "%s", e.text);
	ok(access(path, F_OK) < 0, "leaves no file");
	o = outfile_open("/dev/null", &e);
	ok(!outfile_is_hidden(o), "a device is not hidden");
	outfile_start_writeback(o);
	is_int(outfile_commit(o, true, &e), 0, "and has nothing to hurry");
}

int main(void)
{
	is_text(outfile_name("-"), "standard output", "the name of -");
	is_text(outfile_name("./-"), "./-", "the name of a file");
	ok(outfile_is_stdout("-") && !outfile_is_stdout("--") && !outfile_is_stdout(""), "- alone");
	scratch_begin();
	/* first: whoever opens a file here catches signals from then on */
	signals();
	commit();
	replace();
	links();
	refusals();
	pipes();
	hurry();
	ok(outfile_sync_folder(scratch_folder, &e) == 0,
	   "a folder's file system is written to disk");
	ok(outfile_sync_folder(scratch_path("nowhere"), &e) < 0,
	   "a folder that is missing: %s", e.text);
	return tap_end();
}
