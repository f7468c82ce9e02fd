/* Shares of the processors; see share.h. */
#include "serve/share.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/mem.h"

/* most of one picture's time goes to reading dense1's weights, which few threads can do */
enum { MOST = 4 };

struct share {
	int workers;
	int threads;                    /* of all together: workers or processors, the fewer */
	_Atomic char *busy;             /* [workers], shared by the processes */
};

struct share *share_new(int workers, int processors)
{
	struct share *s = xcalloc(1, sizeof *s);
	void *shared = mmap(NULL, (size_t)workers, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	s->workers = workers;
	s->threads = workers < processors ? workers : processors;
	s->busy = shared == MAP_FAILED ? NULL : shared;
	return s;
}

void share_free(struct share *s)
{
	if (!s)
		return;
	if (s->busy)
		munmap((void *)s->busy, (size_t)s->workers);
	free(s);
}

int share_most(const struct share *s)
{
	return !s->busy ? 1 : s->threads < MOST ? s->threads : MOST;
}

/* Others may begin or end meanwhile: a moment with a thread too many or too few does no harm. */
int share_begin(struct share *s, int i)
{
	int busy = 1, share;

	if (!s->busy)
		return 1;
	atomic_store(&s->busy[i], 1);
	for (int k = 0; k < s->workers; k++)
		busy += k != i && atomic_load(&s->busy[k]);
	share = busy < s->threads ? s->threads / busy : 1;
	return share < share_most(s) ? share : share_most(s);
}

void share_end(struct share *s, int i)
{
	if (s->busy)
		atomic_store(&s->busy[i], 0);
}
