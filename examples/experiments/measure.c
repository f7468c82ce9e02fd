/*
 * measure: -o LOG -- NAME N COMMAND... runs COMMAND and appends a row of tab-separated text to LOG:
 * NAME, N, exit status, seconds, those of processors, MiB of memory at its peak that are the
 * program's own, MiB that are pages of files, which the kernel can take back, and most open files.
 *
 * The peaks are those of samples of /proc/PID a millisecond apart.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/opt.h"
#include "base/tool.h"

enum { SAMPLE_NS = 1000000 };

struct peak {
	long anonymous_kb, file_kb;
	int files;
};

/* link and linkat fail as on a file system without hard links. */
static int refuse_links(void)
{
	struct sock_filter rule[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_link
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_link, 1, 0),
#endif
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof rule / sizeof *rule, rule };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void raise_to(long *peak, const char *line, const char *key)
{
	long kb;

	if (!strncmp(line, key, strlen(key)) && (kb = strtol(line + strlen(key), NULL, 10)) > *peak)
		*peak = kb;
}

static void sample_memory(struct peak *p, pid_t pid)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		raise_to(&p->anonymous_kb, line, "RssAnon:");
		raise_to(&p->file_kb, line, "RssFile:");
	}
	if (f)
		fclose(f);
}

static void sample_files(struct peak *p, pid_t pid)
{
	char path[64];
	struct dirent *entry;
	int files = 0;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		files += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	if (files > p->files)
		p->files = files;
}

/* Waits for PID, and looks at it meanwhile. Returns its status of wait; USED is what it took. */
static int watch(struct peak *p, pid_t pid, struct rusage *used)
{
	const struct timespec pause = { 0, SAMPLE_NS };
	int status;

	while (wait4(pid, &status, WNOHANG, used) == 0) {
		sample_memory(p, pid);
		sample_files(p, pid);
		nanosleep(&pause, NULL);
	}
	return status;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static pid_t start(char **command, bool no_links)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (no_links && refuse_links())
		perror("seccomp");
	else
		execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	const char *log = NULL;
	bool no_links = false;
	const struct opt table[] = {
		OPT_REQUIRED(TEXT, 'o', "output", &log, "LOG", "append a row to this file"),
		OPT_FLAG(0, "no-links", &no_links, "make no hard links"),
		OPT_END
	};
	const struct opt_tool tool = { .operands = "-- NAME N COMMAND [ARGUMENT]...",
		                       .summary = "measure a command", .min = 3, .max = -1 };
	char **rest = opt_parse(table, &tool, argc, argv);
	struct peak peak = {0};
	struct rusage used = {0};
	double began = clock_seconds();
	int status = watch(&peak, start(rest + 2, no_links), &used);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	double took = clock_seconds() - began;
	FILE *f = fopen(log, "a");
	struct err e;

	if (!f || fprintf(f, "%s\t%s\t%d\t%.3f\t%.3f\t%.1f\t%.1f\t%d\n", rest[0], rest[1], code,
	                  took, seconds(used.ru_utime) + seconds(used.ru_stime),
	                  (double)peak.anonymous_kb / 1024, (double)peak.file_kb / 1024,
	                  peak.files) < 0 ||
	    fclose(f)) {
		err_set(&e, "%s: %s", log, strerror(errno));
		return tool_fail(&e);
	}
	return tool_end(code);
}
