/* Outputs that appear whole or not at all; see outfile.h. */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct outfile {
	FILE *f;
	char *path;                     /* for messages, as the user named it */
	char *target;                   /* what the rename replaces; NULL: written directly */
	char *temp;
	int slot;
	int error;                      /* errno of the first flush that failed, or 0 */
};

/* ---- what a signal has to remove ---- */

enum { SLOTS = 1024 };                  /* files open for writing at once */
static _Atomic(char *) pending[SLOTS];

static void remove_pending(int number)
{
	for (int i = 0; i < SLOTS; i++) {
		char *temp = atomic_load(&pending[i]);

		if (temp)
			unlink(temp);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_signals(void)
{
	static const int numbers[] = { SIGINT,  SIGTERM, SIGHUP, SIGPIPE,
		                       SIGQUIT, SIGXCPU, SIGXFSZ };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction old, act = { .sa_handler = remove_pending };

		sigaction(numbers[i], NULL, &old);
		/* ignored (nohup) or handled by the tool: as it is */
		if (old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &act, NULL);
	}
}

static int register_temp(char *temp)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, catch_signals);
	for (int i = 0; i < SLOTS; i++) {
		char *empty = NULL;

		if (atomic_compare_exchange_strong(&pending[i], &empty, temp))
			return i;
	}
	return -1;
}

static void unregister_temp(int slot)
{
	if (slot >= 0)
		atomic_store(&pending[slot], NULL);
}

/* ---- opening ---- */

static mode_t process_mask;

/* The mask can only be read by setting it, which threads must not do at the same time. */
static void read_mask(void)
{
	process_mask = umask(0);
	umask(process_mask);
}

static mode_t new_mode(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_mask);
	return 0666 & ~process_mask;
}

static int open_temp(struct outfile *o, mode_t mode)
{
	const char *slash = strrchr(o->target, '/');
	int folder = slash ? (int)(slash - o->target) + 1 : 0;
	int fd;

	o->temp = xasprintf("%.*s.%.200s.XXXXXX", folder, o->target, o->target + folder);
	fd = mkostemp(o->temp, O_CLOEXEC);
	if (fd < 0)
		return -1;
	o->slot = register_temp(o->temp);
	if (fchmod(fd, mode) < 0) {
		unlink(o->temp);
		close(fd);
		return -1;
	}
	return fd;
}

bool outfile_is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

const char *outfile_name(const char *path)
{
	return outfile_is_stdout(path) ? "standard output" : path;
}

/*
 * A link is followed: its file is replaced, not the link. A device or a pipe is written
 * as it is.
 */
static int open_fd(struct outfile *o)
{
	struct stat st;

	if (outfile_is_stdout(o->path))
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (lstat(o->path, &st) < 0) {
		o->target = xstrdup(o->path);
		return open_temp(o, new_mode());
	}
	if (S_ISLNK(st.st_mode))
		o->target = realpath(o->path, NULL);
	if (stat(o->path, &st) < 0 || S_ISDIR(st.st_mode)) {
		if (S_ISDIR(st.st_mode))
			errno = EISDIR;
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		free(o->target);
		o->target = NULL;
		return open(o->path, O_WRONLY | O_CLOEXEC);
	}
	if (!o->target)
		o->target = xstrdup(o->path);
	return open_temp(o, st.st_mode & 07777);
}

static void forget(struct outfile *o)
{
	unregister_temp(o->slot);
	free(o->path);
	free(o->target);
	free(o->temp);
	free(o);
}

static int fail(const struct outfile *o, struct err *e)
{
	int reason = o->error ? o->error : errno;

	return err_set(e, "%s: %s", outfile_name(o->path),
	               reason ? strerror(reason) : "write error");
}

struct outfile *outfile_open(const char *path, struct err *e)
{
	struct outfile *o = xcalloc(1, sizeof *o);
	int fd;

	o->path = xstrdup(path);
	o->slot = -1;
	errno = 0;
	fd = open_fd(o);
	o->f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!o->f) {
		fail(o, e);
		forget(o);
		return NULL;
	}
	return o;
}

FILE *outfile_stream(struct outfile *o)
{
	return o->f;
}

bool outfile_is_hidden(const struct outfile *o)
{
	return o->target != NULL;
}

static bool flush(struct outfile *o)
{
	if (fflush(o->f) == 0)
		return true;
	if (!o->error)
		o->error = errno;
	return false;
}

void outfile_start_writeback(struct outfile *o)
{
#ifdef SYNC_FILE_RANGE_WRITE
	if (o->target && flush(o))
		sync_file_range(fileno(o->f), 0, 0, SYNC_FILE_RANGE_WRITE);
#else
	(void)o;
#endif
}

/* ---- ending ---- */

/* Flushes and closes; true if every byte went out. */
static bool close_stream(struct outfile *o, bool sync)
{
	bool good = !ferror(o->f) && flush(o);

	if (good && sync && o->target)
		good = fsync(fileno(o->f)) == 0;
	else if (good)
		outfile_start_writeback(o);       /* else they would all be waited for at the end */
	if (fclose(o->f) != 0)
		good = false;
	return good;
}

int outfile_commit(struct outfile *o, bool sync, struct err *e)
{
	int result = 0;

	errno = 0;
	if (!close_stream(o, sync) || (o->target && rename(o->temp, o->target) < 0)) {
		result = fail(o, e);
		if (o->temp)
			unlink(o->temp);
	}
	forget(o);
	return result;
}

void outfile_abandon(struct outfile *o)
{
	if (!o)
		return;
	fclose(o->f);
	if (o->temp)
		unlink(o->temp);
	forget(o);
}

int outfile_sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = 0;

	if (fd < 0 || syncfs(fd) < 0)
		result = err_set(e, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return result;
}

int outfile_save(const char *path, const void *data, size_t size, struct err *e)
{
	struct outfile *o = outfile_open(path, e);

	if (!o)
		return -1;
	fwrite(data, 1, size, o->f);
	return outfile_commit(o, true, e);
}
