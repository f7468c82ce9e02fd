/* Decimal numbers; see decimal.h. */
#include "base/decimal.h"

#include <endian.h>
#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A number up to the point where its digits are known. */
struct number {
	bool negative;
	bool exact;                     /* all digits are in WHOLE */
	uint64_t whole;
	int power;                      /* of ten, that WHOLE is multiplied by */
};

static bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/*
 * Are the eight bytes of V digits? '0'..'9' are 0x30..0x39: the high half of each is 3, and still
 * is with 6 added.
 */
static bool are_digits(uint64_t v)
{
	const uint64_t high = 0xf0f0f0f0f0f0f0f0, threes = 0x3030303030303030;

	return (v & high) == threes && ((v + 0x0606060606060606) & high) == threes;
}

/* The number that eight digits are, the first in the lowest byte: pairs, fours, all. */
static uint64_t join_digits(uint64_t v)
{
	v -= 0x3030303030303030;
	v = (10 * v + (v >> 8)) & 0x00ff00ff00ff00ff;
	v = (100 * v + (v >> 16)) & 0x0000ffff0000ffff;
	return (10000 * v + (v >> 32)) & 0xffffffff;
}

static uint64_t read_eight(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return le64toh(v);
}

static const char *add_digits(struct number *n, const char *p, const char *end, int step)
{
	for (; end - p >= 8 && n->whole < UINT64_MAX / 100000000; p += 8) {
		uint64_t eight = read_eight(p);

		if (!are_digits(eight))
			break;
		n->whole = 100000000 * n->whole + join_digits(eight);
		n->power += 8 * step;
	}
	for (; is_digit(p, end); p++) {
		if (n->whole >= UINT64_MAX / 10) {
			n->exact = false;
			continue;
		}
		n->whole = 10 * n->whole + (unsigned)(*p - '0');
		n->power += step;
	}
	return p;
}

static const char *add_exponent(struct number *n, const char *p, const char *end)
{
	bool negative = p < end && *p == '-';
	int power = 0;

	p += negative || (p < end && *p == '+');
	if (!is_digit(p, end))
		return NULL;
	for (; is_digit(p, end); p++)
		if (power < 100000)
			power = 10 * power + (*p - '0');
	n->power += negative ? -power : power;
	return p;
}

static const char *scan(struct number *n, const char *p, const char *end)
{
	n->negative = p < end && *p == '-';
	p += n->negative;
	if (!is_digit(p, end) || (*p == '0' && is_digit(p + 1, end)))
		return NULL;
	p = add_digits(n, p, end, 0);
	if (p < end && *p == '.') {
		if (!is_digit(++p, end))
			return NULL;
		p = add_digits(n, p, end, -1);
	}
	if (p < end && (*p == 'e' || *p == 'E'))
		return add_exponent(n, p + 1, end);
	return p;
}

/*
 * The quotient is off by less than 2^-51 of itself: WHOLE and the division are each rounded once,
 * the power of ten is exact. It may be rounded once more, to a float, where all that it may stand
 * for give the same one.
 */
static bool is_plain(const struct number *n, float *value)
{
	static const double ten[] = {
		1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
	};
	const double slack = 0x1p-50;
	double quotient;
	float low, high;

	if (!n->exact || n->power > 0 || -n->power >= (int)(sizeof ten / sizeof *ten))
		return false;
	quotient = (double)n->whole / ten[-n->power];
	low = (float)(quotient * (1 - slack));
	high = (float)(quotient * (1 + slack));
	*value = n->negative ? -low : low;
	return low == high && (low == 0 || low >= FLT_MIN);
}

const char *decimal_float(const char *p, const char *end, float *value)
{
	struct number n = { .exact = true };
	const char *after = scan(&n, p, end);
	char *text;

	if (!after || is_plain(&n, value))
		return after;
	text = xstrndup(p, (size_t)(after - p));
	*value = strtof(text, NULL);
	free(text);
	return after;
}
