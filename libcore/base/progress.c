/* A progress bar for terminals; see progress.h. */
#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { BAR_WIDTH = 24 };
static const double SHOW_EVERY_S = 0.1;

static void show(struct progress *p, uint64_t done, double now)
{
	double rate = now > p->start_s ? (double)done / (now - p->start_s) : 0;
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
		double left = (double)(p->total - done) / rate;

		fprintf(stderr, ", %.4g/s, %d:%02d left", rate, (int)left / 60, (int)left % 60);
	}
}

void progress_start(struct progress *p, const char *label, const char *unit,
                    uint64_t total, bool quiet)
{
	*p = (struct progress){ .label = label, .unit = unit, .total = total };
	p->start_s = p->shown_s = clock_seconds();
	p->on = !quiet && isatty(STDERR_FILENO);
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
