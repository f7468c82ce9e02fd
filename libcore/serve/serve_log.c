/* What the service keeps of each request; see serve_log.h. */
#include "serve/serve_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/printable.h"

/*
 * Was the last line not written to its end? Of all processes that share the log: whichever writes
 * next begins a new line.
 */
static _Atomic bool own_torn;
static _Atomic bool *torn = &own_torn;  /* until a log is opened */

static int share_torn(struct err *e)
{
	void *page = torn;

	if (torn == &own_torn)
		page = mmap(NULL, sizeof *torn, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		            -1, 0);
	if (page == MAP_FAILED)
		return err_set(e, "the log: %s", strerror(errno));
	torn = page;
	return 0;
}

/* The bytes of IN, SIZE of them, must be lines of JSON; fewer are there if somebody cuts it. */
static int check_lines(int in, off_t size, struct err *e)
{
	char first, last;
	ssize_t at_start = pread(in, &first, 1, 0), at_end = pread(in, &last, 1, size - 1);

	if (at_start < 0 || at_end < 0)
		return err_set(e, "%s", strerror(errno));
	if (at_start && first != '{')
		return err_set(e, "does not begin with '{', as a log does");
	if (at_end && last != '\n')
		*torn = true;
	return 0;
}

/* PATH, open as FD, which need not be readable: then what it holds is believed. */
static int check(int fd, const char *path, struct err *e)
{
	struct stat st;
	int in, result;

	if (fstat(fd, &st) < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	in = open(path, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return errno == EACCES ? 0 : err_set(e, "%s: %s", path, strerror(errno));
	result = check_lines(in, st.st_size, e);
	close(in);
	return result < 0 ? err_in(e, path) : 0;
}

int serve_log_open(const char *path, struct err *e)
{
	int fd;

	if (share_torn(e) < 0)
		return -1;
	if (!path)
		return STDERR_FILENO;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (check(fd, path, e) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool is_id(const char *text)
{
	return strlen(text) < SERVE_LOG_ID && printable_is_word(text);
}

void serve_log_id(char id[SERVE_LOG_ID], const struct request *r)
{
	static const char *const name[] = { "REQUEST_ID", "HTTP_X_REQUEST_ID" };
	static unsigned count;
	struct timespec now;

	for (int i = 0; i < 2; i++)
		if (is_id(request_get(r, name[i]))) {
			snprintf(id, SERVE_LOG_ID, "%s", request_get(r, name[i]));
			return;
		}
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(id, SERVE_LOG_ID, "%08" PRIx64 "%08lx-%lx-%x", (uint64_t)now.tv_sec,
	         (unsigned long)now.tv_nsec, (unsigned long)getpid(), count++);
}

/* "2026-11-26T11:50:01.123Z" */
static void put_time(struct json_writer *j)
{
	struct timespec now;
	struct tm tm;
	char day[24], text[40];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof text, "%s.%03ldZ", day, now.tv_nsec / 1000000);
	json_text(j, "time", text);
}

static void put_user(struct json_writer *j, const struct request *r)
{
	const char *user = request_get(r, "REMOTE_USER");

	if (*user)
		json_text(j, "user", user);
}

static void put_model(struct json_writer *j, const struct visit *v)
{
	if (!v->served)
		return;
	json_text(j, "model", v->served->name);
	json_text(j, "digest", v->served->digest);
	if (v->policy->min_prob > 0)
		json_number(j, "min_prob", v->policy->min_prob);
}

static char *line_of(const struct visit *v, const char *id, double milliseconds, bool after_torn,
                     size_t *size)
{
	struct json_writer j;
	char *text;
	FILE *f = xmemstream(&text, size);

	if (after_torn)
		putc('\n', f);
	json_start(&j, f, false);
	json_object(&j, NULL);
	put_time(&j);
	json_text(&j, "request", id);
	put_user(&j, v->request);
	json_text(&j, "method", request_get(v->request, "REQUEST_METHOD"));
	json_text(&j, "path", request_path(v->request));
	json_int(&j, "status", v->answer.status);
	json_number(&j, "ms", round(1e3 * milliseconds) / 1e3);
	put_model(&j, v);
	fprintf(f, ", \"pictures\": %.*s}\n", (int)strcspn(v->pictures, "\n"), v->pictures);
	xmemclose(f);
	return text;
}

int serve_log_write(int fd, const struct visit *v, const char *id, double milliseconds,
                    struct err *e)
{
	bool after_torn = atomic_exchange(torn, false);
	size_t size;
	char *line = line_of(v, id, milliseconds, after_torn, &size);
	ssize_t n;

	do
		n = write(fd, line, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		err_set(e, "the log: %s", strerror(errno));
	else if (n < (ssize_t)size)
		err_set(e, "the log: %zd of %zu bytes could be written", n, size);
	free(line);
	if (n == (ssize_t)size)
		return 0;
	if (n > 0 || after_torn)
		*torn = true;
	return -1;
}
