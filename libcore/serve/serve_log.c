/* What the service keeps of each request; see serve_log.h. */
#include "serve/serve_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/printable.h"

int serve_log_open(const char *path, struct err *e)
{
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640) : STDERR_FILENO;

	if (fd < 0)
		err_set(e, "%s: %s", path, strerror(errno));
	return fd;
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

/* TORN: the line before was not written to its end. */
static char *line_of(const struct visit *v, const char *id, double milliseconds, bool torn,
                     size_t *size)
{
	struct json_writer j;
	char *text;
	FILE *f = xmemstream(&text, size);

	if (torn)
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
	static bool torn;
	size_t size;
	char *line = line_of(v, id, milliseconds, torn, &size);
	ssize_t n;

	do
		n = write(fd, line, size);
	while (n < 0 && errno == EINTR);
	free(line);
	if (n < 0)
		return err_set(e, "the log: %s", strerror(errno));
	torn = n < (ssize_t)size;
	return torn ? err_set(e, "the log: its disk is full") : 0;
}
