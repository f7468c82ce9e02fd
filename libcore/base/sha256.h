#pragma once
/* SHA-256 (FIPS 180-4), for digests of weights and datasets. */
#include <stddef.h>
#include <stdint.h>

enum { SHA256_HEX = 65 };               /* 64 digits and a NUL */

struct sha256 {
	uint32_t state[8];
	uint64_t bytes;
	uint8_t block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t size);
void sha256_hex(struct sha256 *s, char hex[SHA256_HEX]);        /* ends S */
void sha256_of(const void *data, size_t size, char hex[SHA256_HEX]);
