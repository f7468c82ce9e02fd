/* Files and trees removed by system calls alone. */
#include "base/removal.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "scratch.h"
#include "tap.h"

static void write_within(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);

	scratch_write(path, "x", 1);
	free(path);
}

static const char *make_tree(const char *name, int files)
{
	const char *root = scratch_path(name);
	char *deep = xasprintf("%s/a/b/c", root), file[32];

	for (char *slash = deep + strlen(root); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(deep, 0777);
		*slash = '/';
	}
	mkdir(deep, 0777);
	for (int i = 0; i < files; i++) {
		snprintf(file, sizeof file, "file %d", i);
		write_within(deep, file);
	}
	write_within(root, ".hidden");
	free(deep);
	return root;
}

static void trees(void)
{
	const char *root = make_tree("tree", 1000);

	is_int(removal_all(root), 0, "a tree with a thousand files");
	ok(access(root, F_OK) < 0 && errno == ENOENT, "is gone");
	root = scratch_path("file");
	scratch_write(root, "x", 1);
	ok(removal_all(root) == 0 && access(root, F_OK) < 0, "a file is gone");
	ok(removal_all(root) == -1 && errno == ENOENT, "what is not there is an error");
}

static void links(void)
{
	const char *kept = make_tree("kept", 1), *root = make_tree("with links", 1);
	char *link = xasprintf("%s/link", root);

	if (symlink(kept, link) < 0)
		ok(false, "%s: cannot be made", link);
	is_int(removal_all(root), 0, "a tree with a link");
	ok(access(root, F_OK) < 0, "is gone");
	ok(access(scratch_path("kept/a/b/c/file 0"), F_OK) == 0, "what the link names stays");
	free(link);
}

int main(void)
{
	scratch_begin();
	trees();
	links();
	return tap_end();
}
