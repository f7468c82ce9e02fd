/*
 * SHA-256: the standard's examples, every length around a block in odd pieces, and plain
 * C against the processor's instructions.
 */
#include "base/sha256.c"        /* its two ways to compress a block are static */

#include "tap.h"

static void is_digest(const char *data, size_t size, const char *want, const char *what)
{
	char hex[SHA256_HEX];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, data, size);
	sha256_hex(&s, hex);
	is_text(hex, want, what);
	sha256_of(data, size, hex);
	is_text(hex, want, what);
}

static void standard(void)
{
	enum { MILLION = 1000000 };
	char *a = malloc(MILLION);

	if (!a)
		return;
	memset(a, 'a', MILLION);
	is_digest("", 0,
	          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	          "nothing");
	is_digest("abc", 3,
	          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	          "abc");
	is_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "56 bytes");
	is_digest("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmn"
	          "opjklmnopqklmnopqrlmnopqrsmnopqrst"
	          "nopqrstu",
	          112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
	          "112 bytes");
	is_digest(a, MILLION,
	          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	          "a million times a");
	free(a);
}

/* In one piece, and in pieces of 1, 2, 3, ... 13, 1, ... bytes. */
static void pieces(void)
{
	enum { MOST = 300 };
	uint8_t data[MOST];
	int differ = 0;

	for (int i = 0; i < MOST; i++)
		data[i] = (uint8_t)(i * 151 + 7);
	for (size_t size = 0; size <= MOST; size++) {
		char whole[SHA256_HEX], parts[SHA256_HEX];
		struct sha256 s;
		size_t step = 1;

		sha256_init(&s);
		sha256_add(&s, data, size);
		sha256_hex(&s, whole);
		sha256_init(&s);
		for (size_t at = 0; at < size; at += step, step = step % 13 + 1)
			sha256_add(&s, data + at, size - at < step ? size - at : step);
		sha256_hex(&s, parts);
		differ += strcmp(whole, parts) != 0;
	}
	is_int(differ, 0, "0 to 300 bytes in pieces: digests that differ");
}

static void both_ways(void)
{
	enum { BLOCKS = 7 };
	uint8_t data[BLOCKS * BLOCK_BYTES + 1];
	uint32_t plain[8], fast[8];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * i + 3 * i);
	for (size_t i = 0; i < 8; i++)
		plain[i] = fast[i] = (uint32_t)(i * 0x9e3779b9u);
	if (!cpu_has(CPU_SHA)) {
		puts("# no SHA instructions on this processor");
		return;
	}
	compress_plain(plain, data + 1, BLOCKS);        /* not aligned */
	compress_sha(fast, data + 1, BLOCKS);
	ok(!memcmp(plain, fast, sizeof plain), "plain C and the processor's instructions agree");
}

int main(void)
{
	standard();
	pieces();
	both_ways();
	return tap_end();
}
