/* Numbers of images: their form, their alignment, their range. */
#include "data/pixels.h"

#include <math.h>

#include "base/mem.h"
#include "scratch.h"
#include "tap.h"

enum { H = 2, W = 3, C = 4, N = H * W * C };

static void test_bytes(void)
{
	uint8_t bytes[256];
	float got[256], want[256];

	for (int v = 0; v < 256; v++) {
		bytes[v] = (uint8_t)v;
		want[v] = (float)v / 255.0f;
	}
	pixels_from_bytes(got, bytes, 256);
	are_near(got, want, 256, 0, "each byte divided by 255");
}

static void refuses(const char *dtype, const size_t *shape, const char *message)
{
	struct npy a = { .kind = dtype[1], .item_bytes = (size_t)(dtype[2] - '0'), .dims = 3 };
	struct pixels_form f = { 1, 1, 1, false };
	struct err e = {0};

	memcpy(a.shape, shape, 3 * sizeof *shape);
	ok(pixels_form_take(&f, &a, shape, &e) == -1 && strstr(e.text, message) && f.height == 1,
	   "%s refused: %s", dtype, e.text);
}

static void test_form(void)
{
	static const size_t shape[] = { H, W, C }, none[] = { H, 0, C }, wide[] = { H, 65536, C };
	struct npy a = { .kind = 'u', .item_bytes = 1, .dims = 3, .shape = { H, W, C } };
	struct pixels_form f = {0};
	struct err e = {0};

	ok(pixels_form_take(&f, &a, shape, &e) == 0 && f.height == H && f.width == W &&
	   f.channels == C && f.bytes, "bytes %s", e.text);
	is_int((long long)pixels_bytes(&f), N, "a byte each");
	a.kind = 'f';
	a.item_bytes = 4;
	ok(pixels_form_take(&f, &a, shape, &e) == 0 && !f.bytes, "floats %s", e.text);
	is_int((long long)pixels_bytes(&f), 4 * N, "4 bytes each");
	refuses("<f8", shape, "expected <f4 or |u1");
	refuses("<f4", none, "expected sides and channels from 1 to 65535");
	refuses("<f4", wide, "expected sides and channels from 1 to 65535");
}

/* Pixels in memory are used where they lie, unless floats lie askew. */
static void test_alignment(void)
{
	static const struct pixels_form floats = { H, W, C, false }, bytes = { H, W, C, true };
	_Alignas(float) char memory[N * sizeof(float) + 1];
	struct pixels_view v = {0};
	float x[N];
	struct err e = {0};

	for (int i = 0; i < N; i++)
		x[i] = (float)i;
	memcpy(memory, x, sizeof x);
	ok(pixels_view_memory(&v, &floats, memory, &e) == 0 && v.pixels == memory, "in place");
	pixels_unview(&v);
	memcpy(memory + 1, x, sizeof x);
	ok(pixels_view_memory(&v, &floats, memory + 1, &e) == 0 && v.pixels != memory + 1 &&
	   !memcmp(v.pixels, x, sizeof x), "askew: a copy");
	pixels_unview(&v);
	ok(pixels_view_memory(&v, &bytes, memory + 1, &e) == 0 && v.pixels == memory + 1,
	   "bytes: in place");
	pixels_unview(&v);
}

static void test_file(void)
{
	static const struct pixels_form form = { H, W, C, true }, other = { W, H, C, true };
	static const size_t shape[] = { H, W, C };
	const char *path = scratch_path("image.npy");
	uint8_t numbers[N] = { 1, 2, 3 };
	struct pixels_form got = {0};
	struct pixels_view v = {0};
	struct err e = {0};

	npy_save(path, "|u1", 3, shape, numbers, sizeof numbers, false, &e);
	ok(pixels_form_load(&got, path, &e) == 0 && got.width == W && got.bytes, "form %s", e.text);
	ok(pixels_view_file(&v, &form, path, &e) == 0 && !memcmp(v.pixels, numbers, sizeof numbers),
	   "pixels %s", e.text);
	pixels_unview(&v);
	ok(pixels_view_file(&v, &other, path, &e) == -1 && strstr(e.text, "image.npy: ") &&
	   strstr(e.text, "expected 3 x 2 x 4 of |u1 as in the other images"), "another form: %s",
	   e.text);
}

static void test_finite(void)
{
	enum { COUNT = 37 };            /* two vectors of 16 and a rest */
	float x[COUNT] = {0};
	struct err e = {0};
	int found = 0;

	ok(pixels_check(x, COUNT, "a", &e) == 0, "zeros are pixels");
	for (int i = 0; i < COUNT; i++) {
		char want[64];

		x[i] = i % 2 ? NAN : -INFINITY;
		snprintf(want, sizeof want, "number %d of image a is ", i);
		found += pixels_check(x, COUNT, "a", &e) == -1 && strstr(e.text, want);
		x[i] = 0;
	}
	is_int(found, COUNT, "NaN and infinity are found at every place");
	x[1] = 1.00005f;
	x[2] = -.00005f;
	ok(pixels_check(x, COUNT, NULL, &e) == 0, "a little rounding is allowed");
	x[30] = 255;
	is_int(pixels_check(x, COUNT, NULL, &e), -1, "floats from 0 to 255");
	is_text(e.text, "number 30 is 255, pixels are floats from 0 to 1, or bytes",
	        "their message");
}

int main(void)
{
	scratch_begin();
	test_bytes();
	test_form();
	test_alignment();
	test_file();
	test_finite();
	return tap_end();
}
