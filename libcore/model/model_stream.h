#pragma once
/*
 * A model read array by array, in blocks, so that many models can be read in
 * parallel with little memory. Weights in any form that model_load takes, or differences (delta.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "format/crc32_blocks.h"
#include "format/npz_stream.h"
#include "model/model.h"
#include "model/model_file.h"

struct model_stream {
	struct model_file file;
	char digest[SHA256_HEX];        /* that the facts tell; else, after array 15, the mark */
	char mark[SHA256_HEX];          /* as digest_mark; "" until array 15 was read */

	const float *const *parent;     /* of differences: its arrays, borrowed; or NULL */
	uint32_t data_crc[NET_ARRAYS];  /* of the numbers */
	/* the array that is being read: */
	bool by_calls;
	int k;                          /* NET_ARRAYS: none */
	size_t at, count;
	struct npy header;              /* what the file holds: weights or steps */
	struct npz_stream *stream;      /* NULL: the array is in WHOLE */
	float *whole;                   /* an array in Fortran order, converted */
	struct npy scale;               /* of differences */
	const float_any *block;         /* that was begun, SIZE numbers */
	size_t size;
	float *buffer;                  /* a block that could not be borrowed */
	size_t room;
	struct crc32_blocks sum;        /* of numbers that are not used as they lie in the file */
};

/*
 * Opens PATH ("-": stdin), which must hold the network NET (NULL: any). PARENT, with its digest
 * FROM, is what differences refer to and must outlive S; NULL: they are refused.
 * Returns 0, or -1 with E set, PATH named.
 */
int model_stream_open(struct model_stream *s, const char *path, const struct net *net,
                      const struct model *parent, const char *from, struct err *e);

/* The same of PATH that was opened already, as npz_take. */
int model_stream_take(struct model_stream *s, struct infile *opened, const char *path,
                      const struct net *net, const struct model *parent, const char *from,
                      struct err *e);
void model_stream_close(struct model_stream *s);

/* For one of many streams: npz_read_by_calls, PATH being that of the file. */
void model_stream_by_calls(struct model_stream *s, const char *path);

/*
 * Goes to array K; they are to be read to their ends, in order.
 * Returns 0, or -1 with E set, array named, not the path.
 */
int model_stream_array(struct model_stream *s, int k, struct err *e);

/*
 * Begins a block, the next COUNT > 0 numbers, not more than are left: at any address, valid until
 * the next call of this or of model_stream_array. They may be NaN or infinite. The block is checked
 * in pieces of PIECE numbers, as npz_stream.h describes it.
 * NULL with E set: damaged; array named, not the path.
 */
const float_any *model_stream_begin(struct model_stream *s, size_t count, size_t piece,
                                    struct err *e);

/* True if blocks of this array lie in the file, so that to begin one takes no time. */
bool model_stream_is_lent(const struct model_stream *s);

/* Checks piece I of the block. Threads may check different pieces at once. */
void model_stream_check(struct model_stream *s, size_t i);

/*
 * Ends the block, having checked the pieces that were not. No result may be kept before the last
 * block of each array was ended.
 * Returns 0, or -1 with E set: damaged, or a variance below -0.001; array named, not the path.
 */
int model_stream_end(struct model_stream *s, struct err *e);

enum { MODEL_STREAM_BLOCK = 1 << 16 };  /* numbers: 256 KB, which a processor's cache holds */

/*
 * Goes to array K and hands it out in blocks of BLOCK numbers, the last with what is left: USE gets
 * ARG, the X that begin at number AT of the array, and ends the reading by -1 with E set.
 * Returns 0, or -1 with E set, as model_stream_array and model_stream_end.
 */
int model_stream_each(struct model_stream *s, int k, size_t block,
                      int (*use)(void *arg, const float_any *x, size_t at, size_t count,
                                 struct err *e),
                      void *arg, struct err *e);
