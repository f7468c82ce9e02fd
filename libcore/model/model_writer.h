#pragma once
/*
 * A weights file that is written while its numbers still come: the disk works meanwhile. The bytes
 * do not depend on it. A pipe or a device gets everything at the end, so that what fails before has
 * written nothing.
 */
#include <stddef.h>

#include "base/err.h"
#include "nn/net.h"

struct model_writer;

/* Opens PATH ("-": stdout) for weights of NET, copied. NULL with E set, PATH named. */
struct model_writer *model_writer_open(const char *path, const struct net *net, struct err *e);

/*
 * The first COUNT numbers of array K, at X, are final. Arrays come in order, each to its end.
 * Returns 0, or -1 with E set, PATH named: only model_writer_abandon may follow.
 */
int model_writer_put(struct model_writer *m, int k, const float *x, size_t count, struct err *e);

/*
 * Writes what is missing of the arrays W, which hold what was put, and FACTS (a JSON object as
 * text; NULL: none) as the archive's comment. Frees M. Returns 0, or -1 with E set, PATH named,
 * and no file left.
 */
int model_writer_end(struct model_writer *m, const float *const w[NET_ARRAYS], const char *facts,
                     struct err *e);
void model_writer_abandon(struct model_writer *m);      /* instead of the end; NULL is allowed */
