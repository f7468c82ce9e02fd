/* The socket at which the web server calls; see listener.h. */
#include "serve/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

enum { HANDED_FD = 3, BACKLOG = 4096 };

bool listener_is_handed(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	return pid && count && atol(pid) == (long)getpid() && atoi(count) >= 1;
}

static int take_handed(struct listener *l, struct err *e)
{
	int listening = 0;
	socklen_t size = sizeof listening;

	if (getsockopt(HANDED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0)
		return err_set(e, "descriptor %d of LISTEN_FDS: %s", HANDED_FD, strerror(errno));
	if (!listening)
		return err_set(e, "descriptor %d of LISTEN_FDS does not listen; the .socket unit "
		                  "needs Accept=no", HANDED_FD);
	l->fd = HANDED_FD;
	return 0;
}

/* ---- Unix sockets ---- */

/* Removes the socket at PATH if nobody listens at it. */
static int remove_stale(const char *path, const struct sockaddr_un *a, struct err *e)
{
	struct stat st;
	int fd, busy;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_set(e, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, "%s: is there, and no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	busy = connect(fd, (const struct sockaddr *)a, sizeof *a) == 0 || errno != ECONNREFUSED;
	close(fd);
	if (busy)
		return err_set(e, "%s: another process listens there", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return err_set(e, "%s: %s", path, strerror(errno));
	return 0;
}

static int listen_path(struct listener *l, const char *path, struct err *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof a.sun_path)
		return err_set(e, "%s: longer than the %zu bytes of a socket's path", path,
		               sizeof a.sun_path - 1);
	memcpy(a.sun_path, path, strlen(path));
	if (remove_stale(path, &a, e) < 0)
		return -1;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || bind(l->fd, (const struct sockaddr *)&a, sizeof a) < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	l->path = xstrdup(path);
	if (listen(l->fd, BACKLOG) < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	return 0;
}

/* ---- loopback ---- */

/* "127.0.0.1:9000", with PORT after the last colon. */
static int parse_address(struct sockaddr_in *a, const char *address, struct err *e)
{
	const char *colon = strrchr(address, ':');
	char *host = xstrndup(address, (size_t)(colon - address)), *end;
	unsigned long port = strtoul(colon + 1, &end, 10);
	bool good = inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1",
	                      &a->sin_addr) == 1;

	free(host);
	if (!good || colon[1] < '0' || colon[1] > '9' || *end || port < 1 || port > 65535)
		return err_set(e, "%s: neither a path with a '/' nor 127.0.0.1:PORT", address);
	if (ntohl(a->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
		return err_set(e, "%s: not this machine's loopback (127.0.0.1); a web server "
		                  "belongs in front", address);
	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)port);
	return 0;
}

static int listen_port(struct listener *l, const char *address, struct err *e)
{
	struct sockaddr_in a = {0};
	int on = 1;

	if (parse_address(&a, address, e) < 0)
		return -1;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(l->fd, (const struct sockaddr *)&a, sizeof a) < 0 || listen(l->fd, BACKLOG) < 0)
		return err_set(e, "%s: %s", address, strerror(errno));
	return 0;
}

int listener_open(struct listener *l, const char *address, struct err *e)
{
	int result;

	*l = (struct listener){ .fd = -1 };
	if (!address)
		result = take_handed(l, e);
	else if (strchr(address, '/') || !strchr(address, ':'))
		result = listen_path(l, address, e);
	else
		result = listen_port(l, address, e);
	if (result == 0 && fcntl(l->fd, F_SETFL, O_NONBLOCK) < 0)
		result = err_set(e, "the socket: %s", strerror(errno));
	if (result < 0)
		listener_close(l);
	return result;
}

void listener_close(struct listener *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->path)
		unlink(l->path);
	free(l->path);
	*l = (struct listener){ .fd = -1 };
}
