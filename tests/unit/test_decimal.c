/* Decimal numbers: each the float that strtof gives, and what is no number. */
#include "base/decimal.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "tap.h"

/* Is TEXT read whole, as strtof reads it? Digits follow, which are not to be read. */
static bool same(const char *text)
{
	char room[128];
	const char *end;
	float got, want = strtof(text, NULL);
	int n = snprintf(room, sizeof room, "%s777", text) - 3;

	end = decimal_float(room, room + n, &got);
	if (end == room + n && !memcmp(&got, &want, sizeof got))
		return true;
	printf("# %s: %a, want %a\n", text, (double)got, (double)want);
	return false;
}

static float any_float(struct rng *r)
{
	uint32_t bits = rng_u32(r);
	float x;

	memcpy(&x, &bits, sizeof x);
	return isfinite(x) ? x : 1;
}

/* Floats, the middles of two of them, and their neighbours, as different programs write them. */
static void test_nearest(void)
{
	static const char *const format[] = { "%.6g", "%.9g", "%.17g", "%.10f", "%.30g", "%.16e" };
	struct rng r;
	int wrong = 0;

	rng_init(&r, 7, RNG_INIT, 0);
	for (int i = 0; i < 200000; i++) {
		double x = i % 2 ? (double)any_float(&r) : rng_unit(&r);
		char text[120];

		if (i % 5 == 0)
			x = ((double)(float)x + (double)nextafterf((float)x, INFINITY)) / 2;
		snprintf(text, sizeof text, format[i % 6], x);
		if (strpbrk(text, "ni"))
			continue;
		wrong += !same(text);
	}
	is_int(wrong, 0, "200,000 numbers are read as strtof reads them");
}

static void test_odd(void)
{
	static const char *const good[] = {
		"0", "-0", "0.0", "1", "255", "16777217", "16777219", "0.1", "1e0", "1E+2", "1e-2",
		"18446744073709551615", "18446744073709551616", "99999999999999999999999999999",
		"0.00000000000000000000000000000000000000000000000000001", "1e39", "-1e39", "1e-46",
		"1.00000005960464477539062500000000000000000000000001", "1e999999999999",
		"1.000000059604644775390625", "1.17549435e-38", "1e-40", "0e999999",
		"340282356779733661637539395458142568447",
	};
	static const char *const bad[] = { "",   "-",    "+1", ".5",  "01",  "-01",      "1.",
		                           "1.e2", "1e", "1e+", "NaN", "Infinity", "x1" };
	float value;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ok(same(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!decimal_float(bad[i], bad[i] + strlen(bad[i]), &value), "no number: '%s'",
		   bad[i]);
}

/* Digits are read by eights: no other byte may pass for one, wherever it stands. */
static void test_other_bytes(void)
{
	int wrong = 0;

	for (int byte = 0; byte < 256; byte++)
		for (size_t at = 1; at < 16 && !strchr("0123456789.eE", byte); at++) {
			char text[] = "1234567812345678";
			const char *end;
			float got, want;

			text[at] = '\0';
			want = strtof(text, NULL);
			text[at] = (char)byte;
			end = decimal_float(text, text + sizeof text - 1, &got);
			wrong += end != text + at || memcmp(&got, &want, sizeof got) != 0;
		}
	is_int(wrong, 0, "a byte that is no digit ends a number, wherever it stands");
}

int main(void)
{
	test_nearest();
	test_odd();
	test_other_bytes();
	return tap_end();
}
