/*
 * Pillow's resampling in plain C; see resize.h. resize_avx2.c has the same two passes in
 * vectors.
 */
#include "image/resize.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "image/alpha.h"
#include "image/resize_passes.h"

enum { ALPHA = RESIZE_CHANNELS - 1 };   /* the channel */

enum { LARGE = 1 << 20 };               /* bytes that resize_forget leaves alone */

struct resize {
	int width, height;
	enum resize_filter filter;
	const struct resize_passes *passes;
	struct resize_weights x, y;            /* for the last input size */
	uint8_t *multiplied;             /* the image, premultiplied */
	uint8_t *between;               /* after the first pass */
	uint8_t *line;                  /* one row, and room that groups of taps run into */
	size_t multiplied_size, between_size, line_size;
};

/* ---- filters in Pillow's arithmetic; x in pixels of the smaller of the two pictures ---- */

static double box(double x)
{
	return x > -0.5 && x <= 0.5 ? 1 : 0;
}

static double bilinear(double x)
{
	x = fabs(x);
	return x < 1 ? 1 - x : 0;
}

/* The constants are single precision in Pillow, too. */
static double hamming(double x)
{
	x = fabs(x);
	if (x == 0)
		return 1;
	if (x >= 1)
		return 0;
	x *= M_PI;
	return sin(x) / x * (0.54f + 0.46f * cos(x));
}

/* Keys 1981, a = -1/2. */
static double bicubic(double x)
{
	const double a = -0.5;

	x = fabs(x);
	if (x < 1)
		return ((a + 2) * x - (a + 3)) * x * x + 1;
	if (x < 2)
		return (((x - 5) * x + 8) * x - 4) * a;
	return 0;
}

static double sinc(double x)
{
	x *= M_PI;
	return x == 0 ? 1 : sin(x) / x;
}

static double lanczos(double x)
{
	return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

static const struct {
	const char *name;
	double (*weight)(double x);
	double support;                 /* the weight is 0 beyond */
} filters[RESIZE_FILTERS] = {
	[RESIZE_NEAREST] = { "nearest", NULL, 0 },
	[RESIZE_BOX] = { "box", box, 0.5 },
	[RESIZE_BILINEAR] = { "bilinear", bilinear, 1 },
	[RESIZE_HAMMING] = { "hamming", hamming, 1 },
	[RESIZE_BICUBIC] = { "bicubic", bicubic, 2 },
	[RESIZE_LANCZOS] = { "lanczos", lanczos, 3 },
};

const char *resize_filter_name(enum resize_filter filter)
{
	return filters[filter].name;
}

/* ---- weights ---- */

static void weights_release(struct resize_weights *w)
{
	free(w->taps);
	free(w->k);
	free(w->wide);
	*w = (struct resize_weights){0};
}

static int32_t fixed(double w)
{
	double scaled = w * (1 << RESIZE_WEIGHT_BITS);

	return scaled < 0 ? (int32_t)(scaled - 0.5) : (int32_t)(scaled + 0.5);
}

/* What an output of a side that goes from IN to OUT is made of: at most so many inputs. */
static int most_taps(int in, int out, enum resize_filter filter)
{
	double scale = in > out ? (double)in / out : 1;

	return 2 * (int)ceil(filters[filter].support * scale) + 1;
}

/* The weights of output O into REAL, room for most_taps. Returns how many, from *FIRST on. */
static int real_taps(double *real, int *first, int o, int in, int out, enum resize_filter filter)
{
	double scale = (double)in / out;
	double stretch = scale > 1 ? scale : 1, shrink = 1 / stretch;
	double support = filters[filter].support * stretch;
	double centre = (o + 0.5) * scale;
	double sum = 0;
	int from = (int)(centre - support + 0.5);
	int to = (int)(centre + support + 0.5);
	int count;

	*first = from > 0 ? from : 0;
	count = (to < in ? to : in) - *first;
	for (int i = 0; i < count; i++) {
		real[i] = filters[filter].weight((i + *first - centre + 0.5) * shrink);
		sum += real[i];
	}
	for (int i = 0; i < count && sum != 0; i++)
		real[i] /= sum;
	return count;
}

/* The weights of output O into T, whose k has room; REAL is scratch of as many. */
static void fill_taps(struct resize_taps *t, double *real, int o,
                      const struct resize_weights *w, enum resize_filter filter)
{
	t->count = real_taps(real, &t->first, o, w->in, w->out, filter);
	for (int i = 0; i < t->count; i++)
		t->k[i] = fixed(real[i]);
}

/* At 400 to 100 all inner rows are the same: one copy of them stays in the cache. */
static bool same_taps(const struct resize_taps *a, const struct resize_taps *b)
{
	return a->count == b->count && !memcmp(a->k, b->k, a->count * sizeof *a->k);
}

static void widen(struct resize_taps *t, int slots)
{
	for (int i = 0; i < slots; i++)
		for (int c = 0; c < RESIZE_CHANNELS; c++)
			t->wide[i * RESIZE_CHANNELS + c] = t->k[i];
}

static int weights_init(struct resize_weights *w, int in, int out,
                        enum resize_filter filter, struct err *e)
{
	int most = most_taps(in, out, filter);
	int slots = (most + RESIZE_GROUP - 1) / RESIZE_GROUP * RESIZE_GROUP;
	double *real = mem_try(slots, sizeof *real, e);

	*w = (struct resize_weights){ .in = in, .out = out, .slots = slots };
	if (!real ||
	    !(w->taps = mem_try(out, sizeof *w->taps, e)) ||
	    !(w->k = mem_try((size_t)out * slots, sizeof *w->k, e)) ||
	    !(w->wide = mem_try((size_t)out * slots, RESIZE_CHANNELS * sizeof *w->wide, e))) {
		free(real);
		weights_release(w);
		return -1;
	}
	memset(w->k, 0, (size_t)out * slots * sizeof *w->k);
	for (int o = 0; o < out; o++) {
		struct resize_taps *t = &w->taps[o];

		t->k = w->k + (size_t)o * slots;
		t->wide = w->wide + (size_t)o * slots * RESIZE_CHANNELS;
		fill_taps(t, real, o, w, filter);
		if (o && same_taps(t, t - 1)) {
			t->k = t[-1].k;
			t->wide = t[-1].wide;
		} else {
			widen(t, slots);
		}
	}
	free(real);
	return 0;
}

/* ---- the two passes ---- */

static void across_rgba(uint8_t *out, const uint8_t *line, const struct resize_weights *w)
{
	for (int o = 0; o < w->out; o++) {
		const struct resize_taps *t = &w->taps[o];
		const uint8_t *first = line + (size_t)t->first * RESIZE_CHANNELS;

		for (int c = 0; c < RESIZE_CHANNELS; c++)
			out[o * RESIZE_CHANNELS + c] = resize_weigh(first + c, RESIZE_CHANNELS, t);
	}
}

static void down_plain(uint8_t *out, const uint8_t *in, size_t row_bytes,
                       const struct resize_taps *t)
{
	for (size_t i = 0; i < row_bytes; i++)
		out[i] = resize_weigh(in + t->first * row_bytes + i, row_bytes, t);
}

static const struct resize_passes plain = { "ref", across_rgba, down_plain };

static const struct resize_passes *pick(void)
{
#ifdef __x86_64__
	if (cpu_has(CPU_AVX2))
		return &resize_passes_avx2;
#endif
	return &plain;
}

const char *resize_kernels(void)
{
	return pick()->name;
}

/* HEIGHT rows of r->x.in pixels each become as many of r->x.out. */
static void pass_across(struct resize *r, uint8_t *out, const uint8_t *in, int height)
{
	size_t in_bytes = (size_t)r->x.in * RESIZE_CHANNELS;
	size_t out_bytes = (size_t)r->x.out * RESIZE_CHANNELS;

	for (int y = 0; y < height; y++) {
		memcpy(r->line, in + y * in_bytes, in_bytes);
		r->passes->across(out + y * out_bytes, r->line, &r->x);
	}
}

static void pass_down(struct resize *r, uint8_t *out, const uint8_t *in, int width)
{
	size_t row_bytes = (size_t)width * RESIZE_CHANNELS;

	for (int y = 0; y < r->y.out; y++)
		r->passes->down(out + y * row_bytes, in, row_bytes, &r->y.taps[y]);
}

/* ---- one image ---- */

/* Pillow's affine path: the source index is found by repeated addition. */
static void nearest_index(int *index, int in, int out)
{
	double scale = (double)in / out;
	double at = scale * 0.5;

	for (int o = 0; o < out; o++) {
		index[o] = (int)at < in ? (int)at : in - 1;
		at += scale;
	}
}

static int nearest(const struct resize *r, uint8_t *out, const uint8_t *in, int width,
                   int height, struct err *e)
{
	int *x = mem_try((size_t)r->width + r->height, sizeof *x, e);
	int *y;

	if (!x)
		return -1;
	y = x + r->width;
	nearest_index(x, width, r->width);
	nearest_index(y, height, r->height);
	for (int i = 0; i < r->height; i++)
		for (int j = 0; j < r->width; j++) {
			memcpy(out, in + ((size_t)y[i] * width + x[j]) * RESIZE_CHANNELS,
			       RESIZE_CHANNELS);
			out += RESIZE_CHANNELS;
		}
	free(x);
	return 0;
}

static void premultiply(uint8_t *out, const uint8_t *in, size_t pixels)
{
	for (size_t i = 0; i < pixels; i++, in += RESIZE_CHANNELS, out += RESIZE_CHANNELS) {
		unsigned a = in[ALPHA];

		for (int c = 0; c < ALPHA; c++)
			out[c] = alpha_times(in[c], a);
		out[ALPHA] = (uint8_t)a;
	}
}

static void unpremultiply(uint8_t *p, size_t pixels)
{
	for (; pixels; pixels--, p += RESIZE_CHANNELS) {
		unsigned a = p[ALPHA];

		if (a == 0 || a == 255)
			continue;
		for (int c = 0; c < ALPHA; c++)
			p[c] = alpha_divide(p[c], a);
	}
}

/* Memory that is kept between calls: *P has at least SIZE bytes then, of any content. */
static int reserve(uint8_t **p, size_t *have, size_t size, struct err *e)
{
	if (size <= *have)
		return 0;
	free(*p);
	*have = 0;
	*p = mem_try(size, 1, e);
	if (!*p)
		return -1;
	memset(*p, 0, size);
	*have = size;
	return 0;
}

static int plan(struct resize_weights *w, int in, int out, enum resize_filter filter,
                struct err *e)
{
	if (w->in == in)
		return 0;
	weights_release(w);
	return weights_init(w, in, out, filter, e);
}

static bool down_first(int out_width, int out_height, int width, int height)
{
	return out_height < height && height - out_height > 2 * (width - out_width);
}

/* Both passes, or the one that changes a size. */
static int resample(struct resize *r, uint8_t *out, const uint8_t *in, int width,
                    int height, struct err *e)
{
	bool down = down_first(r->width, r->height, width, height);
	size_t pixels = (size_t)(down ? r->height : height) * (down ? width : r->width);

	if (plan(&r->x, width, r->width, r->filter, e) < 0 ||
	    plan(&r->y, height, r->height, r->filter, e) < 0 ||
	    reserve(&r->between, &r->between_size, pixels * RESIZE_CHANNELS, e) < 0 ||
	    reserve(&r->line, &r->line_size, ((size_t)width + r->x.slots) * RESIZE_CHANNELS, e) < 0)
		return -1;
	if (height == r->height) {
		pass_across(r, out, in, height);
	} else if (width == r->width) {
		pass_down(r, out, in, width);
	} else if (down) {
		pass_down(r, r->between, in, width);
		pass_across(r, out, r->between, r->height);
	} else {
		pass_across(r, r->between, in, height);
		pass_down(r, out, r->between, r->width);
	}
	return 0;
}

int resize_run(struct resize *r, uint8_t *out, const uint8_t *in, int width, int height,
               bool opaque, struct err *e)
{
	size_t pixels = (size_t)width * height;

	assert(width > 0 && width <= RESIZE_MAX_SIDE && height > 0 && height <= RESIZE_MAX_SIDE);
	if (width == r->width && height == r->height) {
		memcpy(out, in, pixels * RESIZE_CHANNELS);
		return 0;
	}
	if (r->filter == RESIZE_NEAREST)
		return nearest(r, out, in, width, height, e);
	if (!opaque) {
		if (reserve(&r->multiplied, &r->multiplied_size, pixels * RESIZE_CHANNELS, e) < 0)
			return -1;
		premultiply(r->multiplied, in, pixels);
		in = r->multiplied;
	}
	if (resample(r, out, in, width, height, e) < 0)
		return -1;
	unpremultiply(out, (size_t)r->width * r->height);
	return 0;
}

struct resize *resize_new(int width, int height, enum resize_filter filter)
{
	struct resize *r = xcalloc(1, sizeof *r);

	assert(width > 0 && width <= RESIZE_MAX_SIDE && height > 0 && height <= RESIZE_MAX_SIDE);
	r->width = width;
	r->height = height;
	r->filter = filter;
	r->passes = pick();
	return r;
}

void resize_free(struct resize *r)
{
	if (!r)
		return;
	weights_release(&r->x);
	weights_release(&r->y);
	free(r->multiplied);
	free(r->between);
	free(r->line);
	free(r);
}

void resize_forget(struct resize *r)
{
	if (!r || r->multiplied_size + r->between_size < LARGE)
		return;
	free(r->multiplied);
	free(r->between);
	r->multiplied = r->between = NULL;
	r->multiplied_size = r->between_size = 0;
}

/* ---- floats: Pillow's mode F, sums in double; a pass that changes no size is none ---- */

static void floats_across(float *out, int out_width, const float *in, int width, int height,
                          enum resize_filter filter, double *k)
{
	if (out_width == width) {
		memcpy(out, in, (size_t)width * height * sizeof *out);
		return;
	}
	for (int o = 0; o < out_width; o++) {
		int first, count = real_taps(k, &first, o, width, out_width, filter);

		for (int y = 0; y < height; y++) {
			const float *x = in + (size_t)y * width + first;
			double sum = 0;

			for (int i = 0; i < count; i++)
				sum += x[i] * k[i];
			out[(size_t)y * out_width + o] = (float)sum;
		}
	}
}

static void floats_down(float *out, int out_height, const float *in, int width, int height,
                        enum resize_filter filter, double *k)
{
	if (out_height == height) {
		memcpy(out, in, (size_t)width * height * sizeof *out);
		return;
	}
	for (int o = 0; o < out_height; o++) {
		int first, count = real_taps(k, &first, o, height, out_height, filter);

		for (int x = 0; x < width; x++) {
			double sum = 0;

			for (int i = 0; i < count; i++)
				sum += in[(size_t)(first + i) * width + x] * k[i];
			*out++ = (float)sum;
		}
	}
}

int resize_floats(float *out, int out_width, int out_height, const float *in, int width,
                  int height, enum resize_filter filter, struct err *e)
{
	bool down = down_first(out_width, out_height, width, height);
	int across = most_taps(width, out_width, filter);
	int most = most_taps(height, out_height, filter);
	size_t numbers = (size_t)(down ? out_height : height) * (down ? width : out_width);
	double *k = mem_try(across > most ? across : most, sizeof *k, e);
	float *between = k ? mem_try(numbers, sizeof *between, e) : NULL;
	int result = between ? 0 : -1;

	assert(filter != RESIZE_NEAREST);
	if (between && down) {
		floats_down(between, out_height, in, width, height, filter, k);
		floats_across(out, out_width, between, width, out_height, filter, k);
	} else if (between) {
		floats_across(between, out_width, in, width, height, filter, k);
		floats_down(out, out_height, between, out_width, height, filter, k);
	}
	free(k);
	free(between);
	return result;
}
