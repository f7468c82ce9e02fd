/* Outputs: whole or not at all, whatever they replace, and after signals. */
#include "base/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <sys/mount.h>
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

/* A link to a file that is not there makes the file, wherever the link lies. */
static void dangling(void)
{
	const char *link = scratch_path("folder/link"), *twice = scratch_path("twice");
	struct stat st;

	mkdir(scratch_path("folder"), 0777);
	if (symlink("../made", link) < 0 || symlink("folder/link", twice) < 0)
		return;
	is_int(outfile_save(twice, "new", 3, &e), 0, "through links to a file that is missing");
	ok(lstat(link, &st) == 0 && S_ISLNK(st.st_mode) && lstat(twice, &st) == 0 &&
	           S_ISLNK(st.st_mode),
	   "the links are still there");
	holds(scratch_path("made"), "new", "the file that they name is made");
	if (symlink("loop", scratch_path("loop")) == 0)
		is_int(outfile_save(scratch_path("loop"), "new", 3, &e), -1, "a circle of links");
	ok(strstr(e.text, strerror(ELOOP)) != NULL, "%s", e.text);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

/* What the shell's > and mkdir would give. */
static void modes(void)
{
	const char *folder = scratch_path("shared"), *path = scratch_path("shared/file");
	struct stat st;
	gid_t group = getgid();

	mkdir(folder, 0777);
	if (geteuid() == 0)
		group = 12345;
	if (chown(folder, (uid_t)-1, group) < 0 || chmod(folder, 02775) < 0)
		return;
	outfile_save(path, "new", 3, &e);
	is_int(stat(path, &st) == 0 ? (long long)st.st_gid : -1, group,
	       "a new file in a set-group-id folder has its group");
	chmod(path, 0604);
	if (geteuid() == 0 && chown(path, 54321, 54321) < 0)
		return;
	outfile_save(path, "newer", 5, &e);
	is_int(mode_of(path), 0604, "a file that is replaced keeps its mode");
	is_int(stat(path, &st) == 0 ? (long long)st.st_gid : -1, geteuid() ? group : 54321,
	       "and its group");
}

/* Runs FN as a user without privileges. Returns its result. */
static int as_nobody(int (*fn)(void))
{
	enum { NOBODY = 65534 };
	int status = 0;
	pid_t child = fork();

	if (!child)
		_exit(geteuid() == 0 && setuid(NOBODY) < 0 ? 99 : fn());
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int save_open_file(void)
{
	return outfile_save(scratch_path("closed/open"), "new", 3, &e) < 0;
}

static int save_closed_file(void)
{
	return outfile_save(scratch_path("closed/closed"), "new", 3, &e) < 0;
}

static int save_new_file(void)
{
	return outfile_save(scratch_path("closed/new"), "new", 3, &e) < 0;
}

static void closed_folder(void)
{
	const char *folder = scratch_path("closed");

	mkdir(folder, 0777);
	scratch_write(scratch_path("closed/open"), "older", 5);
	chmod(scratch_path("closed/open"), 0666);
	scratch_write(scratch_path("closed/closed"), "old", 3);
	chmod(scratch_path("closed/closed"), 0444);
	chmod(scratch_folder, 0755);
	chmod(folder, 0555);
	is_int(as_nobody(save_open_file), 0, "a file that may be written in a folder that may not");
	holds(scratch_path("closed/open"), "new", "is written in place");
	is_int(as_nobody(save_new_file), 1, "a new one is refused");
	is_int(as_nobody(save_closed_file), 1, "so is one that may not be written");
	chmod(folder, 0777);
	is_int(as_nobody(save_closed_file), 1, "though the folder may");
	holds(scratch_path("closed/closed"), "old", "it is as it was");
}

static int save_privileged_file(void)
{
	return outfile_save(scratch_path("open-to-all/file"), "new", 3, &e) < 0;
}

/* Another's file, replaced by a user who can keep neither its owner nor its group; and by root. */
static void privileges(void)
{
	const char *path = scratch_path("open-to-all/file");

	mkdir(scratch_path("open-to-all"), 0777);
	chmod(scratch_path("open-to-all"), 0777);
	scratch_write(path, "old", 3);
	if (geteuid() != 0 || chown(path, 54321, 54321) < 0 || chmod(path, 06777) < 0) {
		ok(true, "# skip no right to give files away");
		return;
	}
	is_int(as_nobody(save_privileged_file), 0, "a file of another user and group is replaced");
	holds(path, "new", "by what was written");
	is_int(mode_of(path), 0777, "and runs with the rights of neither");
	chmod(path, 06777);
	is_int(save_privileged_file(), 0, "by root");
	is_int(mode_of(path), 0777, "set-id bits go as well");
}

/* Where this process may mount. */
static void mount_point(void)
{
	const char *path = scratch_path("mounted"), *source = scratch_path("source");
	int status = 0, before;
	pid_t child;

	scratch_write(path, "hidden", 6);
	scratch_write(source, "older and longer", 16);
	before = files();
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount(source, path, "", MS_BIND, NULL) < 0)
			_exit(2);
		_exit(outfile_save(path, "new", 3, &e) < 0);
	}
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) == 2) {
		ok(true, "# skip no right to mount");
		return;
	}
	is_int(status, 0, "a mount point is written");
	holds(source, "new", "in place");
	is_int(files(), before, "nothing beside it");
}

static void descriptors(void)
{
	static const char *const name[] = { "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" };
	const char *path = scratch_path("job.out");
	int saved = dup(STDOUT_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int failed = 0;

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	for (int i = 0; i < 3; i++)
		failed |= write(STDOUT_FILENO, "a ", 2) != 2 ||
		          outfile_save(name[i], "b ", 2, &e) < 0;
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	ok(!failed, "/dev/stdout, /dev/fd/N, /proc/self/fd/N");
	holds(path, "a b a b a b ", "go on where the descriptor is");
	is_int(outfile_save("/dev/fd/997", "b", 1, &e), -1, "one that is not open");
	is_text(e.text, "/dev/fd/997: Bad file descriptor", "its message");
}

static void probes(void)
{
	const char *path = scratch_path("probed"), *fifo = scratch_path("fifo");
	int before = files();

	is_int(outfile_probe(path, &e), 0, "a file that could be made");
	is_int(files(), before, "is not made");
	scratch_write(path, "old", 3);
	is_int(outfile_probe(path, &e), 0, "one that could be replaced");
	holds(path, "old", "is not replaced");
	is_int(outfile_probe("-", &e), 0, "standard output");
	is_int(outfile_probe("/dev/null", &e), 0, "a device");
	is_int(outfile_probe(scratch_folder, &e), -1, "a folder");
	is_int(outfile_probe(scratch_path("nowhere/file"), &e), -1, "in a folder that is missing");
	if (mkfifo(fifo, 0666) == 0)
		is_int(outfile_probe(fifo, &e), 0, "a FIFO, without waiting for its reader");
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
	errno = 0;
	is_int(outfile_commit(o, true, &e), -1, "an error in the middle is seen at the end");
	ok(strstr(e.text, strerror(ENOSPC)) != NULL, "with the reason that it had: %s", e.text);
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
	dangling();
	modes();
	closed_folder();
	privileges();
	mount_point();
	descriptors();
	probes();
	refusals();
	pipes();
	hurry();
	ok(outfile_sync_folder(scratch_folder, &e) == 0,
	   "a folder's file system is written to disk");
	ok(outfile_sync_folder(scratch_path("nowhere"), &e) < 0,
	   "a folder that is missing: %s", e.text);
	return tap_end();
}
