/*
 * .npz archives: those of numpy and odd ones (tests/data/npz), our own, and damaged ones made
 * from them.
 */
#include "format/npz.h"

#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/outfile.h"
#include "scratch.h"
#include "tap.h"

enum { TEXT = 256, LIMIT = 1 << 20 };

static const float ARRAY0[] = { 0, 1, 2, 3, 4, 5 }, ARRAY1[] = { -1, 0, 1, 2 }, ARRAY2[] = { 7 };

static bool holds(struct npz *z, const char *name, const float *want, size_t count, int dims)
{
	struct npy a = {0};
	struct err e = {0};
	bool good = npz_read(z, name, &a, LIMIT, 0, &e) == 0 && npy_is_f4(&a) && a.dims == dims &&
	            npy_count(&a) == count && !memcmp(a.data, want, count * sizeof *want);

	if (!good)
		printf("#   array %s: %s\n", name, e.text);
	npy_release(&a);
	return good;
}

/* The three arrays that every file of make_npz.py holds. */
static bool holds_all(struct npz *z)
{
	return holds(z, "0", ARRAY0, 6, 2) && holds(z, "1", ARRAY1, 4, 1) &&
	       holds(z, "2", ARRAY2, 1, 0);
}

static void check_golden(const char *file, const char *comment)
{
	char path[TEXT];
	struct err e = {0};
	struct npz *z;
	size_t size = 0;

	snprintf(path, sizeof path, "tests/data/npz/%s.npz", file);
	z = npz_open(path, &e);
	if (!ok(z != NULL, "%s opens %s", file, e.text))
		return;
	is_int((long long)npz_count(z), 3, "three arrays");
	ok(holds_all(z), "%s: arrays", file);
	is_text(npz_comment(z, &size), comment, "comment");
	is_int((long long)size, (long long)strlen(comment), "its length");
	npz_close(z);
}

static void check_all_golden(void)
{
	static const char *const files[] = {
		"np113_py36_stored",  "np113_py36_deflated",
		"np124_py38_stored",  "np124_py38_deflated",
		"np126_py311_stored", "np126_py311_deflated",
		"np25_py313_stored",  "np25_py313_deflated",
		"zip_descriptor",     "zip_descriptor_deflated",
		"zip_aligned",        "zip_zip64_local",
		"zip_reversed",       "zip_date0",
		"zip_blocks",
	};
	static const char tricky[] =
		"PK\5\6xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		check_golden(files[i], "");
	check_golden("zip_comment", "{\"num_examples\": 3}");
	check_golden("zip_tricky_comment", tricky);
}

/* ---- writing ---- */

static int add_arrays(struct npz_writer *w, struct err *e)
{
	const size_t shape0[] = { 2, 3 }, shape1[] = { 4 };

	if (npz_writer_add(w, "0", "<f4", 2, shape0, ARRAY0, sizeof ARRAY0, e) < 0 ||
	    npz_writer_add(w, "1", "<f4", 1, shape1, ARRAY1, sizeof ARRAY1, e) < 0)
		return -1;
	return npz_writer_add(w, "2", "<f4", 0, NULL, ARRAY2, sizeof ARRAY2, e);
}

/* The archive in memory, which the caller frees. */
static uint8_t *write_archive(bool deflate, const char *comment, size_t *size)
{
	char *bytes = NULL;
	FILE *f = open_memstream(&bytes, size);
	struct npz_writer *w = npz_writer_new(f, deflate);
	struct err e = {0};

	if (add_arrays(w, &e) < 0 || npz_writer_end(w, comment, &e) < 0)
		ok(false, "an archive is written: %s", e.text);
	fclose(f);
	return (uint8_t *)bytes;
}

/* The same arrays, the first two in pieces of PIECE numbers. */
static uint8_t *write_pieces(size_t piece, size_t *size)
{
	static const struct {
		const char *name;
		const float *data;
		size_t count;
		int dims;
		size_t shape[2];
	} arrays[] = { { "0", ARRAY0, 6, 2, { 2, 3 } }, { "1", ARRAY1, 4, 1, { 4 } } };
	char *bytes = NULL;
	FILE *f = open_memstream(&bytes, size);
	struct npz_writer *w = npz_writer_new(f, false);
	struct err e = {0};
	bool good = true;

	for (int k = 0; k < 2; k++) {
		size_t count = arrays[k].count;

		good = good && npz_writer_begin(w, arrays[k].name, "<f4", arrays[k].dims,
		                                arrays[k].shape, count * sizeof(float), &e) == 0;
		for (size_t at = 0; at < count && good; at += piece) {
			size_t n = count - at < piece ? count - at : piece;
			const float *x = arrays[k].data + at;

			good = npz_writer_append(w, x, n * sizeof *x, &e) == 0;
		}
	}
	good = good && npz_writer_add(w, "2", "<f4", 0, NULL, ARRAY2, sizeof ARRAY2, &e) == 0;
	ok(good && npz_writer_end(w, "{}", &e) == 0, "pieces of %zu numbers %s", piece, e.text);
	fclose(f);
	return (uint8_t *)bytes;
}

static void check_pieces(void)
{
	size_t want_size, size;
	uint8_t *want = write_archive(false, "{}", &want_size);

	for (size_t piece = 1; piece <= 6; piece++) {
		uint8_t *got = write_pieces(piece, &size);

		ok(size == want_size && !memcmp(got, want, size), "the same bytes as whole");
		free(got);
	}
	free(want);
}

static struct npz *open_bytes(const void *bytes, size_t size, struct err *e)
{
	const char *path = scratch_path("a.npz");

	scratch_write(path, bytes, size);
	return npz_open(path, e);
}

static void check_written(bool deflate, const char *comment)
{
	size_t size, again, comment_size;
	uint8_t *bytes = write_archive(deflate, comment, &size);
	uint8_t *twice = write_archive(deflate, comment, &again);
	struct err e = {0};
	struct npz *z = open_bytes(bytes, size, &e);

	ok(size == again && !memcmp(bytes, twice, size), "equal arrays, equal bytes");
	if (ok(z != NULL, "our own archive opens %s", e.text)) {
		ok(holds_all(z), "arrays");
		is_int(npz_is_stored(z, "0"), !deflate, "stored");
		is_text(npz_name(z, 2), "2", "name of the third");
		is_text(npz_comment(z, &comment_size), comment ? comment : "", "comment");
		npz_close(z);
	}
	free(bytes);
	free(twice);
}

static void check_long_comment(void)
{
	char *comment = calloc(65537, 1);
	struct err e = {0};
	struct npz_writer *w = npz_writer_new(stderr, false);

	memset(comment, 'c', 65536);
	ok(npz_writer_end(w, comment, &e) < 0, "a comment of 65,536 bytes: %s", e.text);
	w = npz_writer_new(stderr, false);
	ok(npz_writer_end(w, "PK\5\6", &e) < 0, "a comment that looks like the end: %s", e.text);
	comment[65535] = '\0';
	check_written(false, comment);
	free(comment);
}

static void check_borrowed(void)
{
	size_t size;
	uint8_t *bytes = write_archive(false, NULL, &size);
	struct err e = {0};
	struct npz *z = open_bytes(bytes, size, &e);
	struct npy a = {0};

	for (size_t i = 0; i < npz_count(z); i++) {
		is_int(npz_read(z, npz_name(z, i), &a, LIMIT, 0, &e), 0, "read");
		ok(!a.owned && (uintptr_t)a.data % 64 == 0,
		   "array %zu is mapped, at a multiple of 64 bytes", i);
		npy_release(&a);
	}
	npz_close(z);
	free(bytes);
}

static void check_full_disk(void)
{
	FILE *f = fopen("/dev/full", "wb");
	struct npz_writer *w = npz_writer_new(f, false);
	struct err e = {0};

	setvbuf(f, NULL, _IONBF, 0);
	ok(add_arrays(w, &e) < 0 && strstr(e.text, "No space left"), "a full disk: %s", e.text);
	npz_writer_free(w);
	fclose(f);
}

/* ---- damage ---- */

/*
 * Puts VALUE (SIZE bytes, low first) at offset AT of our archive and tells what goes wrong with
 * array "0".
 */
static void check_damage(bool deflate, size_t at, uint32_t value, int size, const char *want)
{
	size_t archive_size;
	uint8_t *bytes = write_archive(deflate, NULL, &archive_size);
	struct npy a = {0};
	struct err e = {0};
	struct npz *z;

	for (int i = 0; i < size; i++)
		bytes[at + (size_t)i] = (uint8_t)(value >> 8 * i);
	z = open_bytes(bytes, archive_size, &e);
	if (z && npz_read(z, "0", &a, LIMIT, 0, &e) == 0)
		ok(false, "offset %zu: damage unnoticed, expected: %s", at, want);
	else
		ok(strstr(e.text, want) != NULL, "offset %zu: %s", at, e.text);
	npy_release(&a);
	npz_close(z);
	free(bytes);
}

/* Offset of the first record with this signature; of the central directory it is member "0". */
static size_t find(bool deflate, const char *signature)
{
	size_t size;
	uint8_t *bytes = write_archive(deflate, NULL, &size);
	uint8_t *p = memmem(bytes, size, signature, 4);
	size_t at = (size_t)(p - bytes);

	free(bytes);
	return at;
}

static void check_all_damage(void)
{
	size_t central = find(false, "PK\1\2"), end = find(false, "PK\5\6");
	size_t packed = find(true, "PK\1\2");

	check_damage(false, 192, 9, 1, "damaged: its CRC-32 is");
	check_damage(false, 0, 0, 1, "no member where the directory says");
	check_damage(false, 26, 6, 1, "another name in front");
	check_damage(false, 28, 60000, 2, "runs past the file");
	check_damage(false, 30, 'x', 1, "another name in front");
	check_damage(false, central, 0, 1, "the central directory is damaged");
	check_damage(false, central + 8, 1, 1, "encrypted");
	check_damage(false, central + 10, 12, 1, "packed by method 12");
	check_damage(false, central + 16, 0, 4, "expected 00000000");
	check_damage(false, central + 20, 99999, 4, "share bytes of the archive");
	check_damage(false, central + 20, UINT32_MAX, 4, "zip64");
	check_damage(false, central + 24, UINT32_MAX, 4, "zip64");
	check_damage(false, central + 24, 100, 4, "stored, but with two sizes");
	check_damage(false, central + 28, 60000, 2, "the central directory is damaged");
	check_damage(false, central + 42, UINT32_MAX - 1, 4, "no member where the directory says");
	check_damage(false, central + 42, UINT32_MAX, 4, "zip64");
	check_damage(false, central + 46, '9', 1, "not in the archive");
	check_damage(false, central + 46, 0, 1, "the central directory is damaged");
	check_damage(false, end, 0, 1, "no end record");
	check_damage(false, end + 4, 1, 2, "one part of an archive in several");
	check_damage(false, end + 10, 4, 2, "runs past the file");
	check_damage(false, end + 10, UINT16_MAX, 2, "zip64");
	check_damage(false, end + 12, 1000, 4, "runs past the file");
	check_damage(false, end + 16, (uint32_t)end + 1, 4, "runs past the file");
	check_damage(false, end + 20, 1, 2, "no end record");

	check_damage(true, packed + 24, 150, 4, "holds 22 bytes of data, too few for 2 x 3");
	check_damage(true, packed + 24, 160, 4, "unpacks to 152 bytes, too few");
	check_damage(true, packed + 24, LIMIT, 4, "cannot hold 1048576");
	check_damage(true, packed + 24, LIMIT + 1, 4, "more than the 1048576 allowed");
	check_damage(true, packed + 20, 20, 4, "unpacks to");
	check_damage(true, 64, 0xff, 1, "damaged: no deflate stream");
}

static void check_truncated(void)
{
	size_t size, opened = 0;
	uint8_t *bytes = write_archive(false, "comment", &size);

	for (size_t n = 0; n < size; n += n < size - 60 ? 37 : 1) {
		struct err e = {0};
		struct npz *z = open_bytes(bytes, n, &e);

		opened += z != NULL;
		npz_close(z);
	}
	is_int((long long)opened, 0, "archives that are cut off");
	free(bytes);
}

/* An archive of COUNT zeros, "x", that says to be of SHAPE. Returns its size. */
static size_t write_zeros(char **bytes, bool deflate, int dims, const size_t *shape, size_t count)
{
	float *zeros = calloc(count, sizeof *zeros);
	size_t size;
	FILE *f = open_memstream(bytes, &size);
	struct npz_writer *w = npz_writer_new(f, deflate);
	struct err e = {0};

	is_int(npz_writer_add(w, "x", "<f4", dims, shape, zeros, count * sizeof *zeros, &e), 0,
	       "added");
	is_int(npz_writer_end(w, NULL, &e), 0, "ended");
	fclose(f);
	free(zeros);
	return size;
}

/* A member is as long as its shape says: what is more is not unpacked to find out. */
static void check_longer(bool deflate)
{
	enum { COUNT = 1 << 18 };
	const size_t shape[] = { 2, 3 };
	char *bytes;
	size_t size = write_zeros(&bytes, deflate, 2, shape, COUNT);
	struct npy a = {0};
	struct err e = {0};
	struct npz *z = open_bytes(bytes, size, &e);

	is_int(npz_read(z, "x", &a, SIZE_MAX, 0, &e), -1, "longer than its shape");
	is_text(e.text, "holds 1048552 bytes more than 2 x 3 of <f4", "why");
	npz_close(z);
	free(bytes);
}

/* Member "1" begins within "0". */
static void check_shared_bytes(void)
{
	size_t size;
	uint8_t *bytes = write_archive(false, NULL, &size);
	uint8_t *first = memmem(bytes, size, "PK\1\2", 4);
	uint8_t *second = memmem(first + 1, size - (size_t)(first + 1 - bytes), "PK\1\2", 4);
	struct err e = {0};

	second[42] = 100;
	memset(second + 43, 0, 3);
	ok(!open_bytes(bytes, size, &e) &&
	           strstr(e.text, "\"0\" and \"1\" share bytes of the archive"),
	   "members that share bytes: %s", e.text);
	free(bytes);
}

/* 1 MB of zeros, which deflates to 1 kB, read with less allowed. */
static void check_limits(void)
{
	enum { COUNT = 1 << 18 };
	static const float zeros[COUNT];
	const size_t shape[] = { COUNT };
	char *bytes;
	size_t size = write_zeros(&bytes, true, 1, shape, COUNT);
	struct npy a = {0};
	struct err e = {0};
	struct npz *z = open_bytes(bytes, size, &e);

	ok(npz_read(z, "x", &a, COUNT * 4 + 127, 0, &e) < 0, "a byte over the limit: %s", e.text);
	ok(npz_read(z, "x", &a, COUNT * 4 + 128, 0, &e) == 0 && npy_count(&a) == COUNT,
	   "within it");
	ok(a.owned != NULL && !memcmp(a.data, zeros, COUNT * sizeof *zeros), "zeros");
	npz_close(z);
	npy_release(&a);
	ok(npz_open("/nonexistent/x.npz", &e) == NULL && strstr(e.text, "/nonexistent/x.npz: "),
	   "no file: %s", e.text);
	ok(npz_open("tests", &e) == NULL, "a folder: %s", e.text);
	free(bytes);
}

static void check_unchecked(void)
{
	size_t size;
	uint8_t *bytes = write_archive(false, NULL, &size);
	struct npy a = {0};
	struct err e = {0};
	struct npz *z;

	bytes[192 + 3] = 1;                     /* in the first number of "0" */
	z = open_bytes(bytes, size, &e);
	ok(npz_read(z, "0", &a, LIMIT, 0, &e) < 0, "with its CRC: %s", e.text);
	ok(npz_read(z, "0", &a, LIMIT, NPZ_UNCHECKED, &e) == 0, "without");
	npz_close(z);
	free(bytes);
}

int main(void)
{
	scratch_begin();
	check_all_golden();
	check_written(false, NULL);
	check_written(true, "{\"tool\":\"test\"}");
	check_long_comment();
	check_pieces();
	check_borrowed();
	check_full_disk();
	check_all_damage();
	check_truncated();
	check_longer(false);
	check_longer(true);
	check_shared_bytes();
	check_limits();
	check_unchecked();
	return tap_end();
}
