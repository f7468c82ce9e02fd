#pragma once
/*
 * A model read array by array, in blocks, so that many models can be gone through side by
 * side in little memory. Weights in any form that model_load takes, or differences (delta.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "format/npz_stream.h"
#include "nn/net.h"
#include "model/model.h"

struct model_stream {
	const char *path;               /* borrowed */
	struct net net;
	struct json *facts;             /* NULL: none */
	uint32_t crc[NET_ARRAYS];       /* of the members, as the archive's directory says */
	char digest[SHA256_HEX];        /* that the facts tell; else, after array 15, the mark */
	char mark[SHA256_HEX];          /* as model_mark; "" until array 15 was read */
	bool delta;                     /* differences from PARENT */

	struct npz *archive;
	const float *const *parent;     /* its arrays, borrowed; or NULL */
	uint32_t data_crc[NET_ARRAYS];  /* of the numbers */
	/* the array that is being read: */
	int k;                          /* NET_ARRAYS: none */
	size_t at, count;
	struct npy header;              /* what the file holds: weights or steps */
	struct npz_stream *stream;      /* NULL: the array is in WHOLE */
	float *whole;                   /* an array in Fortran order, converted */
	struct npy scale;               /* of differences */
	float *buffer;                  /* a block that could not be borrowed */
	size_t room;
};

/*
 * Opens PATH ("-": stdin), which must hold the network NET (NULL: any). PARENT, with its digest
 * FROM, is what differences refer to and must outlive S; NULL: they are refused.
 * Returns 0, or -1 with E set, PATH named.
 */
int model_stream_open(struct model_stream *s, const char *path, const struct net *net,
                      const struct model *parent, const char *from, struct err *e);
void model_stream_close(struct model_stream *s);

/*
 * Goes to array K; they are to be read to their ends, in order.
 * Returns 0, or -1 with E set, array named, not the path.
 */
int model_stream_array(struct model_stream *s, int k, struct err *e);

/*
 * The next COUNT numbers, not more than are left; valid until the next call on S. They may be
 * NaN or infinite. NULL with E set: damaged, or a variance below -0.001; array named, not the path.
 */
const float *model_stream_next(struct model_stream *s, size_t count, struct err *e);

/*
 * As npz_stream_peek and npz_stream_pass: where the next COUNT numbers lie in the file, NULL
 * if they have to be converted or checked first; and past them, told the CRC-32 of their bytes.
 * The numbers are valid until model_stream_close.
 */
const float_any *model_stream_peek(const struct model_stream *s, size_t count);
int model_stream_pass(struct model_stream *s, size_t count, uint32_t crc, struct err *e);
