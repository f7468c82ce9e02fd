#pragma once
/*
 * Least privilege: a process gives up for good what it no longer needs, so that a decoder that a
 * hostile file misled can open, write, run and connect to nothing. Landlock and seccomp of Linux;
 * where the kernel lacks one of them, or a container forbids it, the rest is done.
 */
#include <stdbool.h>

enum confine_level {
	CONFINE_NONE,                   /* the kernel has neither */
	CONFINE_FILES,                  /* Landlock: no file is opened, made, removed, run */
	CONFINE_CALLS,                  /* seccomp: no other system calls than work in progress */
	CONFINE_BOTH,
};

/*
 * From now on, for this process and what it starts: memory, threads of its own, clocks, and the
 * descriptors that are open, which may be read, written, waited for, accepted from and closed. No
 * open, no exec, no fork, no new socket, no connect, no ptrace, no signal to others: a call that is
 * not allowed fails with EPERM, or ends the process where it could only be an attack (exec,
 * ptrace, socket). Returns what could be had.
 */
enum confine_level confine(void);

/* "Landlock and seccomp", for a line in a log. */
const char *confine_name(enum confine_level level);
