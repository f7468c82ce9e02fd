#pragma once
/*
 * A weights file before its numbers are read: the archive, its facts, the network that the shapes
 * of its members make. model.h takes the numbers whole, model_stream.h in blocks.
 *
 * A file holds weights, members "0" to "15"; or differences from a parent (delta.h), "K.q" and
 * "K.scale" in the place of "K" for every array K but the batch norm's statistics.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "format/npz.h"
#include "nn/net.h"

struct model_file {
	struct npz *archive;
	struct json *facts;             /* the archive comment; NULL: none */
	bool delta;                     /* holds differences */
	bool listed;                    /* its members are "arr_0" to "arr_15" */
	struct net net;
	/* of the member of each array, as the archive's directory says: tells files apart */
	uint32_t crc[NET_ARRAYS];
	size_t packed, unpacked;        /* bytes of these members, as they lie and as .npy files */
};

/*
 * Opens PATH ("-": stdin), which must hold the network NET (NULL: any); where the size of NET is
 * guessed, the facts may tell it; where nobody does it is guessed (net.h). Checks that all arrays
 * are there, that their shapes fit one network, and that the facts tell no other one, and that
 * weights do not unpack to a great many times their bytes; neither checksums nor numbers.
 * Returns 0, or -1 with E set, PATH named.
 */
int model_file_open(struct model_file *f, const char *path, const struct net *net, struct err *e);

/* The same of PATH that was opened already, as npz_take. */
int model_file_take(struct model_file *f, struct infile *opened, const char *path,
                    const struct net *net, struct err *e);
void model_file_close(struct model_file *f);

/*
 * -1 with E set, the array named, unless A, the member that holds array K, has the network's shape;
 * steps must be bytes in C order. For readers to repeat on what they use: a mapped file may have
 * been overwritten since it was opened.
 */
int model_file_check_shape(const struct model_file *f, int k, const struct npy *a, struct err *e);

/*
 * What array K is called, or its steps and their scales; or the array where numpy.savez was given
 * a list, as Flower's users do: "arr_K"; or the first of partial sums.
 */
enum model_file_part {
	MODEL_FILE_NUMBERS,
	MODEL_FILE_STEPS,
	MODEL_FILE_SCALE,
	MODEL_FILE_LISTED,
	MODEL_FILE_SUMS
};
enum { MODEL_FILE_NAME = 24 };
void model_file_name(char name[MODEL_FILE_NAME], int k, enum model_file_part part);

/* The array that NAME is called after, of weights; -1: none. */
int model_file_index(const char *name);

/* What F holds of array K: numbers, steps, or numbers of a list. */
enum model_file_part model_file_part(const struct model_file *f, int k);

/* Puts "array K: " in front of the message. Always returns -1. */
int model_file_in_array(struct err *e, int k);

/* True if the archive Z holds differences. */
bool model_file_is_delta(const struct npz *z);

/* True if it holds partial sums (fed/partial.h), which are no model: "K.s0". */
bool model_file_is_partial(const struct npz *z);

/*
 * The facts of the archive Z, which the caller frees; NULL if there are none, another program's
 * comment being none of ours. Returns 0, or -1 with E set.
 */
int model_file_facts(struct json **facts, const struct npz *z, struct err *e);
