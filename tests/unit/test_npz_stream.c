/* Members in pieces: the same bytes as npz_read, whatever the pieces; damage is found. */
#include "format/npz_stream.h"

#include <unistd.h>

#include "base/mem.h"
#include "base/outfile.h"
#include "format/crc32.h"
#include "tap.h"

enum { NUMBERS = 50000 };
static bool by_calls;                   /* npz_read_by_calls */
static const char *const PATH = "/tmp/aml-test-npz-stream.npz";
static float numbers[NUMBERS];

static char *scratch_path(void)
{
	return xasprintf("%s.%ld", PATH, (long)getpid());
}

static void write_archive(const char *path, bool deflate)
{
	const size_t shape[] = { NUMBERS / 10, 10 };
	struct outfile *o;
	struct npz_writer *w;
	struct err e;

	for (int i = 0; i < NUMBERS; i++)
		numbers[i] = sinf((float)i) * (float)(i % 7);
	o = outfile_open(path, &e);
	w = npz_writer_new(outfile_stream(o), deflate);
	if (npz_writer_add(w, "odd", "|u1", 1, (const size_t[]){ 3 }, "abc", 3, &e) < 0 ||
	    npz_writer_add(w, "a", "<f4", 2, shape, numbers, sizeof numbers, &e) < 0 ||
	    npz_writer_add(w, "none", "<f4", 1, (const size_t[]){ 0 }, "", 0, &e) < 0 ||
	    npz_writer_end(w, NULL, &e) < 0 || outfile_commit(o, false, &e) < 0)
		printf("# %s\n", e.text);
}

/* The next SIZE bytes, their pieces checked from the last to the second; the first is left. */
static const void *in_pieces(struct npz_stream *s, size_t size, struct err *e)
{
	size_t piece = size / 3 + 1;
	const void *got = npz_stream_begin(s, size, piece, e);

	for (size_t i = (size - 1) / piece; got && i > 0; i--)
		npz_stream_check(s, i);
	return got && npz_stream_end(s, e) == 0 ? got : NULL;
}

typedef const void *reader(struct npz_stream *s, size_t size, struct err *e);

/* Reads "a" in pieces of PIECE bytes, and compares unless it is damaged. */
static bool read_pieces(const char *path, reader *next, size_t piece, bool damaged, struct err *e)
{
	struct npz *z = npz_open(path, e);
	struct npy header;
	struct npz_stream *s;
	bool good;

	if (z && by_calls)
		npz_read_by_calls(z, path);
	s = z ? npz_stream_open(z, "a", &header, e) : NULL;
	good = s && header.dims == 2 && header.shape[1] == 10 && !header.data;

	for (size_t at = 0; good && at < sizeof numbers; at += piece) {
		size_t size = sizeof numbers - at < piece ? sizeof numbers - at : piece;
		const void *got = next(s, size, e);

		good = got && (damaged || !memcmp(got, (const char *)numbers + at, size));
	}
	good = good && npz_stream_crc(s) == crc32_add(0, numbers, sizeof numbers);
	npz_stream_free(s);
	npz_close(z);
	return good;
}

static void test_pieces(const char *path, bool deflate)
{
	static const size_t pieces[] = { 4, 1000, 4096, 65537, sizeof numbers };
	struct err e = {0};

	write_archive(path, deflate);
	for (size_t i = 0; i < 2 * (sizeof pieces / sizeof *pieces); i++) {
		reader *next = i % 2 ? in_pieces : npz_stream_next;

		if (!ok(read_pieces(path, next, pieces[i / 2], false, &e),
		        "%s, %s in blocks of %zu bytes", deflate ? "deflated" : "stored",
		        i % 2 ? "checked in pieces" : "read", pieces[i / 2]))
			printf("# %s\n", e.text);
	}
}

/* What is stored is lent, at an odd address too. */
static void test_lent(const char *path, bool deflate)
{
	struct err e = {0};
	struct npy header;
	struct npz *z;
	struct npz_stream *s;
	const char *first, *next;

	write_archive(path, deflate);
	z = npz_open(path, &e);
	s = npz_stream_open(z, "odd", &header, &e);
	is_int(npz_stream_is_lent(s), !deflate, deflate ? "deflated" : "stored");
	first = npz_stream_next(s, 1, &e);
	next = npz_stream_next(s, 2, &e);
	ok(next && !memcmp(next, "bc", 2) && (deflate || next == first + 1),
	   "at an odd address");
	npz_stream_free(s);
	npz_close(z);
}

static void test_small(const char *path)
{
	struct err e = {0};
	struct npz *z = npz_open(path, &e);
	struct npy header;
	struct npz_stream *s;
	const char *got;

	s = npz_stream_open(z, "odd", &header, &e);
	got = s ? npz_stream_next(s, 3, &e) : NULL;
	ok(got && !memcmp(got, "abc", 3), "three bytes");
	npz_stream_free(s);
	s = npz_stream_open(z, "none", &header, &e);
	ok(s && header.dims == 1 && header.shape[0] == 0, "an empty array");
	npz_stream_free(s);
	ok(!npz_stream_open(z, "b", &header, &e), "a member that is not there");
	is_text(e.text, "not in the archive", "is told");
	npz_close(z);
}

/* Changes one byte, DISTANCE from the end of the data of "a". */
static void damage(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	int c;

	fseek(f, at, SEEK_SET);
	c = getc(f);
	fseek(f, at, SEEK_SET);
	putc(c ^ 0x40, f);
	fclose(f);
}

static void test_damage(const char *path, bool deflate)
{
	struct err e = {0};

	write_archive(path, deflate);
	damage(path, 100000);
	ok(!read_pieces(path, npz_stream_next, 4096, true, &e), "a changed byte is found, %s",
	   deflate ? "deflated" : "stored");
	ok(strstr(e.text, "damaged") != NULL, "as damage: %s", e.text);
	ok(!read_pieces(path, in_pieces, 4096, true, &e), "where it is checked in pieces too");
	ok(strstr(e.text, "damaged") != NULL, "as damage: %s", e.text);
	damage(path, 100000);
	for (long at = 2000; at < 150000; at += 70000) {
		damage(path, at);
		ok(!read_pieces(path, in_pieces, sizeof numbers, true, &e), "in any piece, %ld",
		   at);
		damage(path, at);
	}
	ok(read_pieces(path, in_pieces, sizeof numbers, false, &e), "undone, it is read");
}

/* A directory that promises more data than the deflated stream holds. */
static void test_cut(const char *path)
{
	const size_t shape[] = { 1000 };
	static const char zeros[4000];
	struct npz_place place;
	struct npy header;
	struct err e = {0};
	struct outfile *o = outfile_open(path, &e);
	struct npz_writer *w = npz_writer_new(outfile_stream(o), true);
	struct npz *z;
	struct npz_stream *s;
	long directory;

	npz_writer_add(w, "a", "<f4", 1, shape, zeros, sizeof zeros, &e);
	directory = ftell(outfile_stream(o));
	npz_writer_end(w, NULL, &e);
	outfile_commit(o, false, &e);
	damage(path, directory + 25);           /* the unpacked size: 0x4000 more */
	z = npz_open(path, &e);
	ok(z && npz_locate(z, "a", &place, &e) == 0 && place.size == 4128 + 0x4000,
	   "the directory lies");
	s = npz_stream_open(z, "a", &header, &e);
	ok(!s || !npz_stream_next(s, sizeof zeros, &e), "and is not believed");
	ok(strstr(e.text, "damaged") != NULL, "%s", e.text);
	npz_stream_free(s);
	npz_close(z);
}

/* The same bytes and the same damage by calls; a file that is cut off meanwhile, or replaced. */
static void test_calls(const char *path)
{
	struct err e = {0};
	struct npy header;
	struct npz_stream *s;
	struct npz *z;

	by_calls = true;
	test_pieces(path, false);
	test_pieces(path, true);
	test_damage(path, false);
	write_archive(path, false);
	z = npz_open(path, &e);
	npz_read_by_calls(z, path);
	s = npz_stream_open(z, "a", &header, &e);
	ok(s && !npz_stream_is_lent(s) && truncate(path, 1000) == 0, "a file that is cut off");
	ok(!npz_stream_next(s, sizeof numbers, &e), "is told");
	is_text(e.text, "truncated while it was being read", "why");
	npz_stream_free(s);
	npz_close(z);
	write_archive(path, false);
	z = npz_open(path, &e);
	unlink(path);
	write_archive(path, false);
	npz_read_by_calls(z, path);
	s = npz_stream_open(z, "a", &header, &e);
	ok(s && npz_stream_is_lent(s), "another file of the name is not read instead");
	npz_stream_free(s);
	npz_close(z);
	by_calls = false;
}

int main(void)
{
	char *path = scratch_path();

	test_pieces(path, false);
	test_pieces(path, true);
	test_lent(path, false);
	test_lent(path, true);
	test_small(path);
	test_damage(path, false);
	test_damage(path, true);
	test_cut(path);
	test_calls(path);
	unlink(path);
	free(path);
	return tap_end();
}
