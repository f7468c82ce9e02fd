#pragma once
/*
 * The log of a training run: TSV with the header `epoch loss accuracy valid_loss
 * valid_accuracy`, one row an epoch,
 * '-' where there was no validation. Rows are appended, and are on disk when the call
 * returns, before a checkpoint that counts them.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "train/evaluate.h"

struct train_log;

/*
 * BYTES -1: appends to what is there (the header is written to an empty file). Otherwise
 * cuts the file to BYTES first: rows that a killed run wrote after its last checkpoint
 * come again. A file that holds something, but where they end not the row of EPOCH (below 1: any
 * line), is another run's, or was cut, and stays as it is; so does one that does not begin with
 * the header and end with a whole line.
 * NULL with E set, also if another process has it open.
 */
struct train_log *train_log_open(const char *path, int64_t bytes, int64_t epoch, struct err *e);
int train_log_row(struct train_log *l, uint32_t epoch, const struct score *train,
                  const struct score *valid, struct err *e);
/* Was the file empty or missing, so that rows of earlier epochs are not in it? */
bool train_log_is_new(const struct train_log *l);
/* What the next opening needs: its length, and the EPOCH of the last row of this run; 0: none. */
int64_t train_log_bytes(const struct train_log *l, int64_t *epoch);
void train_log_close(struct train_log *l);      /* NULL is allowed */
