#pragma once
/* How far a word is from the one that was meant: for messages that ask "did you mean". */
#include <stddef.h>

/*
 * The fewest letters that are to be put in, left out, changed or swapped with their neighbour to
 * make one of A, LENGTH bytes, and B the other; no letter twice (optimal string alignment, Damerau
 * 1964). More than SPELLING_BYTES_MAX bytes of either: SPELLING_FAR.
 */
enum { SPELLING_BYTES_MAX = 63, SPELLING_FAR = 255 };
int spelling_distance(const char *a, size_t length, const char *b);
