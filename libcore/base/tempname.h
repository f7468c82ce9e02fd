#pragma once
/*
 * New files and folders under names that nobody uses yet, with the modes, group and access
 * lists that open(2) and mkdir(2) give: those of mkstemp(3) and mkdtemp(3) are the owner's alone.
 *
 * Each is called PREFIX, ".aml-" and six letters or digits, and locked (flock) by the process that
 * made it, for as long as its descriptor is open: so tempname_sweep can tell what a process
 * that was killed left behind from what another one still writes. A number of the process in the
 * name would not tell: two containers have the same numbers, and two machines that share a disk
 * do not know each other's. Locks are kept by the kernel that all containers share, and by the
 * server of NFS. Where there are none, as of folders on NFS, nothing is swept, and what was left
 * stays; where they are known to one machine only (NFS with local_lock), a run on another may
 * remove a file that is being written, and then its writer fails at the rename, with a message.
 */

/*
 * *NAME, in new memory, becomes the name, *TICKET what cleanup_forget (cleanup.h) takes; no end of
 * the program comes between the two. Without TICKET, NULL, an early end leaves the file. Returns a
 * descriptor, of a file for reading and writing, or -1 with errno set and *NAME NULL.
 */
int tempname_file(char **name, const char *prefix, int *ticket);
int tempname_folder(char **name, const char *prefix, int *ticket);

/*
 * A file without a name, in TMPDIR or /tmp, for reading and writing, and for its owner alone.
 * Returns a descriptor, or -1 with errno set.
 */
int tempname_nameless(void);

/*
 * Removes the files and folders of PREFIX whose makers are gone, as far as that can be told and the
 * folder that holds them allows. Returns how many there are whose makers are at work.
 */
int tempname_sweep(const char *prefix);

/* The same of all prefixes in FOLDER. */
int tempname_sweep_folder(const char *folder);
