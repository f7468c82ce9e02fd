#pragma once
/*
 * The connections of one worker: many that are slow wait while one that is whole is answered. Each
 * brings one request (SCGI) and is closed after its answer.
 */
#include <signal.h>

#include "base/err.h"
#include "serve/service.h"

enum { CONNECTIONS_MAX = 256 };         /* at a time; then the oldest that is not whole gives way */

struct connections_limits {
	double seconds;                 /* for a request to come, and for its answer to be taken */
	size_t bytes;                   /* of all requests that are not whole yet; above: 503 */
};

/*
 * Accepts from the non-blocking socket LISTENER and answers, until *STOP is not 0 and nothing is in
 * hand. What sets *STOP is a signal that is blocked but in the wait, whose mask is WAITING.
 * Returns 0, or -1 with E set: the socket can no longer be waited for.
 */
int connections_run(struct service *s, int listener, const struct connections_limits *limits,
                    const volatile sig_atomic_t *stop, const sigset_t *waiting, struct err *e);
