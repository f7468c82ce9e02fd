/* What something is that was mistaken for something else; see hint.h. */
#include "data/hint.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "image/image_read.h"

enum {
	HEAD_BYTES = 512,               /* of a file: enough for what it begins with */
	MOST_ENTRIES = 200              /* of a folder that are looked at */
};

enum kind {
	UNKNOWN,
	DATASET, PARTITIONS, TREE, CLASS_FOLDER, ABOVE_TREE, SAVEDMODEL, FOLDER,
	WEIGHTS, HDF5, KERAS, NPY, PICTURE, OTHER_PICTURE, PREDICTIONS, LOG, JSON, HTML, ONNX
};

static const char by_python[] = ": aml-weights(5) has two lines of Python that make a model of it";

static const char *const called[] = {
	[DATASET] = "a dataset",
	[PARTITIONS] = "a folder of partitions",
	[TREE] = "a tree of images",
	[CLASS_FOLDER] = "a folder of images",
	[ABOVE_TREE] = "a folder with a tree of images in it",
	[SAVEDMODEL] = "a SavedModel",
	[FOLDER] = "a folder",
	[WEIGHTS] = "a model (.npz)",
	[HDF5] = "an HDF5 file, as Keras writes .h5",
	[KERAS] = "a Keras file (.keras)",
	[NPY] = "an array (.npy)",
	[PICTURE] = "an image",
	[OTHER_PICTURE] = "an image of another format",
	[PREDICTIONS] = "predictions",
	[LOG] = "a training log",
	[JSON] = "JSON",
	[HTML] = "a page of HTML",
	[ONNX] = "an ONNX file",
};

/* The next step. */
static const struct step {
	enum kind is;
	enum hint_wanted wanted;
	const char *text, *after;       /* the path between them; AFTER NULL: without it */
} steps[] = {
	{ TREE, HINT_DATASET, ": aml-downsample -o DATASET ", "" },
	{ ABOVE_TREE, HINT_DATASET, ": aml-downsample -o DATASET ", "" },
	{ CLASS_FOLDER, HINT_DATASET, ": aml-downsample makes a dataset of the folder above it",
	  NULL },
	{ PARTITIONS, HINT_DATASET, ": one of them is ", "" },
	{ PICTURE, HINT_DATASET, ": aml-downsample makes a dataset of TREE/CLASS/ID.tiff", NULL },
	{ WEIGHTS, HINT_DATASET, ", which goes without -d", NULL },

	{ CLASS_FOLDER, HINT_TREE, ": give the folder above it, whose folders are the classes",
	  NULL },
	{ ABOVE_TREE, HINT_TREE, ": give ", "" },
	{ DATASET, HINT_TREE, " already", NULL },
	{ PICTURE, HINT_TREE, ", which becomes an array without -o", NULL },

	{ HDF5, HINT_WEIGHTS, by_python, NULL },
	{ KERAS, HINT_WEIGHTS, by_python, NULL },
	{ HDF5, HINT_ANYTHING, by_python, NULL },
	{ KERAS, HINT_ANYTHING, by_python, NULL },
	{ SAVEDMODEL, HINT_WEIGHTS, ": the model that it was exported from is wanted", NULL },
	{ ONNX, HINT_WEIGHTS, ": the model that it was exported from is wanted", NULL },
	{ DATASET, HINT_WEIGHTS, ", which goes with -d", NULL },
	{ PICTURE, HINT_WEIGHTS, ": the model comes first", NULL },

	{ DATASET, HINT_IMAGE, ": aml-eval -p predictions.tsv -d ", " MODEL" },
	{ TREE, HINT_IMAGE, ": aml-downsample -o DATASET ", "" },
	{ ABOVE_TREE, HINT_IMAGE, ": aml-downsample -o DATASET ", "" },
	{ CLASS_FOLDER, HINT_IMAGE, ": give its files", NULL },
	{ WEIGHTS, HINT_IMAGE, ": the model comes first, then images", NULL },
	{ OTHER_PICTURE, HINT_IMAGE, ": convert it to PNG", NULL },

	{ DATASET, HINT_PREDICTIONS, ": aml-eval -p predictions.tsv -d ", " MODEL" },
	{ WEIGHTS, HINT_PREDICTIONS, ": aml-eval -p predictions.tsv -d DATASET ", "" },
	{ LOG, HINT_PREDICTIONS, ": aml-curve draws it", NULL },
	{ JSON, HINT_PREDICTIONS, ": aml-eval -p FILE.tsv writes predictions", NULL },

	{ PREDICTIONS, HINT_LOG, ": aml-confmat draws them, aml-train --log FILE.tsv writes a log",
	  NULL },
	{ WEIGHTS, HINT_LOG, ": aml-train --log FILE.tsv writes a log", NULL },
};

/* ---- files, by their first bytes ---- */

struct magic {
	enum kind is;
	int at, bytes;
	const char *text;
};

static const struct magic magics[] = {
	{ HDF5, 0, 8, "\x89HDF\r\n\x1a\n" },
	/* a zip archive: the name of its first member */
	{ KERAS, 30, 13, "metadata.json" },
	{ KERAS, 30, 11, "config.json" },
	{ WEIGHTS, 30, 5, "0.npy" },
	{ WEIGHTS, 30, 9, "arr_0.npy" },
	{ WEIGHTS, 30, 3, "0.q" },
	{ NPY, 0, 6, "\x93NUMPY" },
	{ PICTURE, 0, 3, "\xff\xd8\xff" },
	{ PICTURE, 0, 8, "\x89PNG\r\n\x1a\n" },
	{ PICTURE, 0, 4, "II*\0" },
	{ PICTURE, 0, 4, "MM\0*" },
	{ OTHER_PICTURE, 0, 4, "GIF8" },
	{ OTHER_PICTURE, 8, 4, "WEBP" },
	{ OTHER_PICTURE, 4, 4, "jP  " },                /* JPEG 2000 */
	{ OTHER_PICTURE, 0, 4, "\xff\x4f\xff\x51" },    /* its code stream */
	{ OTHER_PICTURE, 4, 8, "ftypheic" },
	{ OTHER_PICTURE, 4, 8, "ftypavif" },
	{ OTHER_PICTURE, 4, 7, "JXL \r\n\x87" },        /* JPEG XL */
	{ PREDICTIONS, 0, 17, "id\ttrue\tpredicted" },
	{ LOG, 0, 11, "epoch\tloss\t" },
	{ JSON, 0, 1, "{" },
	{ HTML, 0, 9, "<!doctype" },
	{ HTML, 0, 9, "<!DOCTYPE" },
	{ ONNX, 2, 1, "\x12" },         /* two fields of its protocol buffer: version, maker */
};

static bool is_zip(const char *head, size_t size)
{
	return size > 30 && !memcmp(head, "PK\3\4", 4);
}

static enum kind kind_of_bytes(const char *head, size_t size)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];

		if ((size_t)(m->at + m->bytes) <= size &&
		    !memcmp(head + m->at, m->text, (size_t)m->bytes) &&
		    (m->at != 30 || is_zip(head, size)) && (m->is != ONNX || head[0] == 8))
			return m->is;
	}
	return UNKNOWN;
}

static enum kind kind_of_file(const char *path)
{
	char head[HEAD_BYTES];
	struct stat st;
	/* what is read of a pipe is gone */
	bool regular = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	int fd = regular ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t size = fd < 0 ? -1 : read(fd, head, sizeof head);

	if (fd >= 0)
		close(fd);
	return size <= 0 ? UNKNOWN : kind_of_bytes(head, (size_t)size);
}

/* ---- folders, by what is in them ---- */

static bool holds(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
	       access(path, F_OK) == 0;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * The least number of folders between PATH and a picture, 0 where it holds some itself, up to
 * DEPTH; more: there is none. FOUND: the folder in PATH that leads there, the first by name.
 */
static int depth_of_pictures(const char *path, int depth, char found[PATH_MAX])
{
	char below[PATH_MAX], ignored[PATH_MAX] = "";
	DIR *dir = opendir(path);
	struct dirent *d;
	int best = depth + 1;

	for (int i = 0; dir && i < MOST_ENTRIES && best && (d = readdir(dir)); i++) {
		int far;

		if (image_read_stem(d->d_name))
			best = 0;
		if (d->d_name[0] == '.' || !depth ||
		    snprintf(below, sizeof below, "%s/%s", path, d->d_name) >= (int)sizeof below ||
		    !is_folder(below))
			continue;
		far = 1 + depth_of_pictures(below, depth - 1, ignored);
		if (far < best || (far == best && far <= depth && strcmp(below, found) < 0)) {
			best = far;
			memcpy(found, below, sizeof below);
		}
	}
	if (dir)
		closedir(dir);
	return best;
}

/* WHERE: the path that the next step names. */
static enum kind kind_of_folder(const char *path, char where[PATH_MAX])
{
	static const enum kind by_depth[] = { CLASS_FOLDER, TREE, ABOVE_TREE, FOLDER };
	char found[PATH_MAX] = "";
	enum kind is;

	if (holds(path, "labels.npy"))
		return DATASET;
	if (holds(path, "partition0/labels.npy")) {
		snprintf(where, PATH_MAX, "%.4000s/partition0", path);
		return PARTITIONS;
	}
	if (holds(path, "saved_model.pb") || holds(path, "1/saved_model.pb"))
		return SAVEDMODEL;
	is = by_depth[depth_of_pictures(path, 2, found)];
	if (is == ABOVE_TREE)
		memcpy(where, found, sizeof found);
	return is;
}

/* ---- */

/* Is that what was wanted, so that no word is due? */
static bool is_wanted(enum kind is, enum hint_wanted wanted)
{
	static const enum kind good[] = {
		[HINT_DATASET] = DATASET, [HINT_TREE] = TREE, [HINT_WEIGHTS] = WEIGHTS,
		[HINT_IMAGE] = PICTURE, [HINT_PREDICTIONS] = PREDICTIONS, [HINT_LOG] = LOG,
		[HINT_ANYTHING] = UNKNOWN,
	};

	return is == UNKNOWN || is == good[wanted] ||
	       (is == FOLDER && (wanted == HINT_DATASET || wanted == HINT_TREE));
}

/* Puts PATH behind the message as a word of the shell. */
static void add_word(struct err *e, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                            "/._-+,:=@%";
	const char *rest = path;

	if (!path[strspn(path, plain)]) {
		err_more(e, path);
		return;
	}
	err_more(e, "'");
	for (const char *quote; (quote = strchr(rest, '\'')); rest = quote + 1) {
		char part[PATH_MAX];

		snprintf(part, sizeof part, "%.*s'\\''", (int)(quote - rest), rest);
		err_more(e, part);
	}
	err_more(e, rest);
	err_more(e, "'");
}

int hint_add(struct err *e, const char *path, enum hint_wanted wanted)
{
	char where[PATH_MAX];
	bool folder = is_folder(path);
	enum kind is;

	/* EISDIR is no failure of the machine, even if it is told as one */
	if ((e->machine && !folder) || infile_is_stdin(path) || strlen(path) >= sizeof where)
		return -1;
	strcpy(where, path);
	is = folder ? kind_of_folder(path, where) : kind_of_file(path);
	if (is_wanted(is, wanted))
		return -1;
	err_more(e, "; it is ");
	err_more(e, called[is]);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i].is == is && steps[i].wanted == wanted) {
			err_more(e, steps[i].text);
			if (!steps[i].after)
				continue;
			add_word(e, where);
			err_more(e, steps[i].after);
		}
	return -1;
}
