/* Maps over pictures: what stays, what is painted, and the ramp of colours. */
#include "figure/overlay.c"             /* the ramp is static */
#include "tap.h"

/* Lightness L* of CIELAB, in units of 0..100: another measure than the one that made the ramp. */
static double lightness(struct color c)
{
	const uint8_t v[CHANNELS] = { c.r, c.g, c.b };
	static const double share[CHANNELS] = { .2126, .7152, .0722 };
	double y = 0;

	for (int k = 0; k < CHANNELS; k++) {
		double x = v[k] / 255.0;

		y += share[k] * (x <= .04045 ? x / 12.92 : pow((x + .055) / 1.055, 2.4));
	}
	return y > .008856 ? 116 * cbrt(y) - 16 : 903.3 * y;
}

/* How much bluer than yellow, as a reader without red or green cones sees it. */
static double blueness(struct color c)
{
	return c.b - (c.r + c.g) / 2.0;
}

static void test_ramp(void)
{
	double least = 100, most = 0;
	bool falling = true;

	for (int i = 0; i < 16; i++) {
		struct color from = ramp_at(i / 16.0), to = ramp_at((i + 1) / 16.0);
		double step = lightness(to) - lightness(from);

		least = fmin(least, step);
		most = fmax(most, step);
		falling &= blueness(to) <= blueness(from);
	}
	ok(least > 2.5 && most < 5, "16 even steps of lightness: %.2f to %.2f", least, most);
	ok(falling, "from blue to yellow without a way back");
	ok(lightness(ramp_at(0)) < 30 && lightness(ramp_at(1)) > 90, "dark to light");
}

static void test_paint(void)
{
	uint8_t pixels[] = { 10, 20, 30, 255,  10, 20, 30, 255,  10, 20, 30, 0,  200, 100, 0, 51 };
	struct image im = { .width = 2, .height = 2, .pixels = pixels };
	const float map[] = { 0, 1, 0, .5f };
	uint8_t rgb[12];
	struct color top = ramp_at(1), half = ramp_at(128 / 255.0);

	overlay_paint(rgb, &im, map);
	ok(rgb[0] == 10 && rgb[1] == 20 && rgb[2] == 30, "the picture where the map is 0");
	is_int(rgb[3], lround(.25 * 10 + .75 * top.r), "red where it is 1");
	is_int(rgb[4], lround(.25 * 20 + .75 * top.g), "green");
	is_int(rgb[5], lround(.25 * 30 + .75 * top.b), "blue");
	ok(rgb[6] == 255 && rgb[7] == 255 && rgb[8] == 255, "white where it is transparent");
	is_int(rgb[9], lround(.625 * 244 + .375 * half.r), "half a map over a fifth of a colour");
	is_int(rgb[10], lround(.625 * 224 + .375 * half.g), "green");
	is_int(rgb[11], lround(.625 * 204 + .375 * half.b), "blue");
}

int main(void)
{
	test_ramp();
	test_paint();
	return tap_end();
}
