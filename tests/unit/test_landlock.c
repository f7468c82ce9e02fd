/* What a tool that is confined to its outputs' folders may still do, and what it tries in vain. */
#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/threads.h"
#include "scratch.h"
#include "tap.h"

enum { KILLED = 1000 + SIGSYS, DENIED = EACCES };

static const char *out, *elsewhere;     /* folders; OUT is the one that may be written below */

/* Until the third call after this one. */
static const char *in(const char *folder, const char *name)
{
	enum { LIVE = 4 };
	static char path[LIVE][PATH_MAX];
	static int last;

	last = (last + 1) % LIVE;
	snprintf(path[last], PATH_MAX, "%.2000s/%.200s", folder, name);
	return path[last];
}

static long make_in(const char *folder)
{
	return open(in(folder, "new"), O_WRONLY | O_CREAT | O_EXCL, 0666);
}

static long try_make(void) { return make_in(out); }
static long try_make_elsewhere(void) { return make_in(elsewhere); }
static long try_read_elsewhere(void) { return open(in(elsewhere, "there"), O_RDONLY); }
static long try_write(void) { return open(in(out, "there"), O_WRONLY | O_TRUNC); }
static long try_write_elsewhere(void) { return open(in(elsewhere, "there"), O_WRONLY); }
static long try_folder(void) { return mkdir(in(out, "folder"), 0777); }
static long try_folder_elsewhere(void) { return mkdir(in(elsewhere, "folder"), 0777); }
static long try_rename(void) { return rename(in(out, "there"), in(out, "moved")); }
static long try_rename_out(void) { return rename(in(out, "there"), in(elsewhere, "moved")); }
static long try_rename_in(void) { return rename(in(elsewhere, "there"), in(out, "moved")); }
static long try_remove(void) { return unlink(in(out, "there")); }
static long try_remove_elsewhere(void) { return unlink(in(elsewhere, "there")); }
static long try_exec(void) { return execl("/bin/true", "true", NULL); }
static long try_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static long try_trace(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL); }

static long try_thread(void)
{
	threads_free(threads_new(2));
	return 0;
}

static const struct trial {
	const char *name;
	long (*try)(void);
	int want;                       /* 0, the error or KILLED */
	enum confine_level needs;
} trials[] = {
	{ "a new file", try_make, 0, CONFINE_NONE },
	{ "a file written", try_write, 0, CONFINE_NONE },
	{ "a new folder", try_folder, 0, CONFINE_NONE },
	{ "a file renamed", try_rename, 0, CONFINE_NONE },
	{ "a file removed", try_remove, 0, CONFINE_NONE },
	{ "a file elsewhere read", try_read_elsewhere, 0, CONFINE_NONE },
	{ "a thread", try_thread, 0, CONFINE_NONE },
	{ "a new file elsewhere", try_make_elsewhere, DENIED, CONFINE_FILES },
	{ "a file elsewhere written", try_write_elsewhere, DENIED, CONFINE_FILES },
	{ "a new folder elsewhere", try_folder_elsewhere, DENIED, CONFINE_FILES },
	{ "a file renamed to elsewhere", try_rename_out, DENIED, CONFINE_FILES },
	{ "a file renamed from elsewhere", try_rename_in, DENIED, CONFINE_FILES },
	{ "a file elsewhere removed", try_remove_elsewhere, DENIED, CONFINE_FILES },
	{ "a program", try_exec, KILLED, CONFINE_CALLS },
	{ "a socket", try_socket, KILLED, CONFINE_CALLS },
	{ "a tracer", try_trace, KILLED, CONFINE_CALLS },
};

static void restore(void)
{
	const char *const folder[] = { out, elsewhere };
	const char *const made[] = { "new", "folder", "moved" };

	for (int i = 0; i < 2; i++) {
		for (int k = 0; k < 3; k++)
			remove(in(folder[i], made[k]));
		scratch_write(in(folder[i], "there"), "there", 5);
	}
}

static int outcome(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* A folder that is not there is left out; a file may be named as well as a folder. */
static int attempt(const struct trial *t)
{
	pid_t child = fork();

	if (!child) {
		const char *const below[] = { in(out, "missing"), out, "/dev/null" };

		confine_writes(below, 3);
		_exit(t->try() < 0 ? errno : 0);
	}
	return outcome(child);
}

static enum confine_level probe(void)
{
	pid_t child = fork();

	if (!child)
		_exit(confine_writes(NULL, 0));
	return (enum confine_level)outcome(child);
}

static void test_trials(enum confine_level have)
{
	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
		const struct trial *t = &trials[i];
		int got;

		restore();
		got = attempt(t);
		if ((have & t->needs) != t->needs)
			ok(true, "%s # skip not here", t->name);
		else
			is_int(got, t->want, t->name);
	}
}

int main(void)
{
	enum confine_level have;

	if (tap_is_slow()) {
		puts("1..0 # SKIP valgrind makes system calls of its own");
		return 0;
	}
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	scratch_begin();
	out = scratch_path("out");
	elsewhere = scratch_path("elsewhere");
	mkdir(out, 0777);
	mkdir(elsewhere, 0777);
	have = probe();
	printf("# here: %s\n", confine_name(have));
	test_trials(have);
	return tap_end();
}
