#pragma once
/*
 * Names for the numbers of a model, whatever file they are in (FEDn rewrites files): facts and
 * the trail identify models by them.
 */
#include <stdint.h>

#include "base/sha256.h"
#include "nn/net.h"

/* SHA-256 over shapes and '<f4' data of all arrays, in order. */
void digest_numbers(const struct net *net, const float *const w[NET_ARRAYS], char hex[SHA256_HEX]);

/* The same by hand: begins array K of NET; its numbers are to be added. */
void digest_add_shape(struct sha256 *sha, const struct net *net, int k);

/*
 * A mark: a name that costs nothing once CRC, the CRC-32 of each array's '<f4' data, is
 * known: "crc32:" and the first 58 digits of SHA-256 over the shapes as in the digest, each with
 * its CRC-32 in 8 hexadecimal digits. It finds a file again and shows damage, but not forgery.
 */
void digest_mark(const struct net *net, const uint32_t crc[NET_ARRAYS], char mark[SHA256_HEX]);
