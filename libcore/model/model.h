#pragma once
/*
 * A model: 16 weight arrays, the sizes that follow from their shapes, and facts
 * (where it came from), as aml-weights(5) describes the file.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "format/npz.h"
#include "data/classes.h"
#include "nn/net.h"

struct model {
	struct net net;
	const float *w[NET_ARRAYS];     /* in net_shape shapes; 4-byte aligned; never changed */
	struct json *facts;             /* the archive comment; NULL: none */
	struct npz *archive;            /* what w is borrowed from; or NULL */
	float *owned[NET_ARRAYS];       /* arrays that had to be converted or inflated; or NULL */
	/* MODEL_LOW: what rounding took off a '<f8' array; otherwise NULL */
	float *low[NET_ARRAYS];
};

enum {
	/* do not read the whole file for its checksums: prediction from a mapped file */
	MODEL_UNCHECKED = 1,
	/* keep what float32 cannot hold of '<f8' arrays, for server optimisers */
	MODEL_LOW = 2,
};

/* What array K is called in the archive. */
enum { MODEL_MEMBER = 16 };
void model_member(char name[MODEL_MEMBER], int k);

/*
 * Loads PATH ("-": stdin). Checks that the arrays are "0".."15", that their shapes fit
 * one network, and (unless MODEL_UNCHECKED) checksums and that all numbers are finite and
 * the moving variance is not below -0.001.
 * '<f8' and Fortran order are converted. Returns 0, or -1 with E set, PATH and array
 * named.
 */
int model_load(struct model *m, const char *path, int flags, struct err *e);
void model_release(struct model *m);

/* Gives back the memory of weights that are in a file; read again, they come from there. */
void model_drop_pages(const struct model *m);

/*
 * The network that arrays of these shapes belong to; only their shapes are looked at, and
 * not all of them. FACTS, or NULL, tell the image size where the shapes leave it open.
 * Returns 0, or -1 with E set.
 */
int model_sizes(struct net *net, const struct npy a[NET_ARRAYS], const struct json *facts,
                struct err *e);

/*
 * Digest of the numbers (not of the file: FEDn writes files anew): SHA-256 over shapes
 * and '<f4' data, in order.
 */
void model_digest(const struct net *net, const float *const w[NET_ARRAYS], char hex[SHA256_HEX]);

/* Begins array K of NET in a digest; its numbers are to be added. */
void model_hash_shape(struct sha256 *sha, const struct net *net, int k);

/*
 * A name for the numbers that costs nothing once CRC, the CRC-32 of each array's '<f4' data, is
 * known: "crc32:" and the first 58 digits of SHA-256 over the shapes as in the digest, each with
 * its CRC-32 in 8 hexadecimal digits. It finds a file again and shows damage, but not forgery.
 */
void model_mark(const struct net *net, const uint32_t crc[NET_ARRAYS], char mark[SHA256_HEX]);

/* -1 with E set, array and entry named, unless all numbers are finite. */
int model_check(const struct net *net, const float *const w[NET_ARRAYS], struct err *e);

/* The class list that the facts name; the 15 default ones if there are no facts and 15 classes;
 * otherwise C0, C1, ... Returns true if it is known (from facts). */
bool model_classes(const struct model *m, struct classes *c);

/* num_examples of the facts; else of PATH-metadata; else -1 with E set. */
int model_num_examples(const struct model *m, const char *path, int64_t *n, struct err *e);
