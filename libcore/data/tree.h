#pragma once
/* A tree of pictures, TREE/CLASS/ID.tiff, or several that are taken together. */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/classes.h"

struct tree {
	size_t count;
	struct tree_picture {
		char *id;               /* the file's name without its ending; distinct */
		char *path;
		int label;
	} *picture;                     /* COUNT of them, in byte order of their ids */
	char **stray;                   /* "PATH: WHY": no pictures, or names that are no ids */
	size_t strays;
	char *left_out;                 /* "KSC LYA": folders that are no class; or NULL */
};

/*
 * Lists the pictures (.tif, .tiff, .png, .jpg, .jpeg, in any case) of the COUNT trees at ROOTS, by
 * their names alone. Hidden files, what other systems leave in folders (Thumbs.db, __MACOSX, ...),
 * and files beside the class folders are passed over. Folders that are no class are an error that
 * names them all, unless SOME says that CLASSES are a choice: then they are left out. Symbolic
 * links are followed.
 * Returns 0, or -1 with E set: also where an entry cannot be looked at, an id occurs twice, a tree
 * has no class folder, or there is no picture.
 */
int tree_scan(struct tree *t, char *const *roots, size_t count,
              const struct classes *classes, bool some, struct err *e);
void tree_release(struct tree *t);
