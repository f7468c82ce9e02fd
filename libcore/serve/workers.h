#pragma once
/*
 * The processes of the service: a parent, which holds the socket and the models and answers
 * nothing, and workers, which answer and can do nothing else (base/confine.h). A worker that dies
 * is replaced. New models are loaded beside the old ones, whose workers end after the requests in
 * hand.
 */
#include "base/err.h"
#include "serve/connections.h"

struct workers_plan {
	const char *const *model;       /* operands, as served_load; MODELS of them */
	int models;
	int workers;
	struct visit_policy policy;
	struct connections_limits limits;
	int log;                        /* descriptor */
	const char *log_path;           /* opened again at SIGHUP (logrotate); NULL: never */
};

/*
 * Serves at the socket LISTENER until SIGTERM or SIGINT. SIGHUP, or another file under the name
 * of a model, loads the models anew; if that fails the old ones stay, and a line on standard error
 * says why. Returns 0, or -1 with E set: the models cannot be loaded at first.
 */
int workers_run(const struct workers_plan *plan, int listener, struct err *e);
