/* Landlock by its system calls; see landlock.h. */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on every architecture; Debian 12's linux/landlock.h ends with version 2. */
enum {
	LANDLOCK_CREATE = 444,
	LANDLOCK_ADD_RULE = 445,
	LANDLOCK_RESTRICT = 446,
	LANDLOCK_TELL_VERSION = 1,
	LANDLOCK_PATH_BENEATH = 1,
	LANDLOCK_ALL_THREADS = 8,       /* from version 8 (Linux 7.0) on */
};

/* Rights to files: LANDLOCK_ACCESS_FS_. */
enum {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_DIR = 1 << 4,
	REMOVE_FILE = 1 << 5,
	MAKE_DIR = 1 << 7,
	MAKE_REG = 1 << 8,
	MAKE_SYM = 1 << 12,
	REFER = 1 << 13,                /* link and rename from folder to folder */
	TRUNCATE = 1 << 14,

	OF_FILES = WRITE_FILE | TRUNCATE,
	OF_FOLDERS = OF_FILES | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER,
};

/* struct landlock_ruleset_attr: what is forbidden unless a rule allows it. */
struct ruleset {
	uint64_t files, net, scope;
};

/* struct landlock_path_beneath_attr */
struct beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* All that each version knows. A kernel refuses what it does not know. */
static const struct ruleset rulesets[] = {
	{ 0x1fff, 0, 0 },
	{ 0x3fff, 0, 0 },               /* link and rename from folder to folder */
	{ 0x7fff, 0, 0 },               /* truncate */
	{ 0x7fff, 3, 0 },               /* bind and connect of TCP */
	{ 0xffff, 3, 0 },               /* ioctl of devices */
	{ 0xffff, 3, 3 },               /* abstract Unix sockets and signals to others */
};

enum { RULESETS = sizeof rulesets / sizeof *rulesets };

/* The rules of this kernel; NULL: it has none, or a version before LEAST. */
static const struct ruleset *known(long least)
{
	long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_TELL_VERSION);

	if (version < least)
		return NULL;
	return &rulesets[(version < RULESETS ? version : RULESETS) - 1];
}

static int create(const struct ruleset *r)
{
	return (int)syscall(LANDLOCK_CREATE, r, sizeof *r, 0);
}

static bool allow_below(int ruleset, const char *path, uint64_t forbidden)
{
	struct beneath b = { .fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	bool done = false;

	if (b.fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
	if (fstat(b.fd, &st) == 0) {
		b.allowed = forbidden & (S_ISDIR(st.st_mode) ? OF_FOLDERS : OF_FILES);
		done = syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, &b, 0) == 0;
	}
	close(b.fd);
	return done;
}

static bool restrict_self(int ruleset)
{
	return syscall(LANDLOCK_RESTRICT, ruleset, LANDLOCK_ALL_THREADS) == 0 ||
	       syscall(LANDLOCK_RESTRICT, ruleset, 0) == 0;
}

bool landlock_forbid_all(void)
{
	const struct ruleset *r = known(1);
	int fd = r ? create(r) : -1;
	bool done;

	if (fd < 0)
		return false;
	done = restrict_self(fd);
	close(fd);
	return done;
}

bool landlock_forbid_writes(const char *const *below, size_t n)
{
	const struct ruleset *all = known(2);
	struct ruleset writes;
	bool done = true;
	int fd;

	if (!all)
		return false;
	writes = *all;
	writes.files &= ~(uint64_t)(READ_FILE | READ_DIR);
	fd = create(&writes);
	if (fd < 0)
		return false;
	for (size_t i = 0; i < n && done; i++)
		done = allow_below(fd, below[i], writes.files);
	done = done && restrict_self(fd);
	close(fd);
	return done;
}
