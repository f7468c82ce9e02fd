#pragma once
/*
 * numpy's .npy format, versions 1.0 to 3.0: an array of numbers, of fixed-length
 * strings, or (pickled, see pickle.h) of objects.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum { NPY_MAX_DIMS = 8, NPY_HEADER = 128, NPY_CHAR_BYTES = 4 /* of 'U' */ };

struct npy {
	/* 'f', 'i', 'u', 'b' bool, 'U' str, 'S' bytes, 'O' object */
	char kind;
	int item_bytes;                 /* of one element; of 'U' 4 a character; of 'O' 0 */
	bool big_endian;
	bool fortran;                   /* first index fastest */
	int dims;
	size_t shape[NPY_MAX_DIMS];
	const void *data;               /* the elements; of 'O' the pickle */
	size_t size_bytes;
	void *owned;                    /* what npy_release frees; NULL: DATA is borrowed */
};

/* Elements: the product of the shape (1 for no dimensions). */
size_t npy_count(const struct npy *a);

/* "32 x 3 x 3 of <f4", for messages. Returns TEXT. */
char *npy_describe(const struct npy *a, char *text, size_t size);

/*
 * Reads the array that begins at BYTES; A borrows its data from there. Bytes after the data are
 * ignored.
 * Returns 0, or -1 with E set: no array, an unknown type, fewer bytes than the shape needs.
 */
int npy_parse(struct npy *a, const uint8_t *bytes, size_t size, struct err *e);

/*
 * The same of a file of one array of numbers: bytes after the data, which numpy passes over, are an
 * error: a header that is damaged or another's, or an array that nobody would look at.
 */
int npy_parse_only(struct npy *a, const uint8_t *bytes, size_t size, struct err *e);

void npy_release(struct npy *a);

/* '<f4' in C order: DATA can be used as it lies, if aligned. */
bool npy_is_f4(const struct npy *a);

/*
 * Any array of numbers as float32 in C order, into OUT (npy_count numbers). Objects and text:
 * -1.
 */
int npy_to_f4(const struct npy *a, float *out, struct err *e);

/*
 * The header of a .npy file of version 1.0, padded as numpy does, into HEADER (NPY_HEADER
 * bytes, always that long for up to NPY_MAX_DIMS dimensions). DESCR: "<f4", "|u1", "<U8", "|O".
 */
void npy_header(uint8_t header[NPY_HEADER], const char *descr, int dims, const size_t *shape);

/* Header and SIZE bytes of data to F, to PATH. */
int npy_write(FILE *f, const char *descr, int dims, const size_t *shape, const void *data,
              size_t size);
int npy_save(const char *path, const char *descr, int dims, const size_t *shape,
             const void *data, size_t size, bool sync, struct err *e);
