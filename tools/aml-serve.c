/* aml-serve: answers web requests behind a web server, as CGI or SCGI. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/confine_outputs.h"
#include "base/distinct.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/processors.h"
#include "base/tool.h"
#include "fused/engine_pick.h"
#include "serve/cgi.h"
#include "serve/listener.h"
#include "serve/serve_log.h"
#include "serve/workers.h"

extern char **environ;

enum { BODY_MAX = 1 << 30 };

struct args {
	struct opt_list models;
	const char *listen, *log;
	int workers, max_body;
	double min_prob, timeout;
};

static bool is_cgi(void)
{
	return getenv("GATEWAY_INTERFACE") && getenv("REQUEST_METHOD");
}

static struct args parse(int argc, char **argv)
{
	struct args a = { .max_body = 64 << 20, .timeout = 30 };
	const struct opt opts[] = {
		OPT_LIST('m', "model", &a.models, "[NAME=]MODEL",
		         "a model to serve; the first is the default"),
		OPT_TEXT(0, "listen", &a.listen, "PATH|HOST:PORT",
		         "answer SCGI at a Unix socket or a port of this machine"),
		OPT_INT('j', "jobs", &a.workers, 0, 1024, "N",
		        "worker processes; 0: one a processor"),
		OPT_FLOAT(0, "min-prob", &a.min_prob, 0, 1, "P",
		          "abstain where the likeliest class has less"),
		OPT_INT(0, "max-body", &a.max_body, 1, BODY_MAX, "BYTES", "the largest request"),
		OPT_FLOAT(0, "timeout", &a.timeout, .001, 86400, "S",
		          "seconds for a request to come, and for its answer to be taken"),
		OPT_TEXT(0, "log", &a.log, "FILE",
		         "append a line a request to FILE instead of standard error"),
		OPT_END
	};
	const struct opt_tool tool = { "-m [NAME=]MODEL...",
		                       "answer web requests for the classes of pictures, as CGI or "
		                       "SCGI",
		                       0, 0, engine_pick_name, NULL,
		                       "aml-serve -m cells=model.npz --listen ./socket" };

	opt_parse(opts, &tool, argc, argv);
	if (!a.models.count)
		opt_wrong("needs a model, -m [NAME=]MODEL");
	if (!a.listen && !listener_is_handed() && !is_cgi())
		opt_wrong("needs --listen, a socket from systemd, or a web server that runs it as "
		          "CGI");
	if (!a.workers)
		a.workers = processors_usable();
	return a;
}

static struct visit_policy policy_of(const struct args *a)
{
	return (struct visit_policy){ .min_prob = a->min_prob, .max_body = (size_t)a->max_body };
}

/* Returns a descriptor, or -1 with E set. */
static int open_log(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_values(&d, DISTINCT_INPUT, "--model", &a->models);
	distinct_add(&d, DISTINCT_APPENDED, "--log", a->log);
	return distinct_end(&d, e) < 0 ? -1 : serve_log_open(a->log, e);
}

/* ---- CGI ---- */

/*
 * A query without '=' is handed to a program as its command line (RFC 3875, 4.4): whoever asks
 * could give options.
 */
static bool has_foreign_options(void)
{
	const char *query = getenv("QUERY_STRING");

	return query && *query && !strchr(query, '=');
}

/* A command line of words in memory, which the options' values point into. */
struct command {
	char *words;
	char **argv;                    /* ends in NULL */
	int argc;
};

/* The words of AML_SERVE_OPTIONS before the arguments. */
static void take_options(struct command *c, int argc, char **argv)
{
	const char *options = getenv("AML_SERVE_OPTIONS");
	char *rest, *word;

	c->words = rest = xstrdup(options ? options : "");
	c->argv = xmalloc((size_t)argc + strlen(rest) + 1, sizeof *c->argv);
	c->argv[c->argc++] = argv[0];
	while ((word = strsep(&rest, " \t\n")))
		if (*word)
			c->argv[c->argc++] = word;
	for (int i = 1; i < argc; i++)
		c->argv[c->argc++] = argv[i];
	c->argv[c->argc] = NULL;
}

/* A is by the environment alone; the log is standard error where that does not tell it. */
static int refuse_query(const struct args *a)
{
	struct service s = { .policy = policy_of(a) };
	struct err e;

	s.log = open_log(a, &e);
	if (s.log < 0)
		return tool_end(tool_fail(&e));
	cgi_refuse(&s, environ, 400, "a query without '='", stdout);
	return tool_end(0);
}

static int answer_one(const struct args *a)
{
	struct service s = { .policy = policy_of(a) };
	struct err e;

	s.log = open_log(a, &e);
	if (s.log < 0 || confine_outputs(NULL, 0, &e) < 0 ||
	    served_load(&s.models, a->models.item, a->models.count, SERVED_QUICK, 0, &e) < 0)
		return tool_end(tool_fail(&e));
	confine();
	cgi_answer(&s, environ, STDIN_FILENO, a->timeout, stdout);
	served_release(&s.models);
	return tool_end(0);
}

/* ---- SCGI ---- */

static int answer_all(const struct args *a)
{
	struct workers_plan plan = {
		.model = a->models.item, .models = a->models.count, .workers = a->workers,
		.policy = policy_of(a), .log_path = a->log,
		.limits = { .seconds = a->timeout, .bytes = 4 * (size_t)a->max_body },
	};
	struct listener l;
	struct err e;
	int status = 0;

	plan.log = open_log(a, &e);
	if (plan.log < 0 || listener_open(&l, a->listen, &e) < 0)
		return tool_end(tool_fail(&e));
	if (confine_outputs((const char *const[]){ a->log, l.path }, 2, &e) < 0 ||
	    workers_run(&plan, l.fd, &e) < 0)
		status = tool_fail(&e);
	listener_close(&l);
	return tool_end(status);
}

static int serve_cgi(int argc, char **argv)
{
	bool foreign = has_foreign_options();
	struct command c = {0};
	struct args a = {0};
	int status;

	tool_start(argv[0]);
	take_options(&c, foreign ? 1 : argc, argv);
	if (!foreign || c.argc > 1)
		a = parse(c.argc, c.argv);
	status = foreign                          ? refuse_query(&a) :
	         a.listen || listener_is_handed() ? answer_all(&a) :
	                                            answer_one(&a);
	free(c.words);
	free(c.argv);
	return status;
}

int main(int argc, char **argv)
{
	struct args a;

	if (is_cgi())
		return serve_cgi(argc, argv);
	a = parse(argc, argv);
	return answer_all(&a);
}
