/*
 * The log of an earlier run, behind a byte of the epoch and two of the length at which a run goes
 * on: what is gone on with keeps what it had there, and a row follows.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memfile.h"
#include "base/mem.h"
#include "train/train_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 3, ANY = 0xffff };

static char *contents(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL, buffer[4096];
	FILE *out = xmemstream(&text, size);
	size_t n;

	if (!f)
		abort();
	while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
		fwrite(buffer, 1, n, out);
	fclose(f);
	xmemclose(out);
	return text;
}

/* The file is the first KEPT bytes of DATA, and a row. */
static void check(const char *path, const uint8_t *data, size_t kept)
{
	static const char row[] = "\n7\t0.5\t0.25\t-\t-\n";
	size_t size, length = sizeof row - 1;
	char *text = contents(path, &size);

	if (size < kept || memcmp(text, data, kept) != 0 || size < length ||
	    memcmp(text + size - length, row, length) != 0)
		abort();
	if (kept && size != kept + length - 1)
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct score train = { .loss = .5, .accuracy = .25 };
	struct train_log *l;
	const char *path;
	int64_t bytes, epoch;
	struct err e;

	if (size < HEAD)
		return 0;
	epoch = data[0];
	bytes = data[1] | data[2] << 8;
	data += HEAD;
	size -= HEAD;
	path = memfile(data, size);
	l = train_log_open(path, bytes == ANY ? -1 : bytes, epoch, &e);
	if (!l)
		return 0;
	if (train_log_is_new(l) != (size == 0 || bytes == 0) ||
	    train_log_row(l, 7, &train, NULL, &e) < 0)
		abort();
	train_log_close(l);
	check(path, data, bytes == ANY || !size ? size : (size_t)bytes);
	return 0;
}
