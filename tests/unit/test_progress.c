/* Progress: a bar where stderr is a terminal, nothing elsewhere; lines in both. */
#include "base/progress.h"

#include <fcntl.h>

#include "base/clock.h"
#include "base/threads.h"
#include "scratch.h"

enum { ITEMS = 5000 };

static void show_lines(void *quiet)
{
	progress_line(*(bool *)quiet, "epoch %d: %s", 3, "done");
}

static void show_bar(void *quiet)
{
	struct progress p;

	progress_start(&p, "epoch 1/3", "images", 4, *(bool *)quiet);
	usleep(110000);                         /* more than between two pictures of the bar */
	progress_add(&p, 1);
	progress_end(&p);
}

/* 100 s and 100 images ago a run began that has 100,000 more after this part. */
static void show_part(void *quiet)
{
	struct progress p;

	progress_start(&p, "epoch 2/99", "images", 8, *(bool *)quiet);
	progress_within(&p, clock_seconds() - 100, 100, 100000);
	progress_skip(&p, 4);
	usleep(110000);
	progress_add(&p, 2);
	progress_end(&p);
}

static void show_unknown(void *quiet)
{
	struct progress p;

	progress_start(&p, "read", "files", 0, *(bool *)quiet);
	usleep(110000);
	progress_add(&p, 7);
	progress_end(&p);
}

/* What F says to a terminal, in new memory; NULL where there are none. */
static char *on_terminal(void (*f)(void *arg), void *arg)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), status, screen;
	char *text = xcalloc(1 << 16, 1);
	size_t used = 0;
	pid_t child;
	ssize_t got;

	if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0 ||
	    (screen = open(ptsname(terminal), O_RDWR | O_NOCTTY)) < 0) {
		free(text);
		return NULL;
	}
	fflush(stdout);
	child = fork();
	if (!child) {
		dup2(screen, STDERR_FILENO);
		f(arg);
		fflush(stderr);
		_exit(0);
	}
	close(screen);
	while ((got = read(terminal, text + used, (1 << 16) - 1 - used)) > 0)
		used += (size_t)got;            /* ends with EIO when the child has */
	waitpid(child, &status, 0);
	close(terminal);
	return text;
}

static void terminal(void)
{
	static const char wipe[] = "\r\033[K";
	bool quiet = true, loud = false;
	char *part = on_terminal(show_part, &loud), *left;
	double rate = 0;
	int hours = 0, minutes = 0;
	char *bar = on_terminal(show_bar, &loud), *unknown = on_terminal(show_unknown, &loud),
	     *none = on_terminal(show_bar, &quiet);

	if (!bar || !unknown || !none || !part) {
		puts("# no terminals here");
		return;
	}
	ok(strstr(bar, "epoch 1/3 [######..................] 1/4 images") != NULL, "a bar");
	ok(strstr(bar, "/s, 0:") != NULL, "with rate and time left");
	ok(strlen(bar) > strlen(wipe) && !strcmp(bar + strlen(bar) - strlen(wipe), wipe),
	   "which is wiped at the end");
	ok(strstr(unknown, "read: 7 files, ") != NULL, "a count where the total is not known");
	is_text(none, "", "quiet: nothing");
	left = strstr(part, "/8 images, ");
	ok(left && sscanf(left, "/8 images, %lf/s, %d:%d:", &rate, &hours, &minutes) == 3,
	   "a part of a run: rate, and hours left");
	/* 102 images in over 100 s: 100,002 take over 27 hours and 14 minutes */
	ok(60 * hours + minutes >= 27 * 60 + 14, "which are those of the run");
	/* two images in over .11 s */
	ok(rate > 0 && rate < 2 / .11, "the rate is without what was skipped");
	free(part);
	free(bar);
	free(unknown);
	free(none);
}

static void elsewhere(void)
{
	bool quiet = true, loud = false;

	is_int(scratch_run(show_bar, &loud), 0, "no terminal");
	scratch_holds("err", "", "no bar");
	is_int(scratch_run(show_lines, &loud), 0, "a line");
	scratch_holds("err", "epoch 3: done\n", "is written");
	scratch_holds("out", "", "to stderr");
	is_int(scratch_run(show_lines, &quiet), 0, "a quiet line");
	scratch_holds("err", "", "is not");
}

static void add(void *p, size_t i, int worker)
{
	(void)i;
	(void)worker;
	progress_add(p, 1);
}

static void counts(void)
{
	struct threads *pool = threads_new(2);
	struct progress p;

	progress_start(&p, "count", "items", ITEMS, true);
	p.on = true;
	p.shown_s = INFINITY;                   /* counts, but never shows */
	threads_run(pool, ITEMS, add, &p);
	is_int((long long)p.done, ITEMS, "from several threads each counts");
	p.on = false;
	progress_end(&p);
	threads_free(pool);
}

int main(void)
{
	scratch_begin();
	terminal();
	elsewhere();
	counts();
	return tap_end();
}
