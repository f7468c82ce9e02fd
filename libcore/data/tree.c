/* Finding pictures in class folders; see tree.h. */
#include "data/tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "image/image_read.h"
#include "data/dataset.h"
#include "data/hint.h"

enum { FIRST_ROOM = 64 };

/* A list of names, owned. */
struct names {
	char **name;
	size_t count, room;
};

static void names_add(struct names *n, char *name)
{
	if (n->count == n->room)
		n->name = xrealloc(n->name, n->room = n->room ? 2 * n->room : FIRST_ROOM,
		                   sizeof *n->name);
	n->name[n->count++] = name;
}

static void names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->name[i]);
	free(n->name);
	*n = (struct names){0};
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What systems and file servers leave in folders for themselves, besides hidden entries. */
static bool is_leftover(const char *name)
{
	static const char *const names[] = {
		"Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$RECYCLE.BIN",
		"System Volume Information", "__MACOSX", "Icon\r", "Network Trash Folder",
		"Temporary Items", "@eaDir", "#recycle", "#snapshot", "lost+found",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return name[0] == '.';
}

/* What a folder holds, in byte order, without leftovers. */
static int list_folder(struct names *n, const char *path, struct err *e)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	if (!dir)
		return err_set(e, "%s: %s", path, strerror(errno));
	while (errno = 0, (d = readdir(dir)))
		if (!is_leftover(d->d_name))
			names_add(n, xstrdup(d->d_name));
	if (errno) {
		err_set(e, "%s: %s", path, strerror(errno));
		closedir(dir);
		return -1;
	}
	closedir(dir);
	if (n->count)
		qsort(n->name, n->count, sizeof *n->name, by_bytes);
	return 0;
}

/*
 * 1: PATH, which is listed, is a folder, 0: it is something else, -1 with E set: it cannot be
 * looked at. A class that lies on a disk that is not there must not be left out without a word.
 */
static int is_folder(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(e, "%s: %s", path, strerror(errno));
	return S_ISDIR(st.st_mode);
}

struct scan {
	struct tree *tree;
	size_t room;
	struct names strays, others;    /* others: folders that are no class */
	const struct classes *classes;
	bool some;
};

/* Takes PATH and ID. */
static void add_picture(struct scan *s, char *path, char *id, int label)
{
	struct tree *t = s->tree;
	struct err e;

	if (dataset_check_id(id, &e) < 0) {
		names_add(&s->strays, xasprintf("%s: %s", path, e.text));
		free(path);
		free(id);
		return;
	}

	if (t->count == s->room)
		t->picture = xrealloc(t->picture,
		                      s->room = s->room ? 2 * s->room : FIRST_ROOM,
		                      sizeof *t->picture);
	t->picture[t->count++] = (struct tree_picture){
		.id = id, .path = path, .label = label,
	};
}

/* Takes PATH. */
static int add_stray(struct scan *s, char *path, struct err *e)
{
	int folder = is_folder(path, e);

	if (folder >= 0)
		names_add(&s->strays,
		          xasprintf(folder ? "%s: a folder in a class folder"
		                           : "%s: not a picture (.tiff, .tif, .png or .jpg)",
		                    path));
	free(path);
	return folder < 0 ? -1 : 0;
}

static int scan_class(struct scan *s, const char *folder, int label, struct err *e)
{
	struct names files = {0};
	int result = list_folder(&files, folder, e);

	for (size_t i = 0; result == 0 && i < files.count; i++) {
		char *path = xasprintf("%s/%s", folder, files.name[i]);
		size_t stem = image_read_stem(files.name[i]);

		if (stem)
			add_picture(s, path, xstrndup(files.name[i], stem), label);
		else
			result = add_stray(s, path, e);
	}
	names_release(&files);
	return result;
}

static int scan_root(struct scan *s, const char *root, struct err *e)
{
	struct names entries = {0};
	int result = list_folder(&entries, root, e), folders = 0;

	for (size_t i = 0; result == 0 && i < entries.count; i++) {
		char *path = xasprintf("%s/%s", root, entries.name[i]);
		int label = classes_find(s->classes, entries.name[i]), folder = is_folder(path, e);

		folders += folder > 0;
		if (folder < 0)
			result = -1;
		else if (folder && label >= 0)
			result = scan_class(s, path, label, e);
		else if (folder)
			names_add(&s->others, xstrdup(entries.name[i]));
		else if (image_read_stem(entries.name[i]))
			names_add(&s->strays, xasprintf("%s: a picture in no class folder", path));
		free(path);
	}
	names_release(&entries);
	if (result == 0 && !folders)
		result = err_set(e, "%s: holds no class folders (expected TREE/CLASS/ID.tiff)",
		                 root);
	return result;
}

/* "A B C", each once. */
static char *joined(struct names *n)
{
	char *all = NULL;

	if (n->count)
		qsort(n->name, n->count, sizeof *n->name, by_bytes);
	for (size_t i = 0; i < n->count; i++) {
		char *more;

		if (i && !strcmp(n->name[i], n->name[i - 1]))
			continue;
		more = all ? xasprintf("%s %s", all, n->name[i]) : xstrdup(n->name[i]);
		free(all);
		all = more;
	}
	return all;
}

static int check_folders(struct scan *s, char *const *roots, size_t count, struct err *e)
{
	s->tree->left_out = joined(&s->others);
	if (!s->tree->left_out || s->some)
		return 0;
	err_set(e, "these folders are not class codes: %s; see --classes", s->tree->left_out);
	return count == 1 ? hint_add(e, roots[0], HINT_TREE) : -1;
}

static int by_id(const void *a, const void *b)
{
	const struct tree_picture *p = a, *q = b;
	int order = strcmp(p->id, q->id);

	return order ? order : strcmp(p->path, q->path);
}

static int check_ids(struct tree *t, struct err *e)
{
	if (!t->count && t->strays)
		return err_set(e, "%s", t->stray[0]);
	if (!t->count)
		return err_set(e, "no pictures (.tiff, .tif, .png, .jpg) in the class folders");
	qsort(t->picture, t->count, sizeof *t->picture, by_id);
	for (size_t i = 1; i < t->count; i++)
		if (!strcmp(t->picture[i - 1].id, t->picture[i].id))
			return err_set(e, "%s and %s: the same id",
			               t->picture[i - 1].path, t->picture[i].path);
	return 0;
}

int tree_scan(struct tree *t, char *const *roots, size_t count,
              const struct classes *classes, bool some, struct err *e)
{
	struct scan s = { .tree = t, .classes = classes, .some = some };
	int result = 0;

	*t = (struct tree){0};
	for (size_t i = 0; result == 0 && i < count; i++)
		if (scan_root(&s, roots[i], e) < 0)
			result = hint_add(e, roots[i], HINT_TREE);
	if (s.strays.count)
		qsort(s.strays.name, s.strays.count, sizeof *s.strays.name, by_bytes);
	t->stray = s.strays.name;
	t->strays = s.strays.count;
	if (result == 0 && check_folders(&s, roots, count, e) == 0 && check_ids(t, e) == 0)
		goto out;
	tree_release(t);
	result = -1;
out:
	names_release(&s.others);
	return result;
}

void tree_release(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->picture[i].id);
		free(t->picture[i].path);
	}
	for (size_t i = 0; i < t->strays; i++)
		free(t->stray[i]);
	free(t->picture);
	free(t->stray);
	free(t->left_out);
	*t = (struct tree){0};
}
