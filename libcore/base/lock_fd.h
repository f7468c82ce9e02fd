#pragma once
/* Locks of an open file (flock), and whether it still has its name: for lock and tempname. */
#include <stdbool.h>

/*
 * Locks the file or folder open as FD until it is closed. Returns 0, or -1 with errno set:
 * EWOULDBLOCK where another descriptor has it.
 */
int lock_fd(int fd);

/*
 * Is FD still what is called PATH, a link there followed if LINKS? 1, 0, or -1 with errno set: that
 * cannot be told.
 */
int lock_fd_is_at(int fd, const char *path, bool links);
