/* The workers' shares of the processors, among processes as in the service. */
#include "serve/share.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static void alone(int workers, int processors, int most)
{
	struct share *s = share_new(workers, processors);

	ok(share_most(s) == most, "%d workers, %d processors: at most %d threads", workers,
	   processors, most);
	for (int i = 0; i < workers; i += 1 + workers / 4) {
		ok(share_begin(s, i) == most, "alone, worker %d", i);
		share_end(s, i);
	}
	share_free(s);
}

/* Each that begins finds one more busy. */
static void many(void)
{
	static const int want[8] = { 4, 4, 2, 2, 1, 1, 1, 1 };
	struct share *s = share_new(8, 100);

	for (int i = 0; i < 8; i++)
		ok(share_begin(s, i) == want[i], "%d of 8 are busy", i + 1);
	is_int(share_begin(s, 3), 1, "one that begins again counts once");
	for (int i = 0; i < 7; i++)
		share_end(s, i);
	share_end(s, 2);
	is_int(share_begin(s, 0), 4, "the last but one");
	share_free(s);
}

/* A worker that died in its answer is busy until the parent ends it. */
static void among_processes(void)
{
	struct share *s = share_new(2, 2);
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(share_begin(s, 1));
	waitpid(child, &status, 0);
	is_int(WEXITSTATUS(status), 2, "the first process has both threads");
	is_int(share_begin(s, 0), 1, "the other one finds it busy");
	share_end(s, 1);
	is_int(share_begin(s, 0), 2, "until it is ended");
	share_free(s);
}

int main(void)
{
	alone(1, 8, 1);
	alone(2, 8, 2);
	alone(3, 3, 3);
	alone(100, 100, 4);
	alone(8, 1, 1);
	alone(8, 2, 2);
	many();
	among_processes();
	share_free(NULL);
	return tap_end();
}
