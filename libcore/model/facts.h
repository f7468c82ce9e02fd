#pragma once
/*
 * Facts about a weights file: one JSON object, kept in the archive comment and,
 * where FEDn wants it, in OUT-metadata. What depends on the machine (paths, -j,
 * clock) is not among them, so that equal runs give equal files.
 *
 *   tool          "aml-train"
 *   version       "0.1"
 *   kernels       "avx512": the engine, since other engines round otherwise (aml-train)
 *   seed          of aml-init, aml-train
 *   epochs, batch, rate, dropout, shuffle, bn, ...      the options that the result depends on
 *   num_examples  images of one epoch; after aml-fedavg the sum
 *   classes       ["BAS", ...] in the order of the outputs
 *   dataset       digest of the training data (data/dataset.h)
 *   missing       sites of the roster that aml-fedavg went on without
 *   ledger        hash of the round's line in the ledger (fed/ledger.h)
 *   weights       digest of this file's numbers (digest.h)
 *   parents       [digest, ...] of the weights that this file was made from; of those without
 *                 facts that aml-fedavg averaged, marks
 *   loss, accuracy, valid_loss, valid_accuracy          of the last epoch (aml-train)
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "data/classes.h"

/* A writer of the object. The text is in new memory after facts_end, which the caller frees. */
struct facts {
	struct json_writer j;           /* further members are written straight to it */
	char *text;
	size_t size;
};

/* Begins with tool and version. */
void facts_start(struct facts *f, const char *tool);
void facts_classes(struct facts *f, const struct classes *c);
void facts_parents(struct facts *f, const char *const *digest, int count);
char *facts_end(struct facts *f);

/*
 * Members of facts that were read; NULL or -1 where absent or of another type. FACTS may
 * be NULL.
 */
const char *facts_text(const struct json *facts, const char *key);
int64_t facts_int(const struct json *facts, const char *key);
/* Is KEY a whole number of at most 64 bits without sign? Then in SEED. */
bool facts_seed(const struct json *facts, const char *key, uint64_t *seed);

/*
 * -1 with E set where FACTS tell the classes, but not by the codes of CLASSES classes, or a size
 * that is no whole number: a reader that passed over it would take others in its place.
 */
int facts_check(const struct json *facts, int classes, struct err *e);

/*
 * The class list of COUNT codes that the facts name; otherwise the 15 default ones if COUNT is 15,
 * or C0, C1, ... Returns true if it is known (from facts).
 */
bool facts_class_list(const struct json *facts, int count, struct classes *c);

/*
 * num_examples of the facts of the model PATH; else of PATH-metadata. Returns 0, or -1 with E set,
 * the file named: neither has it, or it is not a whole number.
 */
int facts_num_examples(const struct json *facts, const char *path, int64_t *n, struct err *e);
