/* The service's log: what it is appended to, and a line that one of several processes tore. */
#include "serve/serve_log.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/infile.h"
#include "base/outfile.h"
#include "scratch.h"

static struct err e;

static int write_line(int fd, const char *id)
{
	const struct request r = {0};
	const struct visit_policy policy = {0};
	struct visit v;
	int result;

	visit_begin(&v, &r, NULL, &policy);
	visit_end(&v);
	result = serve_log_write(fd, &v, id, 1, &e);
	visit_release(&v);
	return result;
}

/* A process whose disk has room for a few bytes more than there are. */
static void tear(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct rlimit room = { (rlim_t)size + 9, (rlim_t)size + 9 };
	pid_t child = fork();
	int status;

	if (child == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &room);
		_exit(write_line(fd, "torn") == 0 || !strstr(e.text, " bytes could be written"));
	}
	waitpid(child, &status, 0);
	is_int(status, 0, "a line that does not fit is told");
}

static void lines(void)
{
	const char *path = scratch_path("log");
	struct infile f;
	int fd = serve_log_open(path, &e), again, whole = 0, all = 0;
	bool in_line = false;

	is_int(write_line(fd, "one"), 0, "a line");
	tear(fd);
	is_int(write_line(fd, "two"), 0, "the next, of another process");
	tear(fd);
	again = serve_log_open(path, &e);
	is_int(write_line(again, "three"), 0, "of one that opens the log");
	is_int(write_line(fd, "four"), 0, "and one more");
	if (infile_open(&f, path, SIZE_MAX, &e) < 0)
		ok(false, "%s", e.text);
	for (size_t i = 0; i < f.size; i++) {
		if (!in_line && !strncmp((const char *)f.data + i, "{\"time\"", 7))
			all++;
		in_line = f.data[i] != '\n';
		whole += i > 0 && !in_line && f.data[i - 1] == '}';
	}
	is_int(whole, 4, "lines that are whole");
	is_int(all, 6, "each begins a line");
	infile_release(&f);
	close(fd);
	close(again);
}

static void others(void)
{
	const char *path = scratch_path("other");

	outfile_save(path, "\0{}\n", 4, &e);
	is_int(serve_log_open(path, &e), -1, "what is no log");
	ok(strstr(e.text, "other: does not begin with '{', as a log does") != NULL, "%s", e.text);
	is_int(serve_log_open(scratch_folder, &e), -1, "a folder");
	is_int(serve_log_open(NULL, &e), STDERR_FILENO, "standard error");
	is_int(close(serve_log_open("/dev/null", &e)), 0, "a device");
	outfile_save(path, "", 0, &e);
	is_int(close(serve_log_open(path, &e)), 0, "an empty file");
}

int main(void)
{
	scratch_begin();
	lines();
	others();
	return tap_end();
}
