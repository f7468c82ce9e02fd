#pragma once
/* For model_stream_each: the block is that of the array of WANT, bit for bit. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static inline int same_block(void *want, const float_any *x, size_t at, size_t count, struct err *e)
{
	if (memcmp(x, (const float *)want + at, count * sizeof *x) == 0)
		return 0;
	return err_set(e, "another block at %zu", at);
}
