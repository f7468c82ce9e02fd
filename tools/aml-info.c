/* aml-info: what a weights file, an array or a dataset is and holds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/printable.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "base/tool.h"
#include "info/audit.h"
#include "info/info.h"
#include "info/trail.h"

struct args {
	bool json, trail, sums;
	const char *ledger;
	int threads;
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
		OPT_TEXT(0, "ledger", &a.ledger, "FILE",
		         "check a federation's ledger, and models against it"),
		OPT_FLAG(0, "sha256", &a.sums,
		         "print the SHA-256 of each file's bytes, which is what sites sign"),
		OPT_INT('j', "jobs", &a.threads, 0, 4096, "N", "threads; 0: all processors"),
		OPT_END
	};
	const struct opt_tool tool = {
		.operands = "FILE|DATASET...", .min = 0, .max = -1,
		.summary = "describe weights files, arrays and datasets",
		.example = "aml-info model.npz",
	};

	a.files = opt_parse(opts, &tool, argc, argv);
	if (a.sums && a.json)
		opt_wrong("--sha256 goes without --json");
	if ((a.sums && a.trail) || (a.ledger && (a.trail || a.sums)))
		opt_wrong("--trail, --ledger and --sha256 exclude each other");
	if (!a.files[0] && !a.ledger)
		opt_wrong("missing operand: %s", tool.operands);
	return a;
}

/* A stream, which can be read once, as a file that can be opened by name, and twice. In new
 * memory, or NULL with E set. */
static char *spool(const char *name, struct err *e)
{
	struct infile in;
	int fd;
	size_t done = 0;

	if (infile_open(&in, name, SIZE_MAX, e) < 0)
		return NULL;
	fd = memfd_create("stream", 0);
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
	err_set(e, "%s: %s", infile_name(name), strerror(errno));
	return NULL;
}

static bool is_stream(const char *name)
{
	struct stat st;

	return infile_is_stdin(name) || (stat(name, &st) == 0 && S_ISFIFO(st.st_mode));
}

static int read_operand(struct info *i, const char *name, struct err *e)
{
	char *path;
	int result;

	if (!is_stream(name))
		return info_read(i, name, name, e);
	path = spool(name, e);
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

	for (char **file = a->files; *file; file++) {
		if (trail_load(&t, *file, &e) == 0)
			continue;
		status = tool_fail(&e);
		if (e.machine) {        /* what seems to be missing may be in there */
			trail_release(&t);
			return status;
		}
	}
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

static int show_ledger(const struct args *a)
{
	struct threads *pool = threads_new(a->threads);
	struct audit got;
	struct err e;
	int status = 0;

	if (audit_load(&got, a->ledger, a->files, pool, &e) < 0) {
		status = tool_fail(&e);
	} else {
		(a->json ? audit_json : audit_print)(&got, stdout);
		for (size_t i = 0; i < got.faults; i++) {
			err_set(&e, "%s", got.fault[i]);
			status = tool_fail(&e);
		}
	}
	audit_release(&got);
	threads_free(pool);
	return status;
}

/* ---- sums ---- */

struct sum {
	const char *file;
	char hex[SHA256_HEX];
	bool failed;
	struct err e;
};

static void add_up(void *arg, size_t i, int worker)
{
	struct sum *s = &((struct sum *)arg)[i];
	struct infile in;

	(void)worker;
	s->failed = infile_open(&in, s->file, SIZE_MAX, &s->e) < 0;
	if (s->failed)
		return;
	sha256_of(in.data, in.size, s->hex);
	infile_release(&in);
}

/* As sha256sum prints them, but for names of several lines. */
static int show_sums(const struct args *a)
{
	struct threads *pool = threads_new(a->threads);
	size_t n = 0;
	struct sum *s;
	int status = 0;

	while (a->files[n])
		n++;
	s = xcalloc(n, sizeof *s);
	for (size_t i = 0; i < n; i++)
		s[i].file = a->files[i];
	threads_run(pool, n, add_up, s);
	threads_free(pool);
	for (size_t i = 0; i < n; i++) {
		char *name = printable(s[i].file);

		if (s[i].failed)
			status = tool_fail(&s[i].e);
		else
			printf("%s  %s\n", s[i].hex, name);
		free(name);
	}
	free(s);
	return status;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	distinct_add_all(&d, DISTINCT_INPUT, "an input", a->files);
	distinct_add(&d, DISTINCT_INPUT, "--ledger", a->ledger);
	distinct_add(&d, DISTINCT_OUTPUT, "the description", "-");
	return confine_outputs_of(&d, e);
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct err e;

	if (check_names(&a, &e) < 0)
		return tool_end(tool_fail(&e));
	if (a.ledger)
		return tool_end(show_ledger(&a));
	return tool_end(a.sums ? show_sums(&a) : a.trail ? show_trail(&a) : show_files(&a));
}
