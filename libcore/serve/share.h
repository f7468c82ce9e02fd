#pragma once
/*
 * How the workers share the processors: a request that is alone gets more threads, each of many
 * gets one. The count is in memory that the processes share.
 */
struct share;

/* For WORKERS processes on PROCESSORS, made before they are forked. */
struct share *share_new(int workers, int processors);
void share_free(struct share *s);               /* for the caller; the others keep it */

/* The threads that a worker may need at most: more gain little for one picture. */
int share_most(const struct share *s);          /* no more than workers, or processors */

/* Worker I begins an answer; returns how many threads it may use, 1 to share_most. */
int share_begin(struct share *s, int i);
/* It has ended, or the worker has. */
void share_end(struct share *s, int i);
