#pragma once
/* How much memory a mapping takes. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Kilobytes of memory that the mapping at P, its beginning, takes; -1: not known. */
__attribute__((unused))
static long resident(const void *p)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[256], start[32];
	long kb = -1;

	snprintf(start, sizeof start, "%lx-", (unsigned long)(uintptr_t)p);
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, start, strlen(start)))
			break;
	while (f && kb < 0 && fgets(line, sizeof line, f))
		sscanf(line, "Rss: %ld kB", &kb);
	if (f)
		fclose(f);
	return kb;
}
