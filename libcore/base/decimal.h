#pragma once
/* Decimal numbers as JSON has them (RFC 8259), as the nearest float. */

/*
 * Reads the number at P, which ends before END. Returns what follows it, or NULL: there is none.
 * Ties go to even. What is too large for a float is infinite.
 */
const char *decimal_float(const char *p, const char *end, float *value);
