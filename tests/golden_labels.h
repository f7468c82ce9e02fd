#pragma once
/* The files of tests/data/labels, as numpy 1.16, 1.26 and 2.5 wrote them. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char CODES[15][4] = {
	"BAS", "EBO", "EOS", "KSC", "LYA", "LYT", "MMZ", "MOB", "MON", "MYB", "MYO", "NGB", "NGS",
	"PMB", "PMO"
};
static const char *const TAGS[] = { "np116", "np126", "np25" };
enum { TAG_COUNT = 3, TEXT = 256 };     /* TEXT: room for a path */

/* Entry I of make_labels.py's ids(n). */
static int golden_class(size_t i)
{
	return (int)(i * 7 % 15);
}

static bool is_golden_id(const char *id, size_t i)
{
	char want[32];

	snprintf(want, sizeof want, "%s_%04zu", CODES[golden_class(i)], i);
	return !strcmp(id, want);
}

static char *golden_path(char path[TEXT], const char *what, const char *tag)
{
	snprintf(path, TEXT, "tests/data/labels/%s_%s.npy", what, tag);
	return path;
}
