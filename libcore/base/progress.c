/* A progress bar for terminals; see progress.h. */
#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { BAR_WIDTH = 24 };
static const double SHOW_EVERY_S = 0.1;

static double per_second(uint64_t units, double since_s, double now_s)
{
	return now_s > since_s ? (double)units / (now_s - since_s) : 0;
}

/* ", 1:02:03 left" of the run, or ", 2:03 left". */
static void show_left(const struct progress *p, uint64_t done, double now)
{
	double rate = per_second(p->run_done + done - p->skipped, p->run_start_s, now),
	       left = rate > 0 ? (double)(p->total - done + p->run_left) / rate : 0;
	long seconds = left < 1e9 ? (long)left : 1000000000;

	if (seconds >= 3600)
		fprintf(stderr, ", %ld:%02ld:%02ld left", seconds / 3600, seconds / 60 % 60,
		        seconds % 60);
	else if (rate > 0)
		fprintf(stderr, ", %ld:%02ld left", seconds / 60, seconds % 60);
}

static void show(struct progress *p, uint64_t done, double now)
{
	double rate = per_second(done - p->skipped, p->start_s, now);
	char bar[BAR_WIDTH + 1];
	int full;

	if (!p->total) {
		fprintf(stderr, "\r\033[K%s: %llu %s, %.4g/s", p->label,
		        (unsigned long long)done, p->unit, rate);
		return;
	}
	full = (int)(BAR_WIDTH * done / p->total);
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', (size_t)full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r\033[K%s [%s] %llu/%llu %s", p->label, bar, (unsigned long long)done,
	        (unsigned long long)p->total, p->unit);
	if (rate > 0) {
		fprintf(stderr, ", %.4g/s", rate);
		show_left(p, done, now);
	}
}

void progress_start(struct progress *p, const char *label, const char *unit,
                    uint64_t total, bool quiet)
{
	*p = (struct progress){ .label = label, .unit = unit, .total = total };
	p->start_s = p->shown_s = p->run_start_s = clock_seconds();
	p->on = !quiet && isatty(STDERR_FILENO);
}

void progress_within(struct progress *p, double start_s, uint64_t done, uint64_t left)
{
	p->run_start_s = start_s;
	p->run_done = done;
	p->run_left = left;
}

void progress_skip(struct progress *p, uint64_t n)
{
	p->done += n;
	p->skipped += n;
}

void progress_add(struct progress *p, uint64_t n)
{
	uint64_t done;
	double now;

	if (!p->on)
		return;
	done = __atomic_add_fetch(&p->done, n, __ATOMIC_RELAXED);
	now = clock_seconds();
	flockfile(stderr);
	if (now - p->shown_s >= SHOW_EVERY_S) {
		p->shown_s = now;
		show(p, done, now);
	}
	funlockfile(stderr);
}

void progress_end(struct progress *p)
{
	if (p->on)
		fputs("\r\033[K", stderr);
	p->on = false;
}

void progress_line(bool quiet, const char *format, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	putc('\n', stderr);
}
