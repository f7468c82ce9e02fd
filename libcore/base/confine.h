#pragma once
/*
 * Least privilege: a process gives up for good what it no longer needs, so that a decoder that a
 * hostile file misled can open, write, run and connect to nothing. Landlock and seccomp of Linux;
 * where the kernel lacks one of them, or a container forbids it, the rest is done.
 */
#include <stddef.h>

enum confine_level {
	CONFINE_NONE,                   /* the kernel has neither */
	CONFINE_FILES,                  /* Landlock: no file is opened, made, removed, run */
	CONFINE_CALLS,                  /* seccomp: no other system calls than work in progress */
	CONFINE_BOTH,
};

/*
 * From now on, for this process and what it starts: memory, the threads that it has, clocks, and
 * the descriptors that are open, which may be read, written, waited for, accepted from and closed.
 * No open, no exec, no fork, no new thread, no new socket, no connect, no code made, no ptrace, no
 * signal to others. A call that is not allowed fails with EPERM; exec, socket, ptrace and the
 * memory of other processes, io_uring, bpf, keyctl and calls of another architecture, which no
 * decoder makes, end the process with SIGSYS. With Landlock alone a call fails with EACCES or
 * EPERM, and before Linux 7.0 the threads that are there already are not confined.
 *
 * What opens a file when it is first needed must have been needed before: gemm_load, tzset. A
 * program built with the address or thread sanitizer, which needs files itself, is not confined.
 * Returns what could be had.
 */
enum confine_level confine(void);

/*
 * What Landlock does of confine, for threads that are yet to be made: they have it then on every
 * Linux. confine follows when they are there.
 */
void confine_before_threads(void);

/*
 * For a tool that has yet to open its files: any may be read, and written, made or removed are
 * those below BELOW[0..n-1], folders or files that are there, alone. No exec, no socket, no ptrace
 * and the like, which end the process with SIGSYS. To be called before any thread is made.
 */
enum confine_level confine_writes(const char *const *below, size_t n);

/* "Landlock and seccomp", "neither Landlock nor seccomp", for a line in a log. */
const char *confine_name(enum confine_level level);
