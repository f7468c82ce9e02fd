/*
 * Confinement by Landlock and seccomp, and by each alone: what is tried in vain, and what goes on.
 * Each trial and each worker is a process of its own.
 */
#include "base/confine.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/threads.h"
#include "confined_trials.h"
#include "confined_work.h"
#include "scratch.h"

enum { LANDLOCK_CREATE = 444, SOMEWHERE_ELSE = 250 };

static enum confine_level have;         /* what this machine has */
static long landlock;                   /* its version */
static volatile sig_atomic_t signals;

/* ---- a process of a level ---- */

/* As if the kernel had no such call. */
static void take_away(long call)
{
	struct sock_filter step[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog f = { sizeof step / sizeof *step, step };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &f);
}

static void enter(enum confine_level level)
{
	if (!(level & CONFINE_FILES))
		take_away(LANDLOCK_CREATE);
	if (!(level & CONFINE_CALLS))
		take_away(SYS_seccomp);
	if (confine() != level)
		_exit(SOMEWHERE_ELSE);
}

static int outcome(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static bool has(enum confine_level level)
{
	if ((have & level) == level)
		return true;
	ok(true, "%s # skip not here", confine_name(level));
	return false;
}

static void probe(void)
{
	pid_t child = fork();

	if (!child)
		_exit(confine());
	have = (enum confine_level)outcome(child);
	landlock = syscall(LANDLOCK_CREATE, NULL, 0, 1);
	printf("# here: %s; version of Landlock: %ld\n", confine_name(have), landlock);
}

/* ---- what is tried in vain ---- */

/* A listening socket to which nobody may come. */
static int listen_here(void)
{
	socklen_t size = sizeof before.target;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	before.target = (struct sockaddr_in){ .sin_family = AF_INET };
	before.target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&before.target, sizeof before.target) < 0 ||
	    listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&before.target, &size) < 0) {
		puts("Bail out! no listening socket");
		exit(1);
	}
	return fd;
}

/* A new process group, so that the group that gets signals is the trial's own. */
static int attempt(const struct trial *t, enum confine_level level)
{
	pid_t child = fork();

	if (child)
		return outcome(child);
	setpgid(0, 0);
	signal(SIGUSR1, SIG_IGN);
	before.pool = threads_new(2);
	before.tcp = socket(AF_INET, SOCK_STREAM, 0);
	before.local = socket(AF_UNIX, SOCK_STREAM, 0);
	if (level)
		enter(level);
	_exit(t->try() < 0 ? errno : 0);
}

static void restore(void)
{
	remove(before.made);
	unlink(before.kept);
	scratch_write(before.kept, "kept", 4);
	if (before.served)
		close(before.served);
	before.served = listen_here();
	signals = 0;
}

static bool untouched(void)
{
	struct pollfd p = { before.served, POLLIN, 0 };
	struct stat st;

	return stat(before.kept, &st) == 0 && st.st_size == 4 && st.st_nlink == 1 &&
	       (st.st_mode & 0400) && access(before.made, F_OK) < 0 && poll(&p, 1, 0) == 0 &&
	       !signals;
}

/* HERE: what it ends with unconfined. */
static void expect(const struct trial *t, enum confine_level level, int want, int here)
{
	int got;

	restore();
	got = attempt(t, level);
	ok(got == want || (here && got == here && level == CONFINE_FILES),
	   "%s, %s: ends with %d, expected %d", confine_name(level), t->name, got, want);
	ok(untouched(), "and does nothing");
}

static void test_trial(const struct trial *t)
{
	int here;

	restore();
	here = attempt(t, CONFINE_NONE);
	if (here)
		printf("# %s: ends with %d here in any case\n", t->name, here);
	if (t->landlock && landlock >= t->since && have & CONFINE_FILES)
		expect(t, CONFINE_FILES, t->landlock, here);
	if (have & CONFINE_CALLS)
		expect(t, CONFINE_CALLS, t->seccomp, here);
	if (have == CONFINE_BOTH)
		expect(t, CONFINE_BOTH, t->seccomp, here);
}

static void count_signal(int signal)
{
	(void)signal;
	signals++;
}

static void test_trials(void)
{
	before.kept = scratch_path("kept");
	before.made = scratch_path("made");
	before.tester = getpid();
	signal(SIGUSR1, count_signal);
	before.program = open("/bin/true", O_RDONLY);
	for (int i = 0; i < TRIALS; i++)
		test_trial(&trials[i]);
	close(before.program);
}

/* ---- what goes on ---- */

/* Says the first line that differs. */
static void same_lines(const char *got, const char *want)
{
	size_t at = 0;

	for (size_t i = 0; got && want && got[i] == want[i] && got[i]; i++)
		at = got[i] == '\n' ? i + 1 : at;
	if (!ok(got && want && !strcmp(got, want), "the same work"))
		printf("#   got:      %.200s\n#   expected: %.200s\n", got ? got + at : "",
		       want ? want + at : "");
}

/* The work of a process of LEVEL, reported in the file NAME; with a client. */
static void worker(const char *name, enum confine_level level, bool confined)
{
	int listening = confined_work_listen(scratch_path("socket")), client;
	pid_t child;
	char reply[5] = "";

	fflush(stdout);
	child = fork();
	if (!child) {
		confined_work_prepare(scratch_path(name), listening);
		if (confined)
			enter(level);
		confined_work();
		exit(0);
	}
	client = confined_work_connect(scratch_path("socket"));
	is_int(outcome(child), 0, confined ? confine_name(level) : "unconfined");
	ok(recv(client, reply, 4, MSG_DONTWAIT) == 4 && !strcmp(reply, "pong"), "its answer");
	close(client);
	close(listening);
	unlink(scratch_path("socket"));
}

static void test_work(void)
{
	size_t size;
	char *want, *got;

	worker("unconfined", CONFINE_NONE, false);
	want = scratch_read(scratch_path("unconfined"), &size);
	ok(want && strstr(want, "the end\n"), "the work is done");
	for (int level = CONFINE_NONE; level <= CONFINE_BOTH; level++) {
		if (!has((enum confine_level)level))
			continue;
		worker("confined", (enum confine_level)level, true);
		got = scratch_read(scratch_path("confined"), &size);
		same_lines(got, want);
		free(got);
	}
	free(want);
}

/* Landlock alone, whatever its version. */
static void test_younger_threads(void)
{
	pid_t child;

	if (!has(CONFINE_FILES))
		return;
	restore();
	child = fork();
	if (!child) {
		confine_before_threads();
		before.pool = threads_new(2);
		enter(CONFINE_FILES);
		_exit(try_older_thread() < 0 ? errno : 0);
	}
	is_int(outcome(child), EACCES, "threads made after confine_before_threads: a file read");
}

static void test_abort(void)
{
	pid_t child = fork();

	if (!child) {
		confine();
		abort();
	}
	is_int(outcome(child), 1000 + SIGABRT, "abort");
}

/* ---- what the kernel says of it ---- */

static int lines_of(pid_t process, const char *line)
{
	char *command = xasprintf("grep -hxs '%s' /proc/%d/task/*/status | wc -l", line, process);
	FILE *f = popen(command, "r");
	int count = -1;

	if (!f || fscanf(f, "%d", &count) != 1)
		count = -1;
	if (f)
		pclose(f);
	free(command);
	return count;
}

static void test_status(void)
{
	int ready[2], done[2];
	pid_t child;
	char byte;

	if (!has(CONFINE_CALLS) || pipe(ready) < 0 || pipe(done) < 0)
		return;
	child = fork();
	if (!child) {
		before.pool = threads_new(3);
		confine();
		close(done[1]);
		_exit(write(ready[1], "x", 1) != 1 || read(done[0], &byte, 1) != 0);
	}
	ok(read(ready[0], &byte, 1) == 1, "a process of three threads");
	is_int(lines_of(child, "Seccomp:.2"), 3, "seccomp for all of them");
	is_int(lines_of(child, "NoNewPrivs:.1"), 3, "no new privileges for any");
	close(done[1]);
	close(done[0]);
	is_int(outcome(child), 0, "ends");
	close(ready[0]);
	close(ready[1]);
}

int main(void)
{
	if (tap_is_slow()) {
		puts("1..0 # SKIP valgrind makes system calls of its own");
		return 0;
	}
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	setvbuf(stdout, NULL, _IOLBF, 0);      /* children of the thread sanitizer flush it too */
	scratch_begin();
	probe();
	test_trials();
	test_work();
	test_younger_threads();
	test_abort();
	test_status();
	is_text(confine_name(CONFINE_BOTH), "Landlock and seccomp", "a name");
	return tap_end();
}
