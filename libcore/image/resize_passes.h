#pragma once
/*
 * What resize.c hands to an implementation of its two passes. All give the same bytes:
 * their sums are of 32-bit integers, modulo 2^32; true sums fit.
 */
#include <stddef.h>
#include <stdint.h>

enum {
	/* of a weight's fraction: 8 are the pixel's, 2 for sums above 1 or below 0 */
	RESIZE_WEIGHT_BITS = 32 - 8 - 2,
	RESIZE_HALF = 1 << (RESIZE_WEIGHT_BITS - 1),
	RESIZE_GROUP = 4,               /* taps that a vector pass may take at once */
};

/* out = sum of k[t] * in[first + t], t < count. */
struct resize_taps {
	int first, count;
	int32_t *k;                     /* 0 from COUNT to the slots; equal rows share theirs */
	int32_t *wide;                  /* the same, each four times, for the channels */
};

/* How the pixels of one side become those of the other. */
struct resize_weights {
	int in, out;
	int slots;                      /* weights in a row, a multiple of RESIZE_GROUP */
	struct resize_taps *taps;       /* OUT of them */
	int32_t *k, *wide;              /* own what the rows point to */
};

struct resize_passes {
	const char *name;
	/* One row of 4 channels. LINE: w->in pixels, and w->slots more that may be anything. */
	void (*across)(uint8_t *out, const uint8_t *line, const struct resize_weights *w);
	/* One output row of ROW_BYTES from the rows of IN that T names, as wide. */
	void (*down)(uint8_t *out, const uint8_t *in, size_t row_bytes,
	             const struct resize_taps *t);
};

#ifdef __x86_64__
extern const struct resize_passes resize_passes_avx2;
#endif

/* One byte: inputs STRIDE apart, rounded half up, clipped. */
static inline uint8_t resize_weigh(const uint8_t *in, size_t stride,
                                   const struct resize_taps *t)
{
	uint32_t sum = RESIZE_HALF;
	int32_t v;

	for (int i = 0; i < t->count; i++)
		sum += in[i * stride] * (uint32_t)t->k[i];
	v = (int32_t)sum >> RESIZE_WEIGHT_BITS;
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}
