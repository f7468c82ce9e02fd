#pragma once
/* What a confined process tries in vain: each returns less than 0 with errno set. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/threads.h"
#include "scratch.h"

enum { KILLED = 1000 + SIGSYS };

/* Made before. */
static struct {
	const char *kept, *made;        /* a file that is there, one that is not */
	int served, program;            /* a listening socket, /bin/true */
	int tcp, local;                 /* sockets without a connection */
	struct sockaddr_in target;      /* where SERVED listens */
	struct threads *pool;           /* of two */
	pid_t tester;                   /* another process */
} before;

static long try_read(void) { return open(before.kept, O_RDONLY); }
static long try_create(void) { return open(before.made, O_WRONLY | O_CREAT, 0666); }
static long try_write(void) { return open(before.kept, O_WRONLY | O_TRUNC); }
static long try_truncate(void) { return truncate(before.kept, 0); }
static long try_mode(void) { return chmod(before.kept, 0); }
static long try_unlink(void) { return unlink(before.kept); }
static long try_folder(void) { return mkdir(before.made, 0777); }
static long try_list(void) { return open(scratch_folder, O_RDONLY | O_DIRECTORY); }
static long try_rename(void) { return rename(before.kept, before.made); }
static long try_link(void) { return link(before.kept, before.made); }
static long try_symlink(void) { return symlink(before.kept, before.made); }
static long try_stat(void) { return access(before.kept, F_OK); }
static long try_memory_file(void) { return open("/proc/self/mem", O_RDWR); }
static long try_exec(void) { return execl("/bin/true", "true", NULL); }
static long try_internet(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static long try_local(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static long try_kill(void) { return kill(before.tester, SIGUSR1); }
static long try_kill_all(void) { return kill(0, SIGUSR1); }
static long try_owner(void) { return fcntl(before.tcp, F_SETOWN, before.tester); }
static long try_trace(void) { return ptrace(PTRACE_SEIZE, before.tester, NULL, NULL); }
static long try_prctl(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
static long try_keys(void) { return syscall(SYS_keyctl, 0, -3, 1); }

static long try_tgkill(void)
{
	return syscall(SYS_tgkill, before.tester, before.tester, SIGUSR1);
}

static long try_program(void)
{
	char *none[] = { NULL };

	return syscall(SYS_execveat, before.program, "", none, none, AT_EMPTY_PATH);
}

static long try_made_program(void)
{
	int fd = memfd_create("program", 0);
	char bytes[] = "#!/bin/true\n", *none[] = { NULL };

	if (fd < 0 || write(fd, bytes, sizeof bytes - 1) < 0)
		return -1;
	return syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH);
}

static long try_fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return child;
}

static void *nothing(void *arg)
{
	return arg;
}

static long try_thread(void)
{
	pthread_t t;

	errno = pthread_create(&t, NULL, nothing, NULL);
	return errno ? -1 : pthread_join(t, NULL);
}

static long try_connect(void)
{
	return connect(before.tcp, (struct sockaddr *)&before.target, sizeof before.target);
}

static long try_fast_open(void)
{
	return sendto(before.tcp, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&before.target,
	              sizeof before.target);
}

static long try_fast_message(void)
{
	struct msghdr m = { .msg_name = &before.target, .msg_namelen = sizeof before.target };

	return sendmsg(before.tcp, &m, MSG_FASTOPEN);
}

static long try_bind(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	return bind(before.tcp, (struct sockaddr *)&any, sizeof any);
}

static long try_bind_name(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(name.sun_path, sizeof name.sun_path, "%s", before.made);
	return bind(before.local, (struct sockaddr *)&name, sizeof name);
}

static long try_shutdown(void) { return shutdown(before.served, SHUT_RDWR); }

static long try_map_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static long try_make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static long try_look_at_memory(void)
{
	char here[8];
	struct iovec from = { here, sizeof here }, to = from;

	return process_vm_readv(before.tester, &to, 1, &from, 1, 0);
}

static long try_ring(void)
{
	struct io_uring_params p = {0};

	return syscall(SYS_io_uring_setup, 1, &p);
}

static long try_bpf(void)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
		             .max_entries = 1 };

	return syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof a);
}

static atomic_int started;
static int thread_got;

static void open_there(void *arg, size_t i, int worker)
{
	(void)arg;
	(void)i;
	for (started++; started < 2;)           /* one job for each of the two */
		sched_yield();
	if (worker == 1 && open(before.kept, O_RDONLY) < 0)
		thread_got = errno;
}

static long try_older_thread(void)
{
	threads_run(before.pool, 2, open_there, NULL);
	errno = thread_got;
	return thread_got ? -1 : 0;
}

#ifdef __x86_64__
static long try_x32(void) { return syscall(0x40000000 | SYS_getpid); }

static long try_32_bits(void)
{
	long result = 20;               /* getpid */

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result;
}
#endif

/*
 * What Landlock makes of it from version SINCE on, 0: nothing; what seccomp makes of it. A thread
 * that cannot be made is an error that a pool can bear.
 */
static const struct trial {
	const char *name;
	long (*try)(void);
	int landlock, since, seccomp;
} trials[] = {
	{ "a file read", try_read, EACCES, 1, EPERM },
	{ "a file made", try_create, EACCES, 1, EPERM },
	{ "a file emptied", try_write, EACCES, 1, EPERM },
	{ "a file truncated", try_truncate, EACCES, 3, EPERM },
	{ "a file's mode", try_mode, 0, 0, EPERM },
	{ "a file removed", try_unlink, EACCES, 1, EPERM },
	{ "a folder made", try_folder, EACCES, 1, EPERM },
	{ "a folder listed", try_list, EACCES, 1, EPERM },
	{ "a file renamed", try_rename, EACCES, 1, EPERM },
	{ "a file linked", try_link, EACCES, 1, EPERM },
	{ "a symbolic link", try_symlink, EACCES, 1, EPERM },
	{ "a file looked for", try_stat, 0, 0, EPERM },
	{ "its own memory as a file", try_memory_file, EACCES, 1, EPERM },
	{ "in an older thread: a file read", try_older_thread, EACCES, 8, EPERM },
	{ "a program", try_exec, EACCES, 1, KILLED },
	{ "a program that is open", try_program, EACCES, 1, KILLED },
	{ "a program in memory", try_made_program, 0, 0, EPERM },
	{ "a fork", try_fork, 0, 0, EPERM },
	{ "a new thread", try_thread, 0, 0, EPERM },
	{ "a socket", try_internet, 0, 0, KILLED },
	{ "a Unix socket", try_local, 0, 0, KILLED },
	{ "a connection", try_connect, EACCES, 4, EPERM },
	{ "a connection by sending", try_fast_open, 0, 0, EPERM },
	{ "a connection by a message", try_fast_message, 0, 0, EPERM },
	{ "an address", try_bind, EACCES, 4, EPERM },
	{ "a Unix socket's name", try_bind_name, EACCES, 1, EPERM },
	{ "the end of a listening socket", try_shutdown, 0, 0, EPERM },
	{ "a signal", try_kill, EPERM, 6, EPERM },
	{ "a signal to the group", try_kill_all, 0, 0, EPERM },
	{ "a signal to a thread", try_tgkill, EPERM, 6, EPERM },
	{ "signals of a socket", try_owner, 0, 0, EPERM },
	{ "a debugger", try_trace, EPERM, 1, KILLED },
	{ "another's memory", try_look_at_memory, EPERM, 1, KILLED },
	{ "mapped code", try_map_code, 0, 0, EPERM },
	{ "made code", try_make_code, 0, 0, EPERM },
	{ "its own attributes", try_prctl, 0, 0, EPERM },
	{ "io_uring", try_ring, 0, 0, KILLED },
	{ "bpf", try_bpf, 0, 0, KILLED },
	{ "keys", try_keys, 0, 0, KILLED },
#ifdef __x86_64__
	{ "an x32 call", try_x32, 0, 0, KILLED },
	{ "a 32-bit call", try_32_bits, 0, 0, KILLED },
#endif
};

enum { TRIALS = sizeof trials / sizeof *trials };
