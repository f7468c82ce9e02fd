/* The log of a training run; see train_log.h. */
#include "train/train_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/outfile.h"

static const char header[] = "epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n";

struct train_log {
	char *path;
	FILE *f;
	int64_t bytes, epoch;           /* EPOCH: of the last row, if it is of this run; or 0 */
	bool is_new;
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
	if (fdatasync(fileno(l->f)) < 0 && errno != EINVAL && errno != EROFS)
		return fail(l, e);              /* but pipes and devices cannot */
	return 0;
}

/* 1: TEXT has the SIZE bytes of the file from AT on; 0: it is shorter; -1 with E set. */
static int read_part(const struct train_log *l, char *text, size_t size, int64_t at, struct err *e)
{
	struct infile f;
	int got;

	if (infile_open(&f, l->path, SIZE_MAX, e) < 0)
		return -1;
	got = size <= f.size && (size_t)at <= f.size - size;
	if (got)
		memcpy(text, f.data + at, size);
	infile_release(&f);
	return got;
}

static int begins_as_log(const struct train_log *l, struct err *e)
{
	enum { SIZE = sizeof header - 1 };
	char text[SIZE];
	int got = read_part(l, text, SIZE, 0, e);

	return got <= 0 ? got : !memcmp(text, header, SIZE);
}

/*
 * Do the first BYTES of the file end with the row of EPOCH (below 1: with any line)? 1, 0, or -1
 * with E set.
 */
static int ends_with(const struct train_log *l, int64_t bytes, int64_t epoch, struct err *e)
{
	enum { ROW = 160 };             /* bytes, more than a row has */
	char text[ROW + 1] = "", want[24];
	int64_t size = bytes < ROW ? bytes : ROW;
	int got = read_part(l, text, (size_t)size, bytes - size, e);
	const char *row;

	if (got <= 0)
		return got;
	if (size == 0 || text[size - 1] != '\n')
		return 0;
	text[size - 1] = '\0';
	row = strrchr(text, '\n');
	snprintf(want, sizeof want, "%lld\t", (long long)epoch);
	return epoch < 1 || (row && !strncmp(row + 1, want, strlen(want)));
}

/* Takes away what was written after the first BYTES. */
static int cut(struct train_log *l, int64_t bytes, int64_t epoch, struct err *e)
{
	int is_ours = bytes > l->bytes ? 0 : ends_with(l, bytes, epoch, e);

	if (is_ours < 0)
		return -1;
	if (!is_ours)
		return err_set(e,
		               "%s: is not the log of this run: no row of epoch %lld ends at "
		               "byte %lld",
		               l->path, (long long)epoch, (long long)bytes);
	if (ftruncate(fileno(l->f), bytes) < 0)
		return fail(l, e);
	l->bytes = bytes;
	l->epoch = epoch > 0 ? epoch : 0;
	return 0;
}

/* IS_SO: 1, 0, or -1 with E set. Returns 0 or -1; WHAT: what is to be said otherwise. */
static int expect(const struct train_log *l, int is_so, const char *what, struct err *e)
{
	if (is_so)
		return is_so < 0 ? -1 : 0;
	return err_set(e, "%s: %s", l->path, what);
}

static int prepare(struct train_log *l, int64_t bytes, int64_t epoch, struct err *e)
{
	struct stat st;

	if (!l->f || fstat(fileno(l->f), &st) < 0)
		return fail(l, e);
	if (S_ISREG(st.st_mode) && lock_descriptor(fileno(l->f), l->path, e) < 0)
		return -1;
	l->bytes = S_ISREG(st.st_mode) ? st.st_size : 0;
	if (l->bytes && expect(l, begins_as_log(l, e), "does not begin with the header of a log",
	                       e) < 0)
		return -1;
	if (bytes >= 0 && l->bytes && cut(l, bytes, epoch, e) < 0)
		return -1;
	if (l->bytes && expect(l, ends_with(l, l->bytes, 0, e),
	                       "does not end with a whole line: not a log", e) < 0)
		return -1;
	if (l->bytes)
		return 0;
	l->is_new = true;
	if (S_ISREG(st.st_mode))
		outfile_sync_parent(l->path);
	return flush(l, fprintf(l->f, "%s", header), e);
}

struct train_log *train_log_open(const char *path, int64_t bytes, int64_t epoch, struct err *e)
{
	struct train_log *l = xcalloc(1, sizeof *l);

	errno = 0;
	l->path = xstrdup(path);
	l->f = fopen(path, "ae");
	if (prepare(l, bytes, epoch, e) < 0) {
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
	l->epoch = epoch;
	return flush(l, written, e);
}

bool train_log_is_new(const struct train_log *l)
{
	return l->is_new;
}

int64_t train_log_bytes(const struct train_log *l, int64_t *epoch)
{
	*epoch = l->epoch;
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
