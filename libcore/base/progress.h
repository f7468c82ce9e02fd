#pragma once
/*
 * Progress on stderr: a bar with rate and time left if stderr is a terminal,
 * nothing otherwise (tools then print one line an epoch with progress_line).
 */
#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *label, *unit;       /* "epoch 1/3", "images" */
	uint64_t total;                 /* 0: not known */
	uint64_t done;                  /* counted atomically */
	uint64_t skipped;               /* of DONE, by another process */
	double start_s, shown_s;
	double run_start_s;             /* of what this is a part of */
	uint64_t run_done, run_left;    /* of that, before and after this part */
	bool on;
};

/* LABEL and UNIT must live until progress_end. QUIET: shows nothing. */
void progress_start(struct progress *p, const char *label, const char *unit,
                    uint64_t total, bool quiet);
/*
 * The bar is of a part of a run that began at START_S (clock_seconds); since then it did DONE units
 * before this part, and LEFT come after it. The time left is that of the run, by its rate.
 */
void progress_within(struct progress *p, double start_s, uint64_t done, uint64_t left);
/* N units were done before, in no time that counts. */
void progress_skip(struct progress *p, uint64_t n);
void progress_add(struct progress *p, uint64_t n);      /* from any thread */
void progress_end(struct progress *p);                  /* wipes the bar */

/* Prints one line on stderr, unless QUIET. */
void progress_line(bool quiet, const char *format, ...) __attribute__((format(printf, 2, 3)));
