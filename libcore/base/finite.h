#pragma once
/* Arrays of floats that may come from anywhere: are they finite, are they within a range? */
#include <stdbool.h>
#include <stddef.h>

/* Is none of the N numbers NaN or infinite? Some 16 bytes a cycle. */
bool finite_all(const float *x, size_t n);

/* Do all of them lie in LOW .. HIGH? NaN does not. */
bool finite_within(const float *x, size_t n, float low, float high);
