/*
 * Signatures by OpenSSH; see signature.h. What ssh-keygen reads are files in memory, which nobody
 * can exchange: the message, the one key that may have signed it, and the signature.
 */
#include "fed/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"

enum { SIGNATURE_LIMIT = 1 << 16, TOLD = 200 };

/* Of one run of ssh-keygen, or -1. */
struct files {
	int message, signers, signature, told;
};

static int memory_file(const void *data, size_t size)
{
	int fd = memfd_create("signature", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

static int text_file(char *text)
{
	int fd = memory_file(text, strlen(text));

	free(text);
	return fd;
}

static void close_files(const struct files *f)
{
	const int fd[] = { f->message, f->signers, f->signature, f->told };

	for (size_t i = 0; i < sizeof fd / sizeof *fd; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

/* The name by which a child that inherits FD opens it. */
static char *name_of(int fd)
{
	return xasprintf("/dev/fd/%d", fd);
}

/* Returns what posix_spawnp does. */
static int start(pid_t *child, const struct files *f, char *const argv[])
{
	const char *path = getenv("PATH");
	char *search = xasprintf("PATH=%s", path ? path : "/usr/bin:/bin"), locale[] = "LC_ALL=C";
	char *const environment[] = { search, locale, NULL };
	posix_spawn_file_actions_t actions;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, f->message, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, f->told, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, f->told, STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&actions, f->signers, f->signers);     /* inherited */
	posix_spawn_file_actions_adddup2(&actions, f->signature, f->signature);
	result = posix_spawnp(child, argv[0], &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	free(search);
	return result;
}

/* The exit status of CHILD; -1: it has none. */
static int end(pid_t child)
{
	int status;
	pid_t got;

	do
		got = waitpid(child, &status, 0);
	while (got < 0 && errno == EINTR);
	return got == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The first line that ssh-keygen wrote. */
static void read_told(const struct files *f, char text[TOLD])
{
	ssize_t got = pread(f->told, text, TOLD - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
}

static int judge(const struct files *f, char *const argv[], const char *path, const char *site,
                 struct err *e)
{
	char text[TOLD];
	pid_t child;
	int reason = start(&child, f, argv), status;

	if (reason)
		return err_machine(e, "ssh-keygen, which verifies signatures: %s",
		                   strerror(reason));
	status = end(child);
	if (status == 0)
		return 0;
	if (status < 0)
		return err_machine(e, "ssh-keygen, which verifies signatures, was ended");
	read_told(f, text);
	return err_set(e, "%s: does not sign this file with the key of %s (ssh-keygen: %s)", path,
	               site, text);
}

static int run(const struct files *f, const char *path, const char *site, struct err *e)
{
	char *signers = name_of(f->signers), *signature = name_of(f->signature);
	const char *const argv[] = {
		"ssh-keygen", "-Y", "verify", "-f", signers, "-I", site, "-n", "aml-model",
		"-s", signature, NULL,
	};
	int result = judge(f, (char *const *)argv, path, site, e);

	free(signers);
	free(signature);
	return result;
}

int signature_verify(const char *path, const char *site, const char *key,
                     const char sha256[SHA256_HEX], struct err *e)
{
	struct infile in;
	struct files f;
	int result;

	if (infile_open(&in, path, SIGNATURE_LIMIT, e) < 0)
		return -1;
	f.signature = memory_file(in.data, in.size);
	infile_release(&in);
	f.message = text_file(xasprintf("%s\n", sha256));
	f.signers = text_file(xasprintf("%s namespaces=\"aml-model\" %s\n", site, key));
	f.told = memory_file("", 0);
	if (f.message < 0 || f.signers < 0 || f.signature < 0 || f.told < 0)
		result = err_machine(e, "%s: files in memory: %s", path, strerror(errno));
	else
		result = run(&f, path, site, e);
	close_files(&f);
	return result;
}
