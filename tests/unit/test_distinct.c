/* Two names of one file: which pairs are refused, and what the message says. */
#include "base/distinct.h"

#include <sys/socket.h>

#include "base/outfile.h"
#include "data/dataset_names.h"
#include "scratch.h"

static struct err e;

/* Of two names, A before B; NULL: allowed. */
static void pair(enum distinct_kind kind, const char *a, enum distinct_kind other, const char *b,
                 const char *want, const char *what)
{
	struct distinct d = {0};
	int result;

	distinct_add(&d, kind, "A", a);
	distinct_add(&d, other, "B", b);
	result = distinct_end(&d, &e);
	is_int(result, want ? -1 : 0, what);
	if (want)
		ok(!strncmp(e.text, want, strlen(want)), "%s: %s", what, result ? e.text : "-");
	ok(!d.item && !d.count, "%s: released", what);
}

static void kinds(const char *file)
{
	const char *same = "A and B are the same file, ";

	pair(DISTINCT_INPUT, file, DISTINCT_INPUT, file, NULL, "inputs");
	pair(DISTINCT_INPUT, file, DISTINCT_OUTPUT, file, same, "an input and a result");
	pair(DISTINCT_OUTPUT, file, DISTINCT_INPUT, file, "B and A are", "in the other order");
	pair(DISTINCT_OUTPUT, file, DISTINCT_OUTPUT, file, same, "two results");
	pair(DISTINCT_LOADED, file, DISTINCT_OUTPUT, file, NULL, "what was loaded");
	pair(DISTINCT_LOADED, file, DISTINCT_APPENDED, file, same, "and is appended to");
	pair(DISTINCT_LOADED, file, DISTINCT_UPDATED, file, same, "and is gone on from");
	pair(DISTINCT_INPUT, NULL, DISTINCT_OUTPUT, file, NULL, "an option that was not given");
	pair(DISTINCT_UPDATED, file, DISTINCT_OUTPUT, scratch_path("file.lock"),
	     "A's lock and B are", "a lock");
	pair(DISTINCT_UPDATED, "/dev/null", DISTINCT_OUTPUT, "/dev/null", NULL, "a device");
}

static void ways(const char *file)
{
	const char *link = scratch_path("link"), *hard = scratch_path("hard"),
	           *missing = scratch_path("missing"), *dangling = scratch_path("dangling"),
	           *folder = scratch_path("folder");

	if (symlink("file", link) < 0 || linkat(AT_FDCWD, file, AT_FDCWD, hard, 0) < 0 ||
	    symlink("missing", dangling) < 0 || mkdir(folder, 0777) < 0) {
		ok(false, "links");
		return;
	}
	pair(DISTINCT_INPUT, link, DISTINCT_OUTPUT, file, "A and B", "a link");
	pair(DISTINCT_INPUT, file, DISTINCT_OUTPUT, hard, "A and B", "a hard link");
	pair(DISTINCT_OUTPUT, missing, DISTINCT_OUTPUT, dangling, "A and B", "a link to nothing");
	pair(DISTINCT_INPUT, missing, DISTINCT_OUTPUT, dangling, "A and B", "a missing input");
	pair(DISTINCT_OUTPUT, missing, DISTINCT_OUTPUT, scratch_path("folder/../missing"),
	     "A and B", "another way");
	pair(DISTINCT_OUTPUT, missing, DISTINCT_OUTPUT, scratch_path("folder/missing"), NULL,
	     "a name in two folders");
	pair(DISTINCT_OUTPUT, missing, DISTINCT_OUTPUT, scratch_path("missing2"), NULL,
	     "two names");
	pair(DISTINCT_OUTPUT, "no/such", DISTINCT_OUTPUT, "no/such", NULL, "no folder");
	pair(DISTINCT_OUTPUT, file, DISTINCT_OUTPUT, missing, NULL, "one is there");
	pair(DISTINCT_FOLDER, folder, DISTINCT_OUTPUT, scratch_path("folder/new"),
	     "B lies in A, ", "in a folder");
	pair(DISTINCT_FOLDER, scratch_folder, DISTINCT_OUTPUT, scratch_path("folder/new"),
	     "B lies in A, ", "deeper in a folder");
	pair(DISTINCT_FOLDER, scratch_folder, DISTINCT_OUTPUT, scratch_path("new/"),
	     "B lies in A, ", "a folder that is to be made");
	pair(DISTINCT_FOLDER, folder, DISTINCT_OUTPUT, scratch_path("folder/"),
	     "A and B are the same folder, ", "the folder");
	pair(DISTINCT_FOLDER, "/", DISTINCT_OUTPUT, file, "B lies in A, ", "the root");
	pair(DISTINCT_FOLDER, "no/such", DISTINCT_OUTPUT, file, NULL, "a folder that is missing");
	pair(DISTINCT_FOLDER, folder, DISTINCT_OUTPUT, file, NULL, "beside a folder");
	pair(DISTINCT_FOLDER, file, DISTINCT_OUTPUT, hard, "A and B", "a folder that is a file");
}

/* "/dev/fd/N" of a descriptor that stays open. */
static const char *by_number(int fd)
{
	static char name[4][24];
	static int next;
	char *text = name[next++ % 4];

	snprintf(text, sizeof *name, "/dev/fd/%d", fd);
	return text;
}

static void streams(const char *file)
{
	int at = open(file, O_WRONLY | O_APPEND), pipes[2], sockets[2], null;

	if (at < 0 || pipe(pipes) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0 ||
	    (null = open("/dev/null", O_WRONLY)) < 0) {
		ok(false, "descriptors");
		return;
	}
	pair(DISTINCT_LOADED, file, DISTINCT_OUTPUT, by_number(at), "A and B",
	     "a descriptor replaces nothing");
	pair(DISTINCT_OUTPUT, by_number(pipes[1]), DISTINCT_OUTPUT, by_number(dup(pipes[1])),
	     "A and B", "results to one pipe");
	pair(DISTINCT_INPUT, by_number(sockets[0]), DISTINCT_OUTPUT, by_number(sockets[0]), NULL,
	     "a socket for both ways");
	pair(DISTINCT_OUTPUT, by_number(null), DISTINCT_OUTPUT, by_number(null), "A and B",
	     "a descriptor twice");
	pair(DISTINCT_OUTPUT, "/dev/null", DISTINCT_OUTPUT, "/dev/null", NULL, "a device twice");
	pair(DISTINCT_OUTPUT, "-", DISTINCT_OUTPUT, "/dev/stdout", "A and B are the same file, ",
	     "standard output by two names");
	close(at);
}

static void lists(char *file)
{
	char *named = xasprintf("a=%s", file), *list[] = { named, file, NULL };
	struct opt_list values = { 1, { named } };
	struct distinct d = {0};

	distinct_add_operands(&d, DISTINCT_INPUT, "LOG", list);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", file);
	is_int(distinct_end(&d, &e), -1, "operands with labels");
	distinct_add_values(&d, DISTINCT_INPUT, "--log", &values);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", file);
	is_int(distinct_end(&d, &e), -1, "values with labels");
	distinct_add_all(&d, DISTINCT_INPUT, "MODEL", list + 1);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", file);
	is_int(distinct_end(&d, &e), -1, "operands");
	is_int(distinct_end(&d, &e), 0, "none");
	free(named);
}

static void datasets(void)
{
	const char *const names[] = { "labels.npy", "classes.tsv", "images.npy", "ids.npy",
		                "trainids.npy", "valids.npy", "data_singlets/x.npy" };
	struct distinct d = {0};

	if (mkdir(scratch_path("set"), 0777) < 0 ||
	    mkdir(scratch_path("set/data_singlets"), 0777) < 0)
		ok(false, "a folder");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = xasprintf("%s/set/%s", scratch_folder, names[i]);

		dataset_names_add(&d, "DATASET", scratch_path("set"));
		distinct_add(&d, DISTINCT_OUTPUT, "-o", path);
		is_int(distinct_end(&d, &e), -1, names[i]);
		free(path);
	}
	dataset_names_add(&d, "DATASET", NULL);
	distinct_add(&d, DISTINCT_OUTPUT, "-o", scratch_path("set/predictions.tsv"));
	is_int(distinct_end(&d, &e), 0, "a file that no dataset has");
}

int main(void)
{
	char *file;

	scratch_begin();
	file = xstrdup(scratch_path("file"));
	outfile_save(file, "x", 1, &e);
	kinds(file);
	ways(file);
	streams(file);
	lists(file);
	datasets();
	free(file);
	return tap_end();
}
