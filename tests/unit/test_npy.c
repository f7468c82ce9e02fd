/* .npy headers as numpy writes, accepts and refuses them; conversion to float32. */
#include "format/npy.h"

#include <stdint.h>
#include <unistd.h>

#include "base/outfile.h"
#include "npy_file.h"
#include "scratch.h"
#include "tap.h"

enum { TEXT = 256, FILE_BYTES = 1024 };

/* A file of version MAJOR with this header text and SIZE bytes of DATA. Returns its length. */
static size_t make_file(uint8_t file[FILE_BYTES], int major, const char *header,
                        const void *data, size_t size)
{
	size_t length = strlen(header), start = major == 1 ? 10 : 12;

	memcpy(file, "\x93NUMPY", 6);
	memset(file + 6, 0, 6);
	file[6] = (uint8_t)major;
	file[8] = (uint8_t)length;
	file[9] = (uint8_t)(length >> 8);
	memcpy(file + start, header, length);
	if (size)
		memcpy(file + start + length, data, size);
	return start + length + size;
}

/* What npy_describe or the error says of a header with 64 bytes of data. */
static void check_header(const char *header, const char *want)
{
	static const uint8_t data[64];
	uint8_t file[FILE_BYTES];
	size_t size = make_file(file, 1, header, data, sizeof data);
	struct npy a = {0};
	struct err e = {0};
	char text[TEXT], what[TEXT];

	snprintf(what, sizeof what, "%.*s", (int)strcspn(header, "\n"), header);
	if (npy_parse(&a, file, size, &e) < 0)
		is_text(e.text, want, what);
	else
		is_text(npy_describe(&a, text, sizeof text), want, what);
}

static void check_headers(void)
{
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  \n",
	             "3 x 4 of <f4");
	check_header("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }\n",
	             "2 x 3 of <f8 in Fortran order");
	check_header("{'descr': '>f4', 'fortran_order': True, 'shape': (5,), }\n", "5 of >f4");
	check_header("{'descr': '|u1', 'fortran_order': False, 'shape': (), }\n",
	             "a scalar of |u1");
	check_header("{'descr': '<U4', 'fortran_order': False, 'shape': (3,), }\n", "3 of <U4");
	check_header("{'descr': '|O', 'fortran_order': False, 'shape': (), }\n", "a scalar of |O");
	check_header("{'descr': '|O8', 'fortran_order': False, 'shape': (9,), }\n", "9 of |O");
	check_header("{'descr': '|b1', 'fortran_order': False, 'shape': (0, 99999999999), }",
	             "0 x 99999999999 of |b1");
	check_header("{'descr':'<f4','fortran_order':False,'shape':(3,4)}", "3 x 4 of <f4");
	check_header("{\"shape\": (3, 4,), \"fortran_order\": False, \"descr\": \"<i2\"}\n\n",
	             "3 x 4 of <i2");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 2L), }\n",
	             "2 x 2 of <f4");
	check_header(" { 'descr' : '=f4' ,\n'fortran_order':False,'shape':( 3 , ) } ", "3 of <f4");
	check_header("{'descr': 'f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1)}",
	             "1 x 1 x 1 x 1 x 1 x 1 x 1 x 1 of <f4");

	check_header("", "the header is not a dict");
	check_header("[]", "the header is not a dict");
	check_header("{", "the header is damaged");
	check_header("{}", "the header lacks descr, fortran_order or shape");
	check_header("{'descr': '<f4', 'fortran_order': False}",
	             "the header lacks descr, fortran_order or shape");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}",
	             "the header has an unknown key 'more'");
	check_header("{'descr': '<f4' 'fortran_order': False, 'shape': (3,)}",
	             "the header is damaged");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x",
	             "the header continues after its dict");
	check_header("{'descr: <f4, 'fortran_order': False", "the header is damaged");
	check_header("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
	             "fortran_order in the header is neither True nor False");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
	             "the shape in the header is not a tuple");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
	             "the shape in the header is not a tuple");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': [3]}",
	             "the shape in the header is not a tuple");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
	             "the shape in the header is damaged");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3 4)}",
	             "the shape in the header is damaged");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
	             "the shape in the header is damaged");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
	             "the shape in the header is damaged");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
	             "more than 8 dimensions");
	check_header("{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}",
	             "elements of the unsupported type '<c8'");
	check_header("{'descr': '<f3', 'fortran_order': False, 'shape': (3,)}",
	             "elements of the unsupported type '<f3'");
	check_header("{'descr': '<U0', 'fortran_order': False, 'shape': (3,)}",
	             "elements of the unsupported type '<U0'");
	check_header("{'descr': '|V4', 'fortran_order': False, 'shape': (3,)}",
	             "elements of the unsupported type '|V4'");
	check_header("{'descr': '<f', 'fortran_order': False, 'shape': (3,)}",
	             "elements of the unsupported type '<f'");
	check_header("{'descr': '', 'fortran_order': False, 'shape': (3,)}",
	             "elements of the unsupported type ''");
	check_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}",
	             "the element type is not a plain one");

	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (17,), }\n",
	             "holds 64 bytes of data, too few for 17 of <f4");
	check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, "
	             "4294967296), }\n",
	             "holds 64 bytes of data, too few for 4294967296 x 4294967296 of <f4");
	check_header("{'descr': '|O', 'fortran_order': False, 'shape': (4294967296, "
	             "4294967296), }\n",
	             "holds 64 bytes of data, too few for 4294967296 x 4294967296 of |O");
}

static void check_containers(void)
{
	static const char header[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
	uint8_t file[FILE_BYTES];
	struct npy a;
	struct err e = {0};
	size_t size;

	for (int major = 1; major <= 3; major++) {
		size = make_file(file, major, header, "ab", 2);
		e.text[0] = '\0';
		ok(npy_parse(&a, file, size, &e) == 0 && !memcmp(a.data, "ab", 2),
		   "version %d.0 %s", major, e.text);
		for (size_t n = 0; n < size; n++)
			if (npy_parse(&a, file, n, &e) == 0)
				ok(false, "version %d.0 cut off at %zu is read", major, n);
	}
	make_file(file, 1, header, "abc", 3);
	ok(npy_parse(&a, file, size + 1, &e) == 0 && a.size_bytes == 2,
	   "bytes after the data do not count");
	size = make_file(file, 1, header, "ab", 2);
	is_int(npy_parse_only(&a, file, size, &e), 0, "a file of one array");
	is_int(npy_parse_only(&a, file, size + 1, &e), -1, "bytes after it are an error");
	ok(strstr(e.text, "holds 1 bytes more than 2 of |u1") != NULL, "%s", e.text);
	file[6] = 4;
	ok(npy_parse(&a, file, size, &e) < 0 && strstr(e.text, "version 4.0"),
	   "version 4.0: %s", e.text);
	file[6] = 2;
	file[10] = 1;
	ok(npy_parse(&a, file, size, &e) < 0, "a header past the file: %s", e.text);
	ok(npy_parse(&a, (const uint8_t *)"PK\3\4 no npy at all", 16, &e) < 0, "no npy: %s",
	   e.text);
}

/* ---- numbers ---- */

static void check_numbers(const char *descr, const char *shape, const void *data, size_t size,
                          const float *want, size_t n)
{
	uint8_t file[FILE_BYTES];
	char header[TEXT];
	float got[16];
	struct npy a = {0};
	struct err e = {0};
	bool fortran = strchr(descr, 'F') != NULL;

	snprintf(header, sizeof header,
	         "{'descr': '%.3s', 'fortran_order': %s, 'shape': (%s), }\n", descr,
	         fortran ? "True" : "False", shape);
	size = make_file(file, 1, header, data, size);
	if (npy_parse(&a, file, size, &e) < 0 || npy_to_f4(&a, got, &e) < 0) {
		ok(false, "%s: %s", descr, e.text);
		return;
	}
	is_int((long long)npy_count(&a), (long long)n, "how many");
	ok(!memcmp(got, want, n * sizeof *want), "numbers of %s", descr);
	for (size_t i = 0; i < n; i++)
		if (memcmp(&got[i], &want[i], sizeof *want) != 0)
			printf("#   %zu: got %.9g, expected %.9g\n", i, got[i], want[i]);
}
#define NUMBERS(descr, data, ...) \
	check_numbers(descr, "4,", data, sizeof(data) - 1, (const float[]){ __VA_ARGS__ }, 4)

static void check_conversions(void)
{
	static const float ramp[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const float column_major[] = { 0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11 };

	NUMBERS("<f4", "\0\0\x80\x3f\0\0\0\x80\0\0\x80\xff\xdb\x0f\x49\x40", 1, -0.0f,
	        -INFINITY, 3.14159274f);
	NUMBERS(">f4", "\x3f\x80\0\0\x80\0\0\0\xff\x80\0\0\x40\x49\x0f\xdb", 1, -0.0f,
	        -INFINITY, 3.14159274f);
	NUMBERS("<f8",
	        "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x80\x18-DT\xfb!\t@\0\0\0\0\0\0\xf0\x7f", 1,
	        -0.0f, 3.14159274f, INFINITY);
	NUMBERS(">f8", "?\xf0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0@\t!\xfb" "TD-\x18\x7f\xf0\0\0\0\0\0\0",
	        1, -0.0f, 3.14159274f, INFINITY);
	NUMBERS("<f2", "\0\x3c\1\0\xff\x7b\0\xfc", 1, 0x1p-24f, 65504, -INFINITY);
	NUMBERS(">f2", "\x3c\0\x83\xff\4\0\x35\x55", 1, -0x3ffp-24f, 0x1p-14f, 0.333251953f);
	NUMBERS("|u1", "\0\1\x80\xff", 0, 1, 128, 255);
	NUMBERS("|i1", "\0\1\x80\xff", 0, 1, -128, -1);
	NUMBERS("|b1", "\0\1\1\0", 0, 1, 1, 0);
	NUMBERS("<u2", "\0\1\1\0\xff\xff\0\0", 256, 1, 65535, 0);
	NUMBERS(">i2", "\0\1\1\0\xff\xff\0\0", 1, 256, -1, 0);
	NUMBERS("<i4", "\1\0\0\0\xff\xff\xff\xff\0\0\0\x80\1\0\0\1", 1, -1, -0x1p31f, 0x1p24f);
	NUMBERS(">u4", "\0\0\0\1\xff\xff\xff\xff\0\0\1\0\0\0\0\0", 1, 0x1p32f, 256, 0);
	NUMBERS("<i8",
	        "\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\x80\0\0\0\0\1\0"
	        "\0\0",
	        1, -1, -0x1p63f, 0x1p32f);
	NUMBERS(">u8",
	        "\0\0\0\0\0\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0"
	        "\0",
	        1, 0x1p64f, 0, 0x1p32f);
	check_numbers("<f4", "2, 3, 2", ramp, sizeof ramp, ramp, 12);
	check_numbers("<f4F", "2, 3, 2", ramp, sizeof ramp, column_major, 12);
	check_numbers("|u1F", "2, 3", "\0\1\2\3\4\5", 6, (const float[]){ 0, 2, 4, 1, 3, 5 }, 6);
	check_numbers("<f4F", "2, 0, 3", "", 0, ramp, 0);
	check_numbers("<f4", "", "\0\0\xe0\x40", 4, (const float[]){ 7 }, 1);
}

static void check_no_numbers(void)
{
	struct npy text = { .kind = 'U', .item_bytes = 8, .dims = 1, .shape = { 3 } };
	struct npy object = { .kind = 'O' };
	struct npy f4 = { .kind = 'f', .item_bytes = 4, .dims = 2, .shape = { 2, 2 } };
	struct err e = {0};
	float out[4];

	ok(npy_to_f4(&text, out, &e) < 0, "text is no number: %s", e.text);
	ok(npy_to_f4(&object, out, &e) < 0, "an object is no number: %s", e.text);
	ok(npy_is_f4(&f4), "<f4");
	f4.fortran = true;
	ok(!npy_is_f4(&f4), "not in Fortran order");
	f4.fortran = false;
	f4.big_endian = true;
	ok(!npy_is_f4(&f4), "not >f4");
}

/* ---- writing ---- */

static void check_written(void)
{
	static const char want[] = "\x93NUMPY\1\0\x76\0{'descr': '<f4', 'fortran_order': "
	                           "False, 'shape': (3, 3, 4, 32), }";
	uint8_t header[NPY_HEADER];
	const char *path = scratch_path("a.npy");
	struct npy a = {0};
	struct err e = {0};
	char text[TEXT];

	npy_header(header, "<f4", 4, (const size_t[]){ 3, 3, 4, 32 });
	ok(!memcmp(header, want, sizeof want - 1), "the header is numpy's");
	ok(header[NPY_HEADER - 1] == '\n' && header[NPY_HEADER - 2] == ' ', "padded to 128 bytes");
	npy_header(header, "<U8", 1, (const size_t[]){ 7 });
	ok(strstr((char *)header + 10, "(7,), }") != NULL, "a tuple of one");
	npy_header(header, "|O", 0, NULL);
	ok(strstr((char *)header + 10, "(), }") != NULL, "a tuple of none");

	ok(npy_save(path, "<f4", 2, (const size_t[]){ 1, 2 }, "abcdefgh", 8, true, &e) == 0,
	   "saved %s", e.text);
	ok(npy_file(&a, path, 136, &e) == 0, "loaded %s", e.text);
	is_text(npy_describe(&a, text, sizeof text), "1 x 2 of <f4", "as it was");
	ok(a.data && !memcmp(a.data, "abcdefgh", 8), "with its data");
	npy_release(&a);
	npy_release(&a);
}

int main(void)
{
	scratch_begin();
	check_headers();
	check_containers();
	check_conversions();
	check_no_numbers();
	check_written();
	return tap_end();
}
