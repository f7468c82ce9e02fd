/* Names for temporary files; see tempname.h. */
#include "base/tempname.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { LETTERS = 6, TRIES = 100 };

static uint64_t random_number(void)
{
	uint64_t n;
	struct timespec now;

	if (getrandom(&n, sizeof n, GRND_NONBLOCK) == (ssize_t)sizeof n)
		return n;
	clock_gettime(CLOCK_MONOTONIC, &now);   /* early at boot: a name that is free will do */
	return (uint64_t)now.tv_nsec << 20 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid() << 40;
}

/* PREFIX with a dot and letters, in new memory. */
static char *draw_name(const char *prefix)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	uint64_t n = random_number();
	char drawn[LETTERS + 1] = "";

	for (int i = 0; i < LETTERS; i++) {
		drawn[i] = letters[n % (sizeof letters - 1)];
		n /= sizeof letters - 1;
	}
	return xasprintf("%s.%s", prefix, drawn);
}

static int make_file(const char *name)
{
	return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int make_folder(const char *name)
{
	return mkdir(name, 0777);
}

static int make(char **name, const char *prefix, int (*make_one)(const char *name))
{
	for (int i = 0; i < TRIES; i++) {
		int result, reason;

		*name = draw_name(prefix);
		result = make_one(*name);
		if (result >= 0)
			return result;
		reason = errno;
		free(*name);
		*name = NULL;
		errno = reason;
		if (reason != EEXIST)
			break;
	}
	return -1;
}

int tempname_file(char **name, const char *prefix)
{
	return make(name, prefix, make_file);
}

int tempname_folder(char **name, const char *prefix)
{
	return make(name, prefix, make_folder);
}
