/* Landlock, and seccomp by its system call; see confine.h. */
#include "base/confine.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/landlock.h"

/* ---- seccomp ---- */

#if defined __x86_64__ && !defined __ILP32__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__ && !defined __ILP32__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { X32_CALLS = 0x40000000 };
static const uint32_t NO_CALL = UINT32_MAX;     /* a tracer answers in the kernel's place */

/* The most frequent first. */
static const int allowed[] = {
	SYS_futex, SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek,
	SYS_close, SYS_fstat,

	SYS_accept, SYS_accept4, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg,
	SYS_ppoll, SYS_pselect6, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait,
#ifdef SYS_poll
	SYS_poll, SYS_select, SYS_epoll_wait,
#endif

	SYS_munmap, SYS_brk, SYS_madvise, SYS_mremap,

	SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_clock_nanosleep, SYS_nanosleep,
	SYS_setitimer,
#ifdef SYS_time
	SYS_time, SYS_alarm, SYS_pause,
#endif
	SYS_getrandom,
	SYS_sysinfo,                    /* glibc's qsort until 2.36, which ignores a failure */

	SYS_rt_sigreturn, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigsuspend,
	SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_restart_syscall,
	SYS_getpid, SYS_getppid, SYS_gettid, SYS_sched_yield, SYS_sched_getaffinity,
	SYS_exit, SYS_exit_group,
#ifdef SYS_rseq
	SYS_rseq,                       /* a thread may have been made but not begun yet: */
#endif
	SYS_set_robust_list,            /* glibc ends the process where these fail */
};

/* Whoever asks for one of these is no decoder any more. */
static const int deadly[] = {
	SYS_execve, SYS_execveat, SYS_socket, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_io_uring_setup, SYS_bpf, SYS_keyctl,
};

/*
 * Allowed if an argument is as it should be. Of all of these the kernel looks at the low 32 bits
 * only, or at bits in them.
 */
enum check { EQUAL, WITH, WITHOUT, OURSELVES };

static const struct checked {
	int call, argument;
	enum check check;
	uint32_t value;
} checked[] = {
	{ SYS_mmap, 2, WITHOUT, PROT_EXEC },
	{ SYS_mprotect, 2, WITHOUT, PROT_EXEC },
	/* a listening socket that was shut down could connect so, past Landlock as well */
	{ SYS_sendto, 3, WITHOUT, MSG_FASTOPEN },
	{ SYS_sendmsg, 2, WITHOUT, MSG_FASTOPEN },
	{ SYS_sendmmsg, 3, WITHOUT, MSG_FASTOPEN },
	/* the other directions of a listening socket end it for all processes that have it */
	{ SYS_shutdown, 1, EQUAL, SHUT_WR },
	{ SYS_newfstatat, 3, WITH, AT_EMPTY_PATH },     /* fstat of glibc 2.33 to 2.38 */
	{ SYS_ioctl, 1, EQUAL, TCGETS },                /* isatty, of stdio too */
	{ SYS_ioctl, 1, EQUAL, TCGETS2 },               /* from glibc 2.42 on */
	{ SYS_ioctl, 1, EQUAL, FIONREAD },
	{ SYS_fcntl, 1, EQUAL, F_GETFD },
	{ SYS_fcntl, 1, EQUAL, F_SETFD },
	{ SYS_fcntl, 1, EQUAL, F_GETFL },
	{ SYS_fcntl, 1, EQUAL, F_SETFL },
	{ SYS_kill, 0, OURSELVES, 0 },
	{ SYS_tgkill, 0, OURSELVES, 0 },                /* abort */
};

enum {
	ALLOWED = sizeof allowed / sizeof *allowed,
	DEADLY = sizeof deadly / sizeof *deadly,
	CHECKED = sizeof checked / sizeof *checked,
	PROGRAM_MAX = 9 + 2 * ALLOWED + 2 * DEADLY + 5 * CHECKED,
};

struct program {
	struct sock_filter step[PROGRAM_MAX];
	unsigned short steps;
};

static void add(struct program *p, unsigned code, uint32_t value, int if_so, int if_not)
{
	p->step[p->steps++] = (struct sock_filter)BPF_JUMP((uint16_t)code, value, (uint8_t)if_so,
	                                                   (uint8_t)if_not);
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The jumps count steps to skip. */
static void jump(struct program *p, unsigned comparison, uint32_t value, int if_so, int if_not)
{
	add(p, BPF_JMP | comparison | BPF_K, value, if_so, if_not);
}

static void end(struct program *p, uint32_t verdict)
{
	add(p, BPF_RET | BPF_K, verdict, 0, 0);
}

static void begin(struct program *p)
{
	p->steps = 0;
	load(p, offsetof(struct seccomp_data, arch));
	jump(p, BPF_JEQ, ARCHITECTURE, 1, 0);
	end(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
	jump(p, BPF_JEQ, NO_CALL, 0, 1);
	end(p, SECCOMP_RET_ALLOW);
	jump(p, BPF_JGE, X32_CALLS, 0, 1);
	end(p, SECCOMP_RET_KILL_PROCESS);
}

static void add_call(struct program *p, int call, uint32_t verdict)
{
	jump(p, BPF_JEQ, (uint32_t)call, 0, 1);
	end(p, verdict);
}

static void add_checked(struct program *p, const struct checked *c)
{
	uint32_t value = c->check == OURSELVES ? (uint32_t)getpid() : c->value;
	bool bits = c->check == WITH || c->check == WITHOUT;
	int refused = c->check == WITHOUT;

	jump(p, BPF_JEQ, (uint32_t)c->call, 0, 4);
	load(p, offsetof(struct seccomp_data, args) + sizeof(uint64_t) * (size_t)c->argument);
	jump(p, bits ? BPF_JSET : BPF_JEQ, value, refused, !refused);
	end(p, SECCOMP_RET_ALLOW);
	load(p, offsetof(struct seccomp_data, nr));
}

static void add_deadly(struct program *p)
{
	for (int i = 0; i < DEADLY; i++)
		add_call(p, deadly[i], SECCOMP_RET_KILL_PROCESS);
}

static bool filter(struct program *p)
{
	struct sock_fprog f = { p->steps, p->step };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &f) == 0;
}

static bool give_up_all_calls(void)
{
	struct program p;

	begin(&p);
	for (int i = 0; i < ALLOWED; i++)
		add_call(&p, allowed[i], SECCOMP_RET_ALLOW);
	for (int i = 0; i < CHECKED; i++)
		add_checked(&p, &checked[i]);
	add_deadly(&p);
	end(&p, SECCOMP_RET_ERRNO | EPERM);
	return filter(&p);
}

static bool give_up_deadly_calls(void)
{
	struct program p;

	begin(&p);
	add_deadly(&p);
	end(&p, SECCOMP_RET_ALLOW);
	return filter(&p);
}
#else
static bool give_up_all_calls(void)
{
	return false;
}

static bool give_up_deadly_calls(void)
{
	return false;
}
#endif

/* ---- both ---- */

/*
 * The run-time libraries of sanitizers open files and start a process, to look for leaks; that of
 * coverage writes its counts at the end.
 */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || defined UNCONFINED
enum { WATCHED = true };
#else
enum { WATCHED = false };
#endif

static bool may_begin(void)
{
	return !WATCHED && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static enum confine_level level_of(bool files, bool calls)
{
	return files && calls ? CONFINE_BOTH :
	       files          ? CONFINE_FILES :
	       calls          ? CONFINE_CALLS :
	                        CONFINE_NONE;
}

enum confine_level confine(void)
{
	bool files;

	if (!may_begin())
		return CONFINE_NONE;
	files = landlock_forbid_all();
	return level_of(files, give_up_all_calls());    /* allows none of Landlock's */
}

void confine_before_threads(void)
{
	if (may_begin())
		landlock_forbid_all();
}

enum confine_level confine_writes(const char *const *below, size_t n)
{
	bool files;

	if (!may_begin())
		return CONFINE_NONE;
	files = landlock_forbid_writes(below, n);
	return level_of(files, give_up_deadly_calls());
}

const char *confine_name(enum confine_level level)
{
	static const char *const name[] = {
		[CONFINE_NONE] = "neither Landlock nor seccomp",
		[CONFINE_FILES] = "Landlock",
		[CONFINE_CALLS] = "seccomp",
		[CONFINE_BOTH] = "Landlock and seccomp",
	};

	return name[level];
}
