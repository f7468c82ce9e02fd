/* Maps over pictures; see overlay.h. */
#include "figure/overlay.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "image/png_write.h"
#include "figure/draw.h"

enum { CHANNELS = 3, STEPS = 256 };

/* of the highest number: the cell's structure must stay visible */
static const double most_opaque = .75;

/* A colour of Oklab (Ottosson 2020), in which equal distances look equal. */
struct oklab {
	double L, a, b;
};

/* The ramp's corners: .214 from one to the next, lightness .38 to .92 in equal steps. */
static const struct oklab corners[] = {
	{ .38, -.006, -.132 }, { .56, -.072, -.036 }, { .74, -.125, .067 }, { .92, -.060, .164 }
};
enum { PIECES = sizeof corners / sizeof *corners - 1 };

static double cube(double x)
{
	return x * x * x;
}

/* The transfer function of sRGB (IEC 61966-2-1), to 8 bits. */
static uint8_t srgb(double linear)
{
	double x = linear <= .0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - .055;

	return (uint8_t)lround(255 * fmin(fmax(x, 0), 1));
}

static struct color color_of(struct oklab c)
{
	double l = cube(c.L + .3963377774 * c.a + .2158037573 * c.b);
	double m = cube(c.L - .1055613458 * c.a - .0638541728 * c.b);
	double s = cube(c.L - .0894841775 * c.a - 1.2914855480 * c.b);

	return (struct color){
		srgb(4.0767416621 * l - 3.3077115913 * m + .2309699292 * s),
		srgb(-1.2684380046 * l + 2.6097574011 * m - .3413193965 * s),
		srgb(-.0041960863 * l - .7034186147 * m + 1.7076147010 * s),
	};
}

/* The colour of VALUE, 0..1. */
static struct color ramp_at(double value)
{
	double at = value * PIECES;
	int i = at < PIECES ? (int)at : PIECES - 1;
	const struct oklab *p = &corners[i], *q = p + 1;
	double t = at - i;

	return color_of((struct oklab){ p->L + t * (q->L - p->L), p->a + t * (q->a - p->a),
	                                p->b + t * (q->b - p->b) });
}

static uint8_t blend(double below, double above, double opacity)
{
	return (uint8_t)lround(below + opacity * (above - below));
}

void overlay_paint(uint8_t *rgb, const struct image *im, const float *map)
{
	size_t pixels = (size_t)im->width * (size_t)im->height;
	const uint8_t *p = im->pixels;
	struct color ramp[STEPS];

	for (int i = 0; i < STEPS; i++)
		ramp[i] = ramp_at((double)i / (STEPS - 1));
	for (size_t i = 0; i < pixels; i++, p += IMAGE_CHANNELS, rgb += CHANNELS) {
		struct color c = ramp[lround((double)map[i] * (STEPS - 1))];
		const uint8_t above[CHANNELS] = { c.r, c.g, c.b };

		for (int k = 0; k < CHANNELS; k++)
			rgb[k] = blend(blend(255, p[k], p[CHANNELS] / 255.0), above[k],
			               most_opaque * (double)map[i]);
	}
}

/* The picture as it is: below a map of zeros. */
int overlay_write(FILE *f, const struct image *im, const float *map, struct err *e)
{
	size_t pixels = (size_t)im->width * (size_t)im->height;
	uint8_t *rgb = mem_try(pixels, CHANNELS, e);
	float *zeros = map ? NULL : xcalloc(pixels, sizeof *zeros);
	int result = -1;

	if (rgb) {
		overlay_paint(rgb, im, map ? map : zeros);
		result = png_write_rgb(f, rgb, im->width, im->height, PNG_WRITE_PHOTO, e);
	}
	free(rgb);
	free(zeros);
	return result;
}
