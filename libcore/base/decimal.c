/* Decimal numbers; see decimal.h. */
#include "base/decimal.h"

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

static const char *add_digits(struct number *n, const char *p, const char *end, int step)
{
	for (; is_digit(p, end); p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (n->whole > (UINT64_MAX - digit) / 10) {
			n->exact = false;
			continue;
		}
		n->whole = 10 * n->whole + digit;
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
 * WHOLE and the power of ten are exact in 64 bits, so that their quotient is off by half a unit of
 * the 64th bit. It may be rounded once more to a float's 24 bits unless it lies at the middle of
 * two floats as far as 64 bits tell.
 */
static bool is_plain(const struct number *n, float *value)
{
#if LDBL_MANT_DIG >= 64
	static const long double ten[] = {
		1e0L, 1e1L, 1e2L, 1e3L, 1e4L, 1e5L, 1e6L, 1e7L, 1e8L, 1e9L, 1e10L, 1e11L, 1e12L,
		1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L,
		1e25L, 1e26L, 1e27L
	};
	const long double slack = 0x1p-60L;
	long double quotient;
	float low, high;

	if (!n->exact || n->power > 0 || -n->power >= (int)(sizeof ten / sizeof *ten))
		return false;
	quotient = (long double)n->whole / ten[-n->power];
	low = (float)(quotient * (1 - slack));
	high = (float)(quotient * (1 + slack));
	*value = n->negative ? -low : low;
	return low == high && (low == 0 || low >= FLT_MIN);
#else
	(void)n;
	(void)value;
	return false;
#endif
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
