/* The folders around a SavedModel; see savedmodel.h. */
#include "export/savedmodel.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "base/outfolder.h"

static const char FILE_NAME[] = "saved_model.pb";

static int save_file(const char *path, const struct net *net, const float *const w[NET_ARRAYS],
                     struct err *e)
{
	struct outfile *o = outfile_open(path, e);

	if (!o)
		return -1;
	if (savedmodel_write(outfile_stream(o), net, w, e) < 0) {
		outfile_abandon(o);
		return err_in(e, path);
	}
	return outfile_commit(o, true, e);
}

/* -1 with E set if FOLDER holds anything but a saved_model.pb. */
static int check_version_folder(const char *folder, struct err *e)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	int result = 0;

	if (!d)
		return err_set(e, "%s: %s", folder, strerror(errno));
	while (result == 0 && (errno = 0, entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    strcmp(entry->d_name, FILE_NAME) != 0)
			result = err_set(e, "%s: holds %s; only a %s is replaced", folder,
			                 entry->d_name, FILE_NAME);
	if (result == 0 && errno)
		result = err_set(e, "%s: %s", folder, strerror(errno));
	closedir(d);
	return result;
}

/* A server that watches FOLDER never sees half a version. */
static int save_new_version(const char *version, const struct net *net,
                            const float *const w[NET_ARRAYS], struct err *e)
{
	struct outfolder *o = outfolder_open(version, e);
	char *file;
	int result;

	if (!o)
		return -1;
	file = xasprintf("%s/%s", outfolder_path(o), FILE_NAME);
	result = save_file(file, net, w, e);
	free(file);
	if (result == 0)
		return outfolder_commit(o, e);
	outfolder_abandon(o);
	return -1;
}

static int replace_version(const char *version, const struct net *net,
                           const float *const w[NET_ARRAYS], struct err *e)
{
	char *file;
	int result;

	file = xasprintf("%s/%s", version, FILE_NAME);
	outfile_sweep(file);            /* what a killed run left would be in the way */
	result = check_version_folder(version, e);
	if (result == 0)
		result = save_file(file, net, w, e);
	free(file);
	return result;
}

static int save_version(const char *folder, const struct net *net,
                        const float *const w[NET_ARRAYS], struct err *e)
{
	char *version = xasprintf("%s/1", folder);
	int result = infile_exists(version, e);

	if (result >= 0)
		result = (result ? replace_version : save_new_version)(version, net, w, e);
	free(version);
	return result;
}

/* Two that find no version would both make one. */
static int save_locked(const char *folder, const struct net *net, const float *const w[NET_ARRAYS],
                       struct err *e)
{
	int lock = lock_folder(folder, e), result;

	if (lock < 0)
		return -1;
	result = save_version(folder, net, w, e);
	close(lock);
	return result;
}

/* A signal waits until the folders are whole or gone. */
static void hold_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGXCPU);
	sigprocmask(SIG_BLOCK, &set, before);
}

int savedmodel_save(const char *folder, const struct net *net, const float *const w[NET_ARRAYS],
                    struct err *e)
{
	sigset_t before;
	struct stat st;
	bool made;
	int result;

	hold_signals(&before);
	made = mkdir(folder, 0777) == 0;
	if (!made && errno != EEXIST)
		result = err_set(e, "%s: %s", folder, strerror(errno));
	else if (stat(folder, &st) < 0)
		result = err_set(e, "%s: %s", folder, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		result = err_set(e, "%s: %s", folder, strerror(ENOTDIR));
	else
		result = save_locked(folder, net, w, e);
	if (result < 0 && made)
		rmdir(folder);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}
