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
	double start_s, shown_s;
	bool on;
};

/* LABEL and UNIT must live until progress_end. QUIET: shows nothing. */
void progress_start(struct progress *p, const char *label, const char *unit,
                    uint64_t total, bool quiet);
void progress_add(struct progress *p, uint64_t n);      /* from any thread */
void progress_end(struct progress *p);                  /* wipes the bar */

/* Prints one line on stderr, unless QUIET. */
void progress_line(bool quiet, const char *format, ...) __attribute__((format(printf, 2, 3)));
