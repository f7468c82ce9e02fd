/* The connections of one worker; see connections.h. */
#include "serve/connections.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "serve/scgi.h"

enum { PIECE = 1 << 16 };

enum state {
	READING,
	WRITING,
	DRAINING,                       /* answered before all was read: the rest is thrown away */
};

struct connection {
	int fd;
	enum state state;
	double deadline;
	struct scgi scgi;
	uint8_t *in;                    /* HAVE bytes of ROOM */
	size_t have, room;
	char *out;                      /* SENT of OUT_SIZE bytes are gone */
	size_t out_size, sent;
	bool whole;                     /* the request was read to its end */
};

struct worker {
	struct service *service;
	const struct connections_limits *limits;
	int listener;
	struct connection *each[CONNECTIONS_MAX];       /* COUNT of them, the oldest first */
	int count;
	size_t held;                    /* bytes of room in all of them */
};

/* ---- one connection ---- */

static void free_request(struct worker *w, struct connection *c)
{
	w->held -= c->room;
	free(c->in);
	c->in = NULL;
	c->have = c->room = 0;
	scgi_release(&c->scgi);
}

static void drop(struct worker *w, int i)
{
	struct connection *c = w->each[i];

	free_request(w, c);
	free(c->out);
	close(c->fd);
	free(c);
	w->count--;
	for (; i < w->count; i++)
		w->each[i] = w->each[i + 1];
}

/* What was written to a stream is the answer from now on. */
static void start_answer(struct worker *w, struct connection *c, bool whole)
{
	free_request(w, c);
	c->whole = whole;
	c->state = WRITING;
	c->deadline = clock_seconds() + w->limits->seconds;
}

static void refuse(struct worker *w, struct connection *c, int status, const char *why)
{
	FILE *f = xmemstream(&c->out, &c->out_size);
	bool known = c->scgi.whole || scgi_too_large(&c->scgi);
	struct request r;

	if (known) {
		scgi_request(&r, &c->scgi, c->in);
		r.size = 0;
	}
	service_refuse(w->service, known ? &r : NULL, status, why, f);
	xmemclose(f);
	start_answer(w, c, false);
}

static void answer(struct worker *w, struct connection *c)
{
	FILE *f = xmemstream(&c->out, &c->out_size);
	struct request r;

	scgi_request(&r, &c->scgi, c->in);
	service_answer(w->service, &r, f);
	xmemclose(f);
	start_answer(w, c, true);
}

/* Room for more; false: refused, all requests together would be too large. */
static bool make_room(struct worker *w, struct connection *c)
{
	size_t room = c->room ? 2 * c->room : PIECE;

	if (c->scgi.whole && room > c->scgi.whole)
		room = c->scgi.whole;
	if (w->held - c->room + room > w->limits->bytes) {
		refuse(w, c, 503, "too many requests at once");
		return false;
	}
	c->in = xrealloc(c->in, room, 1);
	w->held += room - c->room;
	c->room = room;
	return true;
}

/* Looks at what has come. */
static void consider(struct worker *w, struct connection *c)
{
	struct err e;
	int whole = scgi_read(&c->scgi, c->in, c->have, w->service->policy.max_body, &e);

	if (whole > 0)
		answer(w, c);
	else if (whole < 0)
		refuse(w, c, scgi_too_large(&c->scgi) ? 413 : 400, e.text);
}

/* Returns false if the connection is over. */
static bool read_some(struct worker *w, struct connection *c)
{
	ssize_t n = 1;

	while (n > 0 && c->state == READING) {
		if (c->have == c->room && !make_room(w, c))
			return true;
		n = read(c->fd, c->in + c->have, c->room - c->have);
		if (n > 0) {
			c->have += (size_t)n;
			consider(w, c);
		}
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool write_some(struct connection *c)
{
	while (c->sent < c->out_size) {
		ssize_t n = send(c->fd, c->out + c->sent, c->out_size - c->sent, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		c->sent += (size_t)n;
	}
	if (c->whole)
		return false;
	shutdown(c->fd, SHUT_WR);
	c->state = DRAINING;
	return true;
}

static bool drain_some(const struct connection *c)
{
	char waste[PIECE];
	ssize_t n = read(c->fd, waste, sizeof waste);

	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* ---- all of them ---- */

/* The oldest that has not sent its request gives way; false: all others are being answered. */
static bool give_way(struct worker *w)
{
	for (int i = 0; i < w->count; i++)
		if (w->each[i]->state != WRITING) {
			drop(w, i);
			return true;
		}
	return false;
}

/* One at a time, so that others of the listeners take the rest. */
static void accept_one(struct worker *w)
{
	int fd;
	struct connection *c;

	if (w->count == CONNECTIONS_MAX && !give_way(w))
		return;
	fd = accept4(w->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	c = xcalloc(1, sizeof *c);
	*c = (struct connection){ .fd = fd, .deadline = clock_seconds() + w->limits->seconds };
	w->each[w->count++] = c;
}

/* EVENTS: those that poll has seen. Returns false if the connection is over. */
static bool serve(struct worker *w, struct connection *c, short events)
{
	if (c->state == READING && clock_seconds() > c->deadline)
		refuse(w, c, 408, "the request did not come in time");
	else if (clock_seconds() > c->deadline)
		return false;
	if (c->state == READING && events && !read_some(w, c))
		return false;
	if (c->state == DRAINING && events && !drain_some(c))
		return false;
	return c->state != WRITING || write_some(c);
}

static void serve_all(struct worker *w, const struct pollfd *p, int count)
{
	int i = 0;

	for (int k = 0; k < count; k++)
		if (serve(w, w->each[i], p[k].revents))
			i++;
		else
			drop(w, i);
}

static int wait_for_all(struct worker *w, struct pollfd *p, bool stopping, const sigset_t *waiting)
{
	double left = w->limits->seconds, from = clock_seconds();
	int writing = 0;
	struct timespec t;
	bool full;

	for (int i = 0; i < w->count; i++) {
		struct connection *c = w->each[i];

		p[i] = (struct pollfd){ c->fd, c->state == WRITING ? POLLOUT : POLLIN, 0 };
		left = fmin(left, fmax(c->deadline - from, 0));
		writing += c->state == WRITING;
	}
	full = writing == CONNECTIONS_MAX;
	p[w->count] = (struct pollfd){ stopping || full ? -1 : w->listener, POLLIN, 0 };
	t.tv_sec = (time_t)left;
	t.tv_nsec = (long)(1e9 * (left - (double)t.tv_sec));
	return ppoll(p, (nfds_t)w->count + 1, &t, waiting);
}

/* A wait that finds something at once returns before a pending signal comes. */
static void let_signals_in(const sigset_t *waiting)
{
	int before = errno;
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, waiting, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	errno = before;
}

int connections_run(struct service *s, int listener, const struct connections_limits *limits,
                    const volatile sig_atomic_t *stop, const sigset_t *waiting, struct err *e)
{
	struct worker w = { .service = s, .limits = limits, .listener = listener };
	struct pollfd p[CONNECTIONS_MAX + 1];
	int result = 0;

	while (result == 0 && (!*stop || w.count)) {
		int count = w.count, n = wait_for_all(&w, p, *stop, waiting);

		let_signals_in(waiting);
		if (n < 0 && errno != EINTR)
			result = err_set(e, "the connections: %s", strerror(errno));
		if (n < 0)
			continue;
		serve_all(&w, p, count);
		if (p[count].revents && !*stop)
			accept_one(&w);
	}
	while (w.count)
		drop(&w, 0);
	return result;
}
