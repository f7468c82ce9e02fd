#pragma once
/* Landlock of Linux: files and networks that a process gives up for good, it and what it starts. */
#include <stdbool.h>
#include <stddef.h>

/*
 * No file is opened, made, removed or run any more, and nothing is connected to, as far as the
 * kernel's version knows: what is open stays. Returns false if the kernel has none.
 */
bool landlock_forbid_all(void);

/*
 * The same, but files may be read anywhere, and written, made and removed below BELOW[0..n-1], each
 * a folder or a file; those that are not there are left out. Returns false if the kernel has none,
 * or has only version 1, which knows no link from one folder to another.
 */
bool landlock_forbid_writes(const char *const *below, size_t n);
