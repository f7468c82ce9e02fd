/* One request as CGI; see cgi.h. */
#include "serve/cgi.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { PIECE = 1 << 16 };

/* ---- variables ---- */

/* The environment's variables as a request's; their names are copied. */
static void take_environment(struct request *r, char *const *env)
{
	struct request_variable *v;
	size_t n = 0;

	while (env[n])
		n++;
	v = xcalloc(n + 1, sizeof *v);
	r->variable = v;
	for (size_t i = 0; i < n; i++) {
		const char *equals = strchr(env[i], '=');

		if (!equals)
			continue;
		v[r->count].name = xstrndup(env[i], (size_t)(equals - env[i]));
		v[r->count++].value = equals + 1;
	}
}

static void release(struct request *r)
{
	for (size_t i = 0; i < r->count; i++)
		free((char *)r->variable[i].name);
	free((struct request_variable *)r->variable);
	free((uint8_t *)r->body);
}

/* ---- body ---- */

/* Waits for more until DEADLINE. Returns the bytes read, 0 at the end, -1 with E set and STATUS. */
static ssize_t read_piece(int fd, void *to, size_t most, double deadline, int *status,
                          struct err *e)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	double left = deadline - clock_seconds();
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)(1e3 * left) + 1) == 0) {
		*status = 408;
		return err_set(e, "the body did not come in time");
	}
	n = read(fd, to, most);
	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		*status = errno == ECONNRESET ? 400 : 503;
		return err_set(e, "the body: %s", strerror(errno));
	}
	return n;
}

/* SIZE bytes; as they come, so that a lie about their number costs nothing. */
static int read_body(struct request *r, int fd, size_t size, double deadline, int *status,
                     struct err *e)
{
	uint8_t *body = NULL;
	size_t have = 0, room = 0;

	while (have < size) {
		ssize_t n;

		if (have == room) {
			room = room ? 2 * room : PIECE;
			room = room < size ? room : size;
			body = xrealloc(body, room, 1);
		}
		r->body = body;
		n = read_piece(fd, body + have, room - have, deadline, status, e);
		if (n < 0 && *status)
			return -1;
		if (n == 0) {
			*status = 400;
			return err_set(e, "the body ends after %zu of %zu bytes", have, size);
		}
		have += n > 0 ? (size_t)n : 0;
	}
	r->size = size;
	return 0;
}

static int take_body(struct request *r, const struct service *s, int fd, double deadline,
                     int *status, struct err *e)
{
	const char *length = request_get(r, "CONTENT_LENGTH");
	int64_t size = request_length(length, s->policy.max_body, e);

	if (!*length && *request_get(r, "HTTP_TRANSFER_ENCODING")) {
		*status = 411;
		return err_set(e, "a body whose length is not told");
	}
	if (size < 0) {
		*status = request_length_is_number(length) ? 413 : 400;
		return -1;
	}
	return read_body(r, fd, (size_t)size, deadline, status, e);
}

/* A web server whose script stops reading may drop the client before the answer has arrived. */
static void discard(int fd, double deadline)
{
	char waste[PIECE];
	int status = 0;
	struct err e;

	while (read_piece(fd, waste, sizeof waste, deadline, &status, &e) != 0 && !status)
		;
}

void cgi_refuse(struct service *s, char *const *env, int status, const char *why, FILE *f)
{
	struct request r = {0};

	take_environment(&r, env);
	service_refuse(s, &r, status, why, f);
	release(&r);
}

void cgi_answer(struct service *s, char *const *env, int in, double seconds, FILE *f)
{
	double deadline = clock_seconds() + seconds;
	struct request r = {0};
	struct err e;
	int status = 0;

	take_environment(&r, env);
	if (take_body(&r, s, in, deadline, &status, &e) < 0)
		service_refuse(s, &r, status, e.text, f);
	else
		service_answer(s, &r, f);
	if (status && fflush(f) == 0)
		discard(in, deadline);
	release(&r);
}
