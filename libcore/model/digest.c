/* Names for a model's numbers; see digest.h. */
#include "model/digest.h"

#include <stdio.h>

void digest_add_shape(struct sha256 *sha, const struct net *net, int k)
{
	size_t shape[4];
	int dims = net_shape(net, (enum net_array)k, shape);
	char text[24];

	for (int i = 0; i < dims; i++)
		sha256_add(sha, text, (size_t)snprintf(text, sizeof text, "%zu ", shape[i]));
	sha256_add(sha, "\n", 1);
}

void digest_numbers(const struct net *net, const float *const w[NET_ARRAYS], char hex[SHA256_HEX])
{
	struct sha256 s;

	sha256_init(&s);
	for (int k = 0; k < NET_ARRAYS; k++) {
		digest_add_shape(&s, net, k);
		sha256_add(&s, w[k], net_count(net, (enum net_array)k) * sizeof *w[k]);
	}
	sha256_hex(&s, hex);
}

void digest_mark(const struct net *net, const uint32_t crc[NET_ARRAYS], char mark[SHA256_HEX])
{
	static const char kind[] = "crc32:";
	char hex[SHA256_HEX], text[16];
	struct sha256 s;

	sha256_init(&s);
	for (int k = 0; k < NET_ARRAYS; k++) {
		digest_add_shape(&s, net, k);
		sha256_add(&s, text, (size_t)snprintf(text, sizeof text, "%08x\n", crc[k]));
	}
	sha256_hex(&s, hex);
	snprintf(mark, SHA256_HEX, "%s%.*s", kind, SHA256_HEX - (int)sizeof kind, hex);
}
