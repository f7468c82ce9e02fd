/* Models and datasets of files and folders; see trail.h. */
#include "info/trail.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/infile.h"
#include "base/mem.h"
#include "format/npz.h"
#include "data/dataset.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/model_file.h"

static int add_weights(struct trail *t, const char *path, struct err *e)
{
	struct model m;

	if (model_load(&m, path, 0, e) < 0)
		return -1;
	trail_add_model(t, path, &m);
	model_release(&m);
	return 0;
}

/* A difference has no numbers without its parent: its facts are believed for now. */
static int add_difference(struct trail *t, const char *path, struct npz *z, struct err *e)
{
	const char *told, *from;
	struct json *facts;
	struct trail_model *m;

	if (model_file_facts(&facts, z, e) < 0)
		return err_in(e, path);
	told = facts_text(facts, "weights");
	from = facts_text(json_get(facts, "delta"), "from");
	if (!told || !from) {
		json_free(facts);
		return err_set(e, "%s: a difference without facts", path);
	}
	m = trail_add(t, path, told, facts);
	m->from = xstrdup(from);
	m->checked = false;
	json_free(facts);
	return 0;
}

/* A damaged file is part of the trail too; of one that the machine cannot read nothing is known. */
static int add_file(struct trail *t, const char *path, struct err *e)
{
	struct npz *z = npz_open(path, e);
	int result = -1;

	if (z)
		result = model_file_is_delta(z) ? add_difference(t, path, z, e)
		                                : add_weights(t, path, e);
	npz_close(z);
	if (result < 0 && e->machine)
		return -1;
	if (result < 0)
		trail_add(t, path, "", NULL)->trouble = xstrdup(e->text);
	return 0;
}

static int add_dataset(struct trail *t, const char *path, struct err *e)
{
	struct dataset d;
	struct trail_data *to;

	if (dataset_open(&d, path, e) < 0)
		return -1;
	t->data = xrealloc(t->data, t->datas + 1, sizeof *t->data);
	to = &t->data[t->datas++];
	to->name = xstrdup(path);
	memcpy(to->digest, d.digest, sizeof to->digest);
	dataset_release(&d);
	return 0;
}

/* 1, 0, or -1 with E set. */
static int is_dataset(const char *path, struct err *e)
{
	char *labels = xasprintf("%s/labels.npy", path);
	int there = infile_exists(labels, e);

	free(labels);
	return there;
}

static bool is_archive(const char *name)
{
	const char *end = strrchr(name, '.');

	return end && !strcmp(end, ".npz");
}

static int is_shown(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int compare_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct trail *t, const char *path, struct err *e);

/* Links to folders are not followed: they may lead in a circle. */
static int add_entry(struct trail *t, const char *path, const char *name, struct err *e)
{
	struct stat st;
	int dataset;

	if (lstat(path, &st) < 0)
		return err_machine(e, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		dataset = is_dataset(path, e);
		if (dataset < 0)
			return -1;
		return dataset ? add_dataset(t, path, e) : add_folder(t, path, e);
	}
	return is_archive(name) ? add_file(t, path, e) : 0;
}

static int add_folder(struct trail *t, const char *path, struct err *e)
{
	struct dirent **entry;
	int n = scandir(path, &entry, is_shown, compare_bytes), result = 0;

	if (n < 0)
		return err_machine(e, "%s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *file = xasprintf("%s/%s", path, entry[i]->d_name);

		if (result == 0)
			result = add_entry(t, file, entry[i]->d_name, e);
		free(file);
		free(entry[i]);
	}
	free(entry);
	return result;
}

int trail_load(struct trail *t, const char *path, struct err *e)
{
	struct stat st;
	size_t models = t->count;
	int dataset;

	if (stat(path, &st) < 0) {
		err_set(e, "%s: %s", path, strerror(errno));
		e->machine = errno != ENOENT && errno != ENOTDIR;
		return -1;
	}
	if (!S_ISDIR(st.st_mode))
		return add_file(t, path, e);
	dataset = is_dataset(path, e);
	if (dataset)
		return dataset < 0 ? -1 : add_dataset(t, path, e);
	if (add_folder(t, path, e) < 0)
		return -1;
	return t->count > models ? 0
	                         : err_set(e, "%s: neither a dataset nor a folder of .npz files",
	                                   path);
}
