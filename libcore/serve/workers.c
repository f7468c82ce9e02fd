/* The processes of the service; see workers.h. */
#include "serve/workers.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/mem.h"
#include "base/operand.h"
#include "base/processors.h"
#include "base/tool.h"
#include "serve/serve_log.h"

enum { LOOK_SECONDS = 1 };              /* between two looks at the models' files */

struct worker_process {
	pid_t pid;                      /* 0: none */
	time_t started;
};

/* Which file a path led to. */
struct stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct parent {
	const struct workers_plan *plan;
	int listener;
	struct service service;         /* what new workers get */
	struct worker_process *each;    /* [plan->workers] */
	struct stamp *stamp;            /* [plan->models], of the files that were loaded */
	pid_t *old;                     /* OLDS workers of former models, and of those that end */
	int olds;
	sigset_t waiting;               /* the mask while a worker waits */
};

static volatile sig_atomic_t stop;

static void note_stop(int signal)
{
	(void)signal;
	stop = 1;
}

/* ---- models ---- */

static void look(const struct parent *p, struct stamp *stamp)
{
	for (int i = 0; i < p->plan->models; i++) {
		const char *path;
		struct stat st;

		free(operand_label(p->plan->model[i], ".npz", &path));
		stamp[i] = (struct stamp){0};
		if (stat(path, &st) == 0)
			stamp[i] = (struct stamp){ st.st_dev, st.st_ino, st.st_size, st.st_mtim };
	}
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Is another file there under one of the names? One that is missing for now is not. */
static bool has_changed(const struct parent *p)
{
	struct stamp *now = xcalloc((size_t)p->plan->models, sizeof *now);
	bool changed = false;

	look(p, now);
	for (int i = 0; i < p->plan->models; i++)
		changed |= now[i].inode && !is_same(&now[i], &p->stamp[i]);
	free(now);
	return changed;
}

static int load(struct parent *p, struct served_list *l, struct err *e)
{
	look(p, p->stamp);
	return served_load(l, p->plan->model, p->plan->models, SERVED_WHOLE,
	                   share_most(p->service.share), e);
}

/* ---- workers ---- */

/* Says so if something is still allowed: the first of the workers does. */
static void give_up_rights(bool first)
{
	enum confine_level level = confine();
	struct err e;

	if (!first || level == CONFINE_BOTH)
		return;
	err_set(&e, "the workers are confined by %s", confine_name(level));
	tool_warn(&e);
}

/* What a large request needed goes back to the system after it. */
static void keep_little(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

static void be_worker(struct parent *p, int i, pid_t parent)
{
	struct sigaction act = { .sa_handler = note_stop };
	struct err e;

	sigaction(SIGTERM, &act, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	keep_little();
	p->service.worker = i;
	confine_before_threads();
	threads_start(p->service.models.pool);
	give_up_rights(i == 0);
	if (connections_run(&p->service, p->listener, &p->plan->limits, &stop, &p->waiting,
	                    &e) < 0)
		_exit(tool_fail(&e));
	_exit(0);
}

static void start(struct parent *p, struct worker_process *w)
{
	pid_t parent = getpid();
	struct err e;

	w->started = time(NULL);
	w->pid = fork();
	if (w->pid == 0)
		be_worker(p, (int)(w - p->each), parent);
	if (w->pid < 0) {
		w->pid = 0;
		err_set(&e, "no worker can be started: %s", strerror(errno));
		tool_warn(&e);
	}
}

static void start_all(struct parent *p)
{
	for (int i = 0; i < p->plan->workers; i++)
		start(p, &p->each[i]);
}

/* They end after what they have in hand. */
static void retire_all(struct parent *p)
{
	for (int i = 0; i < p->plan->workers; i++) {
		if (!p->each[i].pid)
			continue;
		kill(p->each[i].pid, SIGTERM);
		p->old = xrealloc(p->old, (size_t)p->olds + 1, sizeof *p->old);
		p->old[p->olds++] = p->each[i].pid;
		p->each[i].pid = 0;
	}
}

static void say_how(pid_t pid, int status)
{
	struct err e;

	if (WIFSIGNALED(status))
		err_set(&e, "worker %d was ended by signal %d; another takes its place", (int)pid,
		        WTERMSIG(status));
	else
		err_set(&e, "worker %d ended with status %d; another takes its place", (int)pid,
		        WEXITSTATUS(status));
	tool_warn(&e);
}

static void forget_old(struct parent *p, pid_t pid)
{
	for (int i = 0; i < p->olds; i++)
		if (p->old[i] == pid)
			p->old[i--] = p->old[--p->olds];
}

/* Those that ended; their places stay empty until refill. */
static void reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		forget_old(p, pid);
		for (int i = 0; i < p->plan->workers; i++)
			if (p->each[i].pid == pid) {
				p->each[i].pid = 0;
				share_end(p->service.share, i);
				say_how(pid, status);
			}
	}
}

/* A worker that dies at once is not started again within the second. */
static void refill(struct parent *p)
{
	for (int i = 0; i < p->plan->workers; i++)
		if (!p->each[i].pid && time(NULL) != p->each[i].started)
			start(p, &p->each[i]);
}

/* ---- the parent ---- */

static void reopen_log(struct parent *p)
{
	struct err e;
	int fd;

	if (!p->plan->log_path)
		return;
	fd = serve_log_open(p->plan->log_path, &e);
	if (fd < 0) {
		tool_warn(&e);
		return;
	}
	if (p->service.log != p->plan->log)
		close(p->service.log);
	p->service.log = fd;
}

/* With new workers in any case: they write to the log that is open now. */
static void reload(struct parent *p)
{
	struct served_list fresh;
	struct err e, more;

	if (load(p, &fresh, &e) == 0) {
		served_release(&p->service.models);
		p->service.models = fresh;
	} else {
		err_set(&more, "%s; the former models go on", e.text);
		tool_warn(&more);
	}
	retire_all(p);
	share_free(p->service.share);           /* the former workers keep theirs */
	p->service.share = share_new(p->plan->workers, processors_usable());
	start_all(p);
}

static void block_signals(sigset_t *handled, sigset_t *waiting)
{
	sigemptyset(handled);
	sigaddset(handled, SIGTERM);
	sigaddset(handled, SIGINT);
	sigaddset(handled, SIGHUP);
	sigaddset(handled, SIGCHLD);
	sigprocmask(SIG_BLOCK, handled, NULL);
	*waiting = *handled;
	sigdelset(waiting, SIGTERM);
}

static void watch(struct parent *p, const sigset_t *handled)
{
	const struct timespec second = { .tv_sec = LOOK_SECONDS };
	int got = 0;

	while (got != SIGTERM && got != SIGINT) {
		got = sigtimedwait(handled, NULL, &second);
		reap(p);
		if (got == SIGHUP)
			reopen_log(p);
		if (got == SIGHUP || (got < 0 && has_changed(p)))
			reload(p);
		else
			refill(p);
	}
}

/* Waits for all workers, which their limits end. */
static void wait_for_all(struct parent *p)
{
	retire_all(p);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

int workers_run(const struct workers_plan *plan, int listener, struct err *e)
{
	struct parent p = { .plan = plan, .listener = listener };
	sigset_t handled;
	int result = -1;

	p.service.policy = plan->policy;
	p.service.log = plan->log;
	p.service.share = share_new(plan->workers, processors_usable());
	p.each = xcalloc((size_t)plan->workers, sizeof *p.each);
	p.stamp = xcalloc((size_t)plan->models, sizeof *p.stamp);
	block_signals(&handled, &p.waiting);
	if (load(&p, &p.service.models, e) == 0) {
		start_all(&p);
		watch(&p, &handled);
		wait_for_all(&p);
		served_release(&p.service.models);
		result = 0;
	}
	share_free(p.service.share);
	free(p.each);
	free(p.stamp);
	free(p.old);
	return result;
}
