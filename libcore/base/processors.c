/* Affinity and quotas; see processors.h. */
#include "base/processors.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- the affinity mask, of as many processors as the kernel has ---- */

static int in_mask(void)
{
	enum { FIRST = 1024, MOST = 1 << 20 };

	for (int room = FIRST; room <= MOST; room *= 2) {
		size_t size = CPU_ALLOC_SIZE(room);
		cpu_set_t *set = CPU_ALLOC(room);
		int result = set ? sched_getaffinity(0, size, set) : -1;
		int count = result == 0 ? CPU_COUNT_S(size, set) : 0;
		bool larger = result < 0 && errno == EINVAL;

		CPU_FREE(set);
		if (!larger)
			return count;
	}
	return 0;
}

/* ---- quotas: cgroups(7), and Documentation/admin-guide/cgroup-v2.rst of Linux ---- */

/* Where a hierarchy is mounted, and where in it we are. */
struct hierarchy {
	bool unified;                   /* version 2 */
	char root[PATH_MAX];            /* of the mount, within the hierarchy */
	char mount[PATH_MAX];
	char group[PATH_MAX];
};

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += length)
		if ((p == list || p[-1] == ',') && (p[length] == ',' || !p[length]))
			return true;
	return false;
}

/* A line of mountinfo: is it the hierarchy, and where? */
static bool read_mount(struct hierarchy *h, const char *line)
{
	char type[32], options[512];
	const char *rest = strstr(line, " - ");

	return rest && sscanf(line, "%*s %*s %*s %4095s %4095s", h->root, h->mount) == 2 &&
	       sscanf(rest, " - %31s %*s %511s", type, options) == 2 &&
	       (h->unified ? !strcmp(type, "cgroup2")
	                   : !strcmp(type, "cgroup") && has_word(options, "cpu"));
}

/* A line of /proc/self/cgroup, "NUMBER:CONTROLLER,...:PATH". */
static bool read_group(struct hierarchy *h, const char *line)
{
	char controllers[512] = "";
	const char *path = strchr(line, ':');

	path = path ? strchr(path + 1, ':') : NULL;
	if (!path || sscanf(path, ":%4095[^\n]", h->group) != 1)
		return false;
	if (h->unified)
		return !strncmp(line, "0::", 3);
	return sscanf(line, "%*[0-9]:%511[^:]", controllers) == 1 && has_word(controllers, "cpu");
}

static bool find_line(struct hierarchy *h, const char *root, const char *file,
                      bool (*read_line)(struct hierarchy *h, const char *line))
{
	char *path = xasprintf("%s%s", root, file), *line = NULL;
	FILE *f = fopen(path, "re");
	size_t room = 0;
	bool found = false;

	while (f && !found && getline(&line, &room, f) > 0)
		found = read_line(h, line);
	if (f)
		fclose(f);
	free(line);
	free(path);
	return found;
}

/* The first line of FOLDER/FILE; returns how many numbers it begins with. */
static int read_numbers(double number[2], const char *folder, const char *file)
{
	char *path = xasprintf("%s/%s", folder, file);
	FILE *f = fopen(path, "re");
	char text[64] = "";
	int got = 0;

	if (f && fgets(text, sizeof text, f))
		got = sscanf(text, "%lf %lf", &number[0], &number[1]);

	if (f)
		fclose(f);
	free(path);
	return got;
}

/* Processors that the group FOLDER may use; INFINITY: no quota of its own. */
static double quota_of(const struct hierarchy *h, const char *folder)
{
	double both[2], period[2];

	if (h->unified) {
		if (read_numbers(both, folder, "cpu.max") != 2)
			return INFINITY;
		period[0] = both[1];
	} else if (read_numbers(both, folder, "cpu.cfs_quota_us") < 1 ||
	           read_numbers(period, folder, "cpu.cfs_period_us") < 1) {
		return INFINITY;
	}
	return both[0] > 0 && period[0] > 0 ? both[0] / period[0] : INFINITY;
}

/* The group's path below the mount; "" where the mount shows another part of the hierarchy. */
static const char *below_mount(const struct hierarchy *h)
{
	size_t length = strcmp(h->root, "/") ? strlen(h->root) : 0;
	const char *rest = h->group + length;

	if (strncmp(h->group, h->root, length) || (*rest && *rest != '/') || strstr(rest, ".."))
		return "";
	return strcmp(rest, "/") ? rest : "";
}

/* The least quota of the group and those that it lies in. */
static double least_quota(struct hierarchy *h, const char *root)
{
	char *top = xasprintf("%s%s", root, h->mount);
	char *folder = xasprintf("%s%s", top, below_mount(h));
	double least = INFINITY;

	for (;;) {
		least = fmin(least, quota_of(h, folder));
		if (strlen(folder) <= strlen(top))
			break;
		*strrchr(folder, '/') = '\0';
	}
	free(folder);
	free(top);
	return least;
}

int processors_quota(const char *root)
{
	struct hierarchy *h = xcalloc(1, sizeof *h);
	double least = INFINITY;

	for (int unified = 0; unified < 2; unified++) {
		h->unified = unified;
		if (find_line(h, root, "/proc/self/mountinfo", read_mount) &&
		    find_line(h, root, "/proc/self/cgroup", read_group))
			least = fmin(least, least_quota(h, root));
	}
	free(h);
	return least < INT_MAX ? (int)ceil(least) : 0;
}

int processors_usable(void)
{
	int count = in_mask(), quota = processors_quota("");

	if (quota && quota < count)
		count = quota;
	return count > 0 ? count : 1;
}
