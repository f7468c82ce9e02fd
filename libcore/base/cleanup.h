#pragma once
/*
 * Files that must not stay if the program ends early: by SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT,
 * SIGXCPU or SIGXFSZ, which remove them and then end it as they would have, or by exit.
 * Signals that are ignored (nohup), or that a tool handles itself, stay as they are.
 */

/* Names PATH, which is copied. Thread-safe. Returns a ticket, or -1: too many, not removed. */
int cleanup_add(const char *path);
/* PATH is no longer to be removed. A ticket of -1 is allowed. */
void cleanup_forget(int ticket);

/* Removes all that is named. May be called by a signal handler. */
void cleanup_now(void);
