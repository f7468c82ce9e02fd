#pragma once
/* A folder of a unit test's own, the names in it, and what several tests put there. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/tempname.h"
#include "data/dataset_writer.h"
#include "tap.h"

static char *scratch_folder;
static pid_t scratch_owner;

static int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* A child that exits leaves it to its parent. */
static void scratch_end(void)
{
	if (getpid() == scratch_owner)
		nftw(scratch_folder, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* A folder that is called like PATH and something more; removed when the test ends. */
__attribute__((unused))
static void scratch_begin_at(const char *path)
{
	int fd = tempname_folder(&scratch_folder, path, NULL);

	scratch_owner = getpid();
	if (fd < 0) {
		puts("Bail out! no scratch folder");
		exit(1);
	}
	close(fd);                      /* with its lock */
	atexit(scratch_end);
}

__attribute__((unused))
static void scratch_begin(void)
{
	scratch_begin_at("/tmp/aml-unit");
}

/* The file NAME there; lives until the test ends. */
__attribute__((unused))
static const char *scratch_path(const char *name)
{
	static char **path;
	static size_t count;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(path[i] + strlen(scratch_folder) + 1, name))
			return path[i];
	path = xrealloc(path, count + 1, sizeof *path);
	path[count] = xasprintf("%s/%s", scratch_folder, name);
	return path[count++];
}

__attribute__((unused))
static void scratch_write(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		printf("Bail out! %s cannot be written\n", path);
		exit(1);
	}
}

/* The file NAME there, which holds TEXT. */
__attribute__((unused))
static const char *scratch_text(const char *name, const char *text)
{
	const char *path = scratch_path(name);

	scratch_write(path, text, strlen(text));
	return path;
}

/* The message without the folder, where it begins with a file there: "x.tsv: line 1: ...". */
__attribute__((unused))
static const char *scratch_told(const struct err *e)
{
	size_t n = strlen(scratch_folder);

	return strncmp(e->text, scratch_folder, n) || e->text[n] != '/' ? e->text : e->text + n + 1;
}

/* All of a file and a NUL, which the caller frees; NULL if it cannot be read. */
__attribute__((unused))
static char *scratch_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	char *data;

	if (!f || fstat(fileno(f), &st) < 0)
		return NULL;
	data = xcalloc((size_t)st.st_size + 1, 1);
	*size = fread(data, 1, (size_t)st.st_size, f);
	fclose(f);
	return data;
}

__attribute__((unused))
static void scratch_redirect(int to, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(99);
	close(fd);
}

/*
 * Calls F with ARG in a process of its own, which exits 0 after it. Returns its exit status, -1
 * for a signal; its outputs lie in the files out and err.
 */
__attribute__((unused))
static int scratch_run(void (*f)(void *arg), void *arg)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		scratch_redirect(STDOUT_FILENO, scratch_path("out"));
		scratch_redirect(STDERR_FILENO, scratch_path("err"));
		f(arg);
		exit(0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Does the file NAME hold the text WANT? */
__attribute__((unused))
static void scratch_holds(const char *name, const char *want, const char *what)
{
	size_t size = 0;
	char *got = scratch_read(scratch_path(name), &size);

	is_text(got, want, what);
	free(got);
}

/*
 * Image I is of class I mod CLASSES; bytes drawn from a stream of its own, as they are or
 * as value/255.
 */
__attribute__((unused)) static void scratch_dataset(const char *path, int count, int side,
                                                    int class_count, bool bytes,
                                                    bool packed)
{
	struct dataset_form form = { side, side, 4, bytes, packed, "made up" };
	size_t numbers = (size_t)(side * side * 4);
	uint8_t *u1 = xmalloc(numbers, 1);
	float *f4 = xmalloc(numbers, sizeof *f4);
	char **id = xmalloc((size_t)count, sizeof *id);
	int *label = xmalloc((size_t)count, sizeof *label);
	struct dataset_writer *w;
	struct classes classes;
	struct rng r;
	struct err e;

	for (int i = 0; i < count; i++) {
		id[i] = xasprintf("image_%05d", i);
		label[i] = i % class_count;
	}
	classes_numbered(&classes, class_count);
	w = dataset_writer_open(path, &form, &classes, id, (size_t)count, &e);
	for (int i = 0; w && i < count; i++) {
		rng_init(&r, 99, 1, (uint32_t)i);
		for (size_t k = 0; k < numbers; k++) {
			u1[k] = (uint8_t)rng_below(&r, 256);
			f4[k] = (float)u1[k] / 255.0f;
		}
		if (dataset_writer_add(w, (size_t)i, bytes ? (void *)u1 : (void *)f4, &e) < 0)
			break;
	}
	if (!w || dataset_writer_end(w, label, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	for (int i = 0; i < count; i++)
		free(id[i]);
	free(id);
	free(label);
	free(u1);
	free(f4);
	classes_release(&classes);
}
