#pragma once
/* An axis of a diagram: its range, and round numbers for its ticks. */
#include <stdbool.h>

struct axis {
	double low, high;               /* LOW < HIGH */
	double step;                    /* 1, 2 or 5 times a power of ten */
};

/*
 * For values from LOW to HIGH and about WANTED ticks. WHOLE: no ticks between whole numbers.
 * Where LOW is HIGH, or as good as, room is made around it.
 */
void axis_init(struct axis *a, double low, double high, int wanted, bool whole);

/* Moves both ends outwards to a tick. */
void axis_extend(struct axis *a);

/* First and last multiple of the step in the range. */
long axis_first(const struct axis *a);
long axis_last(const struct axis *a);

/* 0 at the low end, 1 at the high end. */
double axis_place(const struct axis *a, double value);

enum { AXIS_LABEL_BYTES = 32 };

/* The text of tick K (K times the step), with as many decimals as the step has. */
void axis_label(const struct axis *a, long k, char text[AXIS_LABEL_BYTES]);
