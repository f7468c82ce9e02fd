#pragma once
/* The socket at which the web server calls. */
#include <stdbool.h>

#include "base/err.h"

struct listener {
	int fd;
	char *path;                     /* of a socket that is ours to remove; NULL: none */
};

/* Was a socket handed over, by systemd or whoever speaks its protocol (LISTEN_FDS)? */
bool listener_is_handed(void);

/*
 * Takes the socket that was handed over where ADDRESS is NULL. Otherwise listens at ADDRESS: the
 * path of a Unix socket, whose mode the umask gives, or HOST:PORT, a number of this machine's
 * loopback: SCGI knows no login. A socket that nobody listens at any more is replaced.
 * Returns 0, or -1 with E set.
 */
int listener_open(struct listener *l, const char *address, struct err *e);
void listener_close(struct listener *l);
