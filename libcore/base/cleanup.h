#pragma once
/*
 * Files, and folders with all in them, that must not stay if the program ends early: by SIGINT,
 * SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXCPU or SIGXFSZ, which remove them and then end it as they
 * would have, or by exit.
 * Signals that are ignored (nohup), or that a tool handles itself, stay as they are.
 */
#include "base/err.h"

/* Names PATH, which is copied. Thread-safe. Returns a ticket, or -1: too many, not removed. */
int cleanup_add(const char *path);
/*
 * Calls MAKE(PATH), such as an open that makes the file, and names PATH, with no early end between:
 * that waits until the file is named, and no other is made after. *TICKET becomes the ticket, or
 * -1. Returns what MAKE returned, with its errno; below 0, nothing is named.
 */
int cleanup_make(const char *path, int (*make)(const char *path), int *ticket);
/* PATH is no longer to be removed. A ticket of -1 is allowed. */
void cleanup_forget(int ticket);
/*
 * Removes PATH, which has TICKET, and forgets it, with no early end between: the name may be
 * another's at once. One that cannot be removed goes on being named.
 */
void cleanup_remove(const char *path, int ticket);

/*
 * The end of the program, nothing is written any more: tries once more to remove what is named
 * still, and reports what stays. Returns how many stay.
 */
int cleanup_end(void (*report)(const struct err *e));

/*
 * Removes all that is named, for the end of the program: cleanup_make does not return any more. May
 * be called by a signal handler.
 */
void cleanup_now(void);
