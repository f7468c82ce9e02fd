/* aml-info: what a weights file, an array or a dataset is and holds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/tool.h"
#include "info/info.h"
#include "info/trail.h"

struct args {
	bool json, trail;
	char **files;
};

static struct args parse(int argc, char **argv)
{
	struct args a = {0};
	const struct opt opts[] = {
		OPT_FLAG(0, "json", &a.json,
		         "print JSON: an object, or an array for several files"),
		OPT_FLAG(0, "trail", &a.trail,
		         "print which model was made from which, and verify it"),
		OPT_END
	};
	const struct opt_tool tool = {
		.synopsis = "[OPTION]... FILE|DATASET...", .min = 1, .max = -1,
		.summary = "describe weights files, arrays and datasets",
	};

	a.files = opt_parse(opts, &tool, argc, argv);
	return a;
}

/* Standard input, which may be a pipe, as a file that can be opened by name. In new
 * memory, or NULL with E set. */
static char *spool_stdin(struct err *e)
{
	struct infile in;
	int fd;
	size_t done = 0;

	if (infile_open(&in, "-", SIZE_MAX, e) < 0)
		return NULL;
	fd = memfd_create("stdin", 0);
	while (fd >= 0 && done < in.size) {
		ssize_t put = write(fd, in.data + done, in.size - done);

		if (put < 0) {
			close(fd);
			fd = -1;
			break;
		}
		done += (size_t)put;
	}
	infile_release(&in);
	if (fd >= 0)
		return xasprintf("/dev/fd/%d", fd);
	err_set(e, "standard input: %s", strerror(errno));
	return NULL;
}

static int read_operand(struct info *i, const char *name, struct err *e)
{
	char *path;
	int result;

	if (!infile_is_stdin(name))
		return info_read(i, name, name, e);
	path = spool_stdin(e);
	result = path ? info_read(i, path, infile_name(name), e) : -1;
	free(path);
	return result;
}

/* Damaged files are reported; the others are shown all the same. */
static int show_files(const struct args *a)
{
	struct json_writer j;
	bool several = a->files[1] != NULL;
	int status = 0, shown = 0;

	json_start(&j, stdout, true);
	if (a->json && several)
		json_array(&j, NULL);
	for (char **file = a->files; *file; file++) {
		struct info i = {0};
		struct err e;

		if (read_operand(&i, *file, &e) < 0) {
			status = tool_fail(&e);
			continue;
		}
		if (a->json)
			info_json(&i, &j);
		else if (shown++)
			putchar('\n');
		if (!a->json)
			info_print(&i, stdout);
		if (i.trouble) {
			err_set(&e, "%s", i.trouble);
			status = tool_fail(&e);
		}
		info_release(&i);
	}
	if (a->json && several)
		json_close_array(&j);
	return status;
}

static int show_trail(const struct args *a)
{
	struct trail t = {0};
	struct err e;
	int status = 0;

	for (char **file = a->files; *file; file++)
		if (trail_load(&t, *file, &e) < 0)
			status = tool_fail(&e);
	trail_link(&t);
	if (a->json)
		trail_json(&t, stdout);
	else
		trail_print(&t, stdout);
	if (trail_faults(&t, tool_warn) > 0)
		status = 1;
	trail_release(&t);
	return status;
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);

	return tool_end(a.trail ? show_trail(&a) : show_files(&a));
}
