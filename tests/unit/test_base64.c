/* base64: RFC 4648's vectors, and all byte values. */
#include "tap.h"

#include "base/base64.h"

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

int main(void)
{
	test_vectors();
	test_high_bytes();
	return tap_end();
}
