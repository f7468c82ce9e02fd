/* base64: RFC 4648's vectors, all byte values, and texts as others write them. */
#include "base/base64.h"

#include "base/mem.h"
#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static struct err e;

static char *encoded(const void *data, size_t size)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	base64_write(f, data, size);
	fclose(f);
	return text;
}

static void test_vectors(void)
{
	static const char *const want[] = {
		"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"
	};

	for (size_t n = 0; n < sizeof want / sizeof *want; n++) {
		char *text = encoded("foobar", n);

		is_text(text, want[n], "foobar, cut off");
		free(text);
	}
}

static void test_high_bytes(void)
{
	char *text = encoded("\x00\xff\xfe\xfb\xef\xbe", 6);

	is_text(text, "AP/+++++", "bytes that are no text");
	free(text);
}

/* The bytes of TEXT, or the message. */
static const char *decoded(const char *text)
{
	static uint8_t out[64];
	long n = base64_read(out, text, strlen(text), &e);

	if (n < 0)
		return e.text;
	out[n] = '\0';
	return (char *)out;
}

static void test_reading(void)
{
	is_text(decoded(""), "", "nothing");
	is_text(decoded("Zg=="), "f", "one byte");
	is_text(decoded("Zm8="), "fo", "two");
	is_text(decoded("Zm9v"), "foo", "three");
	is_text(decoded("Zm9vYg=="), "foob", "four");
	is_text(decoded("Zg"), "f", "one byte, not padded");
	is_text(decoded("Zm9vYmE"), "fooba", "five, not padded");
	is_text(decoded(" Zm\r\n9\tv\nYg = =\n"), "foob", "blanks and line ends");
	is_text(decoded("AP/+++++") + 1, "\xff\xfe\xfb\xef\xbe", "bytes that are no text");
	is_text(decoded("__-_"), "\xff\xff\xbf", "digits of addresses");
}

static void test_refusals(void)
{
	static const char cut[] = "no base64: cut off",
	                  group[] = "no base64: padded to no group of four";

	is_text(decoded("Z"), cut, "one digit");
	is_text(decoded("AAAAA"), cut, "one digit without bits");
	is_text(decoded("Zm9vY==="), cut, "one digit, padded");
	is_text(decoded("Zh=="), cut, "bits left over");
	is_text(decoded("Zm9"), cut, "bits left over, not padded");
	is_text(decoded("Zg="), group, "half of the padding");
	is_text(decoded("Zg==="), group, "too much of it");
	is_text(decoded("Zm8=="), group, "too much behind two bytes");
	is_text(decoded("="), group, "padding alone");
	is_text(decoded("Zm9v="), group, "padding of a whole group");
	is_text(decoded("Zm9v===="), group, "a group of padding");
	is_text(decoded("Zg==Zg=="), "no base64 at byte 4: goes on behind the padding",
	        "a text behind another");
	is_text(decoded("Zg==!"), "no base64 at byte 4: goes on behind the padding", "a sign");
	is_text(decoded("data:x"), "no base64 at byte 4: no digit", "an address");
	is_text(decoded("Zm9\xff"), "no base64 at byte 3: no digit", "a high byte");
	ok(base64_read((char[8]){0}, "Zm9v\0", 5, &e) == -1 &&
	   !strcmp(e.text, "no base64 at byte 4: no digit"), "a NUL");
}

/* Each text ends where no more may be read, each room where no more may be written. */
static void test_all_sizes(void)
{
	uint8_t data[256];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(151 * i + 7);
	for (size_t n = 1; n <= sizeof data; n += n < 9 ? 1 : 19) {
		char *text = encoded(data, n);
		size_t size = strcspn(text, "=");
		char *digits = memcpy(xmalloc(size, 1), text, size);
		uint8_t *got = xmalloc(size / 4 * 3 + 3, 1);

		ok(base64_read(got, digits, size, &e) == (long)n && !memcmp(got, data, n),
		   "%zu bytes come back", n);
		free(text);
		free(digits);
		free(got);
	}
}

static int read_file(const char *path, struct err *why)
{
	size_t size = 0;
	char *text = scratch_read(path, &size);
	uint8_t *out = xmalloc(size / 4 * 3 + 3, 1);
	long n = base64_read(out, text, size, why);

	free(out);
	free(text);
	return n < 0 ? err_in(why, path) : 0;
}

int main(void)
{
	test_vectors();
	test_high_bytes();
	test_reading();
	test_refusals();
	test_all_sizes();
	corpus_check("base64", read_file);
	return tap_end();
}
