/* Mapped files that another program truncates. */
#include "base/mapping.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/outfile.h"
#include "scratch.h"
#include "tap.h"

enum { SIZE = 100000 };

static struct mapping map_large(void)
{
	static char text[SIZE];
	const char *path = scratch_path("large");
	struct mapping m = {0};
	int fd;

	scratch_write(path, text, SIZE);
	fd = open(path, O_RDONLY);
	if (fd < 0 || mapping_open(&m, fd, SIZE, path) < 0)
		puts("Bail out! cannot map");
	close(fd);
	return m;
}

/* Reads what is no longer there, an output half written. */
static void read_truncated(int messages)
{
	struct mapping first = map_large(), m = map_large();
	struct err e;
	struct outfile *o = outfile_open(scratch_path("half"), &e);

	mapping_close(&first);
	fputs("half", outfile_stream(o));
	dup2(messages, STDERR_FILENO);
	if (truncate(scratch_path("large"), 10) < 0)
		_exit(98);
	_exit(((const volatile char *)m.data)[SIZE - 1] ? 97 : 96);
}

/* Files in the scratch folder whose names hold WORD. */
static int files(const char *word)
{
	DIR *folder = opendir(scratch_folder);
	struct dirent *entry;
	int n = 0;

	while (folder && (entry = readdir(folder)))
		n += strstr(entry->d_name, word) != NULL;
	closedir(folder);
	return n;
}

static void truncated(void)
{
	char got[1024] = "", *want;
	int fd[2], status = 0;
	pid_t child;

	if (pipe(fd) < 0)
		return;
	child = fork();
	if (!child)
		read_truncated(fd[1]);
	want = xasprintf("test_mapping: %s: truncated or unreadable while it was being read\n",
	                 scratch_path("large"));
	close(fd[1]);
	for (size_t n = 0; n < sizeof got - 1;) {
		ssize_t more = read(fd[0], got + n, sizeof got - 1 - n);

		if (more <= 0)
			break;
		n += (size_t)more;
	}
	close(fd[0]);
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "a truncated file: exit 1, no signal");
	is_text(got, want, "one line names it");
	ok(access(scratch_path("half"), F_OK) < 0, "no output appears");
	is_int(files("half"), 0, "no temporary file is left");
	free(want);
}

static void another_bus_error(void)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		map_large();
		raise(SIGBUS);
		raise(SIGBUS);          /* the first only takes the handler away */
		_exit(0);
	}
	waitpid(child, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS,
	   "a bus error elsewhere is none of ours");
}

int main(void)
{
	scratch_begin();
	truncated();
	another_bus_error();
	return tap_end();
}
