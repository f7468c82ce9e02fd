#pragma once
/*
 * The bootstrap (Efron 1979): how far figures vary if the units of an experiment, such as patients,
 * are drawn again, with replacement, from those at hand.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/threads.h"

struct bootstrap {
	int resamples;                  /* at least 2 */
	uint64_t seed;                  /* of rng stream RNG_BOOTSTRAP */
	struct threads *pool;           /* borrowed; the result does not depend on it */
};

/*
 * How many of these standard errors a 95 % interval reaches to either side: Student's t of
 * UNITS - 1 degrees of freedom, times sqrt(UNITS / (UNITS - 1)) since the bootstrap's are too small
 * with few units.
 */
double bootstrap_times(double units);

/* FIGURE: those of the units, unit I as often as DRAWN[I]. ARG is bootstrap_errors's. */
typedef void bootstrap_figures(const void *arg, const uint32_t *drawn, double *figure);

/*
 * Draws UNITS of the UNITS, as often as there are resamples. ERROR: [FIGURES], the standard
 * deviation of each figure over the resamples in which it is not NaN; NaN with fewer than two.
 */
void bootstrap_errors(const struct bootstrap *b, uint32_t units, bootstrap_figures *compute,
                      const void *arg, double *error, size_t figures);
