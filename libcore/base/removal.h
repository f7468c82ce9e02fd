#pragma once
/*
 * Removes files, and folders with all that is in them, by system calls alone: where there is no
 * memory left, and in handlers of signals.
 */

/* Links are not followed. Returns 0, or -1 with errno set if something stays. */
int removal_all(const char *path);
