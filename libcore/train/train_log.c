/* The log of a training run; see train_log.h. */
#include "train/train_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/mem.h"

struct train_log {
	char *path;
	FILE *f;
	int64_t bytes;
};

static int fail(const struct train_log *l, struct err *e)
{
	return err_set(e, "%s: %s", l->path, errno ? strerror(errno) : "write error");
}

static int flush(struct train_log *l, int written, struct err *e)
{
	if (written < 0 || fflush(l->f) != 0)
		return fail(l, e);
	l->bytes += written;
	return 0;
}

static int prepare(struct train_log *l, int64_t bytes, struct err *e)
{
	struct stat st;

	if (!l->f || fstat(fileno(l->f), &st) < 0)
		return fail(l, e);
	if (S_ISREG(st.st_mode) && lock_descriptor(fileno(l->f), l->path, e) < 0)
		return -1;
	l->bytes = S_ISREG(st.st_mode) ? st.st_size : 0;
	if (bytes >= 0 && bytes < l->bytes) {
		if (ftruncate(fileno(l->f), bytes) < 0)
			return fail(l, e);
		l->bytes = bytes;
	}
	if (l->bytes)
		return 0;
	return flush(l, fprintf(l->f, "epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n"), e);
}

struct train_log *train_log_open(const char *path, int64_t bytes, struct err *e)
{
	struct train_log *l = xcalloc(1, sizeof *l);

	errno = 0;
	l->path = xstrdup(path);
	l->f = fopen(path, "ae");
	if (prepare(l, bytes, e) < 0) {
		train_log_close(l);
		return NULL;
	}
	return l;
}

int train_log_row(struct train_log *l, uint32_t epoch, const struct score *train,
                  const struct score *valid, struct err *e)
{
	int written;

	errno = 0;
	if (valid)
		written = fprintf(l->f, "%u\t%.9g\t%.9g\t%.9g\t%.9g\n", epoch,
		                  train->loss, train->accuracy, valid->loss,
		                  valid->accuracy);
	else
		written = fprintf(l->f, "%u\t%.9g\t%.9g\t-\t-\n", epoch, train->loss,
		                  train->accuracy);
	return flush(l, written, e);
}

int64_t train_log_bytes(const struct train_log *l)
{
	return l->bytes;
}

void train_log_close(struct train_log *l)
{
	if (!l)
		return;
	if (l->f)
		fclose(l->f);
	free(l->path);
	free(l);
}
