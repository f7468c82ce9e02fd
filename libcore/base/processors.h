#pragma once
/*
 * How many processors this process may really use: what the default of -j is. The affinity mask
 * (Slurm, taskset, cpusets) and the quotas of its control groups and those above them (containers,
 * systemd; versions 1 and 2), of which a share counts as one.
 */

/* At least 1. */
int processors_usable(void);

/*
 * The quotas alone, as the files below ROOT tell: "" for this machine, a folder with proc/ and
 * sys/ for tests. 0: none.
 */
int processors_quota(const char *root);
