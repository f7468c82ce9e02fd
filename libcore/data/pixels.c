/* The numbers of one image; see pixels.h. */
#include "data/pixels.h"

#include <stdlib.h>
#include <string.h>

#include "base/finite.h"
#include "base/mem.h"

enum {
	SIDE_MAX = 65535,               /* so that their product fits size_t */
	BYTE_VALUES = 256,
	TEXT_BYTES = 128,
};
static const size_t file_limit = (size_t)1 << 32;

/*
 * v / 255.0f is what numpy gives; v * (1 / 255.0f) is not. A table, for 40,000 bytes: 26
 * microseconds instead of 44 (gcc 12 -O2).
 */
void pixels_from_bytes(float *out, const uint8_t *bytes, size_t n)
{
	float value[BYTE_VALUES];

	for (int v = 0; v < BYTE_VALUES; v++)
		value[v] = (float)v / 255.0f;
	for (size_t i = 0; i < n; i++)
		out[i] = value[bytes[i]];
}

size_t pixels_numbers(const struct pixels_form *f)
{
	return (size_t)f->height * (size_t)f->width * (size_t)f->channels;
}

size_t pixels_bytes(const struct pixels_form *f)
{
	return pixels_numbers(f) * (f->bytes ? 1 : sizeof(float));
}

/* ---- what an image must be ---- */

int pixels_form_take(struct pixels_form *f, const struct npy *a, const size_t *shape,
                     struct err *e)
{
	bool bytes = a->kind == 'u' && a->item_bytes == 1 && !a->fortran;
	char text[TEXT_BYTES];

	if (!bytes && !npy_is_f4(a))
		return err_set(e, "%s, expected <f4 or |u1 in C order",
		               npy_describe(a, text, sizeof text));
	for (int i = 0; i < PIXELS_DIMS; i++)
		if (shape[i] < 1 || shape[i] > SIDE_MAX)
			return err_set(e, "%s, expected sides and channels from 1 to %d",
			               npy_describe(a, text, sizeof text), SIDE_MAX);
	*f = (struct pixels_form){ (int)shape[0], (int)shape[1], (int)shape[2], bytes };
	return 0;
}

static int check_form(const struct pixels_form *f, const struct npy *a, struct err *e)
{
	const struct npy want = {
		.kind = f->bytes ? 'u' : 'f',
		.item_bytes = f->bytes ? 1 : sizeof(float),
		.dims = PIXELS_DIMS,
		.shape = { (size_t)f->height, (size_t)f->width, (size_t)f->channels },
	};
	char got_text[TEXT_BYTES], want_text[TEXT_BYTES];

	if (a->kind == want.kind && a->item_bytes == want.item_bytes && !a->fortran &&
	    !a->big_endian && a->dims == want.dims &&
	    !memcmp(a->shape, want.shape, PIXELS_DIMS * sizeof *a->shape))
		return 0;
	return err_set(e, "%s, expected %s as in the other images",
	               npy_describe(a, got_text, sizeof got_text),
	               npy_describe(&want, want_text, sizeof want_text));
}

/* ---- one file an image ---- */

static int open_image(struct infile *f, struct npy *a, const char *path, struct err *e)
{
	if (infile_open(f, path, file_limit, e) < 0)
		return -1;
	if (npy_parse_only(a, f->data, f->size, e) < 0) {
		infile_release(f);
		return err_in(e, path);
	}
	return 0;
}

int pixels_form_load(struct pixels_form *f, const char *path, struct err *e)
{
	struct infile file = {0};
	struct npy a = {0};
	char text[TEXT_BYTES];
	int result;

	if (open_image(&file, &a, path, e) < 0)
		return -1;
	if (a.dims != PIXELS_DIMS)
		result = err_set(e, "%s, expected height x width x channels",
		                 npy_describe(&a, text, sizeof text));
	else
		result = pixels_form_take(f, &a, a.shape, e);
	npy_release(&a);
	infile_release(&file);
	return result < 0 ? err_in(e, path) : 0;
}

/*
 * Floats must lie at multiples of 4; numpy's headers see to that, other writers' may
 * not.
 */
int pixels_view_memory(struct pixels_view *v, const struct pixels_form *f, const void *pixels,
                       struct err *e)
{
	v->pixels = pixels;
	if (f->bytes || (uintptr_t)pixels % sizeof(float) == 0)
		return 0;
	v->copy = mem_try(pixels_bytes(f), 1, e);
	if (!v->copy)
		return -1;
	v->pixels = memcpy(v->copy, pixels, pixels_bytes(f));
	return 0;
}

int pixels_view_file(struct pixels_view *v, const struct pixels_form *f, const char *path,
                     struct err *e)
{
	struct npy a = {0};
	int result = open_image(&v->file, &a, path, e);

	if (result == 0 &&
	    (check_form(f, &a, e) < 0 || pixels_view_memory(v, f, a.data, e) < 0)) {
		infile_release(&v->file);
		result = err_in(e, path);
	}
	npy_release(&a);
	return result;
}

void pixels_unview(struct pixels_view *v)
{
	free(v->copy);
	infile_release(&v->file);
	*v = (struct pixels_view){0};
}

/* ---- */

int pixels_check(const float *x, size_t n, const char *id, struct err *e)
{
	const float low = -PIXELS_ROUNDING, high = 1 + PIXELS_ROUNDING;
	size_t k = 0;

	if (finite_within(x, n, low, high))
		return 0;
	while (x[k] >= low && x[k] <= high)
		k++;
	return err_set(e, "number %zu%s%s is %g, pixels are floats from 0 to 1, or bytes", k,
	               id ? " of image " : "", id ? id : "", x[k]);
}
