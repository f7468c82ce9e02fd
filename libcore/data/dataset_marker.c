/* How an unfinished dataset is made; see dataset_marker.h. */
#include "data/dataset_marker.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/outfile.h"
#include "base/outfolder.h"

static char *marker_path(const char *path)
{
	return xasprintf("%s/.unfinished", path);
}

static int make_folder(const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0777) == 0 ||
	    (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	return err_set(e, "%s: %s", path, strerror(errno));
}

/* -1 with E set if that cannot be said. */
static int is_finished(const char *path, struct err *e)
{
	char *labels = xasprintf("%s/labels.npy", path);
	int finished = infile_exists(labels, e);

	free(labels);
	return finished;
}

static int check_text(const char *path, const char *marker, const char *want, struct err *e)
{
	const uint8_t *end;
	struct infile f;
	int result = 0;

	if (infile_open(&f, marker, SIZE_MAX, e) < 0)
		return -1;
	end = memchr(f.data, '\n', f.size);
	if (f.size != strlen(want) || memcmp(f.data, want, f.size))
		result = err_set(e,
		                 "%s: holds an unfinished dataset of other images or options "
		                 "(%.*s); remove it first",
		                 path, end ? (int)(end - f.data) : 0, (const char *)f.data);
	infile_release(&f);
	return result;
}

/* In a folder without labels.npy. */
static int claim_marker(struct dataset_marker *m, const char *path, const char *text,
                        struct err *e)
{
	char *marker = marker_path(path);
	struct stat st;
	int result = -1, begun, empty;

	outfile_sweep(marker);          /* of a run that was killed before it was there */
	begun = infile_exists(marker, e);
	if (begun < 0)
		goto out;
	if (begun)
		result = check_text(path, marker, text, e);
	else if ((empty = outfolder_is_empty(path, e)) > 0)
		result = outfile_save(marker, text, strlen(text), e);
	else if (!empty)
		err_set(e, "%s: the folder is not empty", path);
	if (stat(marker, &st) == 0)
		m->begun = st.st_mtim;  /* otherwise all images are made again */
out:
	free(marker);
	return result;
}

int dataset_marker_claim(struct dataset_marker *m, const char *path, const char *text,
                         struct err *e)
{
	int finished;

	*m = (struct dataset_marker){ .folder = -1 };
	if (make_folder(path, e) < 0)
		return -1;
	/* two processes that find an unfinished dataset theirs would write the same files */
	m->folder = lock_folder(path, e);
	if (m->folder < 0)
		return -1;
	finished = is_finished(path, e);
	if (finished < 0)
		return -1;
	m->finished = finished;
	return m->finished ? 0 : claim_marker(m, path, text, e);
}

void dataset_marker_release(struct dataset_marker *m)
{
	if (m->folder >= 0)
		close(m->folder);
	m->folder = -1;
}

int dataset_marker_remove(const char *path, struct err *e)
{
	char *marker = marker_path(path);
	int result = 0;

	if (unlink(marker) < 0 && errno != ENOENT)
		result = err_set(e, "%s: %s", marker, strerror(errno));
	free(marker);
	return result;
}
