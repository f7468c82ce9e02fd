/* Processors that may be used: affinity masks, and quotas of control groups. */
#include "base/processors.h"

#include <sched.h>

#include "scratch.h"
#include "tap.h"

static void affinity(void)
{
	int quota = processors_quota(""), mask;
	cpu_set_t old, one;

	if (sched_getaffinity(0, sizeof old, &old) < 0)
		return;
	mask = CPU_COUNT(&old);
	is_int(processors_usable(), quota && quota < mask ? quota : mask,
	       "the processors that we may use");
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &old) && !CPU_COUNT(&one))
			CPU_SET(i, &one);
	sched_setaffinity(0, sizeof one, &one);
	is_int(processors_usable(), 1, "bound to one of them");
	sched_setaffinity(0, sizeof old, &old);
}

/* The file FILE of the machine below the scratch folder ROOT, with the folders that it lies in. */
static void put(const char *root, const char *file, const char *text)
{
	char *path = xasprintf("%s%s", scratch_path(root), file);

	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	scratch_write(path, text, strlen(text));
	free(path);
}

static void is_quota(const char *root, int want, const char *what)
{
	is_int(processors_quota(scratch_path(root)), want, what);
}

#define UNIFIED "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

static void version_2(void)
{
	put("v2", "/proc/self/mountinfo", "23 1 8:1 / / rw - ext4 /dev/sda1 rw\n" UNIFIED);
	put("v2", "/proc/self/cgroup", "0::/system.slice/job.service\n");
	is_quota("v2", 0, "version 2: no files, no quota");
	put("v2", "/sys/fs/cgroup/system.slice/job.service/cpu.max", "max 100000\n");
	is_quota("v2", 0, "max: no quota");
	put("v2", "/sys/fs/cgroup/system.slice/job.service/cpu.max", "50000 100000\n");
	is_quota("v2", 1, "half a processor is one");
	put("v2", "/sys/fs/cgroup/system.slice/job.service/cpu.max", "250000 100000\n");
	is_quota("v2", 3, "two and a half are three");
	put("v2", "/sys/fs/cgroup/system.slice/cpu.max", "40000 20000\n");
	is_quota("v2", 2, "a group above allows less");
	put("v2", "/sys/fs/cgroup/system.slice/cpu.max", "garbage\n");
	is_quota("v2", 3, "what is no quota limits nothing");
}

static void version_1(void)
{
	put("v1", "/proc/self/mountinfo",
	    "31 23 0:28 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
	    "32 23 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	    "33 23 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
	put("v1", "/proc/self/cgroup", "12:cpuset:/\n4:cpu,cpuacct:/docker/abc\n0::/docker/abc\n");
	put("v1", "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1\n");
	put("v1", "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
	is_quota("v1", 0, "version 1: -1 is no quota");
	put("v1", "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "400000\n");
	is_quota("v1", 4, "quota over period");
	put("v1", "/sys/fs/cgroup/unified/docker/abc/cpu.max", "150000 100000\n");
	is_quota("v1", 2, "both versions: the lesser");
}

static void in_a_container(void)
{
	put("in", "/proc/self/mountinfo",
	    "40 23 0:29 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
	put("in", "/proc/self/cgroup", "4:cpu:/docker/abc/sub\n");
	put("in", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
	put("in", "/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
	is_quota("in", 2, "a mount of a part of the hierarchy");
	put("in", "/proc/self/cgroup", "4:cpu:/elsewhere\n");
	is_quota("in", 2, "a group outside of it: the mount's quota");
	is_quota("nowhere", 0, "no /proc");
}

int main(void)
{
	scratch_begin();
	affinity();
	version_2();
	version_1();
	in_a_container();
	return tap_end();
}
