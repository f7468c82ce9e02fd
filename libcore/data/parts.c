/* The datasets of a partition; see parts.h. */
#include "data/parts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/outfile.h"
#include "data/id_groups.h"
#include "data/subset.h"

/* ---- dealing ---- */

static int read_groups(struct partition *deal, struct id_groups *g, const struct parts *p,
                       const char *path, struct err *e)
{
	char **ids = xmalloc(p->count, sizeof *ids);
	int result;

	for (size_t i = 0; i < p->count; i++)
		ids[i] = p->from->ids[p->index[i]];
	result = id_groups_load(g, ids, p->count, path, e);
	free(ids);
	if (result < 0)
		return -1;
	if (g->count < (size_t)p->parts)
		return err_set(e, "%s: %zu groups for %d parts", path, g->count, p->parts);
	deal->group = g->of;
	deal->groups = g->count;
	return 0;
}

int parts_deal(struct parts *p, enum partition_scheme scheme, double alpha, enum split side,
               uint64_t seed, const char *groups, struct err *e)
{
	const struct dataset *d = p->from;
	struct partition deal = { .classes = d->classes.count, .parts = p->parts, .scheme = scheme,
		                  .alpha = alpha, .seed = seed };
	int *label = xmalloc(d->count, sizeof *label), result = 0;
	struct id_groups g = {0};

	p->index = xmalloc(d->count, sizeof *p->index);
	p->part = xmalloc(d->count, sizeof *p->part);
	p->count = split_select(d, side, seed, p->index);
	for (size_t i = 0; i < p->count; i++)
		label[i] = d->labels[p->index[i]];
	deal.label = label;
	deal.count = p->count;
	if (p->count < (size_t)p->parts) {
		result = err_set(e, "%s: %zu images for %d parts", d->path, p->count, p->parts);
	} else if (groups) {
		result = read_groups(&deal, &g, p, groups, e);
	}
	if (result == 0)
		partition_deal(&deal, p->part);
	free(label);
	id_groups_release(&g);
	return result;
}

void parts_release(struct parts *p)
{
	free(p->index);
	free(p->part);
	*p = (struct parts){0};
}

/* ---- writing ---- */

static int write_share(const struct parts *p, struct subset *s, uint32_t k,
                       const char *path, struct err *e)
{
	uint32_t *share = xmalloc(p->count, sizeof *share);
	int result;

	s->index = share;
	for (size_t i = 0; i < p->count; i++)
		if (p->part[i] == k)
			share[s->count++] = p->index[i];
	result = subset_write(s, path, e);
	free(share);
	return result;
}

static int write_fold(const struct parts *p, struct subset *s, uint32_t k,
                      const char *path, struct err *e)
{
	uint8_t *side = xcalloc(p->from->count, 1);
	int result;

	s->index = p->index;
	s->count = p->count;
	s->part = side;
	for (size_t i = 0; i < p->count; i++)
		side[p->index[i]] = p->part[i] == k ? DATASET_VALID : DATASET_TRAIN;
	result = subset_write(s, path, e);
	free(side);
	return result;
}

static char *part_path(const char *folder, int k)
{
	return xasprintf("%s/partition%d", folder, k);
}

static int write_all(const struct parts *p, const char *folder, struct err *e)
{
	struct progress progress;
	int result = 0;

	progress_start(&progress, "partition", "images",
	               p->count * (p->folds ? (size_t)p->parts : 1), p->quiet);
	for (int k = 0; k < p->parts && result == 0; k++) {
		struct subset s = { .from = p->from,
			            .copy = p->copy,
			            .progress = &progress,
			            .stop = p->stop };
		char *path = part_path(folder, k);

		result = p->folds ? write_fold(p, &s, (uint32_t)k, path, e)
		                  : write_share(p, &s, (uint32_t)k, path, e);
		free(path);
	}
	progress_end(&progress);
	return result;
}

static int verify(const struct parts *p, const char *folder, struct err *e)
{
	uint32_t *seen = xcalloc(p->from->count, sizeof *seen);
	uint32_t times = p->folds ? (uint32_t)p->parts : 1;
	int result = 0;

	for (int k = 0; k < p->parts && result == 0; k++) {
		char *path = part_path(folder, k);

		result = subset_count(p->from, path, seen, e);
		free(path);
	}
	for (size_t i = 0; i < p->count && result == 0; i++)
		if (seen[p->index[i]] != times)
			result = err_set(e, "%s: '%s' is there %u times, expected %u",
			                 folder, p->from->ids[p->index[i]],
			                 seen[p->index[i]], times);
	free(seen);
	return result;
}

int parts_write(const struct parts *p, const char *folder, struct err *e)
{
	if (write_all(p, folder, e) < 0 || verify(p, folder, e) < 0 ||
	    outfile_sync_folder(folder, e) < 0)
		return -1;
	return p->stop && *p->stop ? err_set(e, "interrupted") : 0;
}

size_t *parts_count(const struct parts *p)
{
	size_t columns = (size_t)p->from->classes.count + 1;
	size_t *counts = xcalloc((size_t)p->parts * columns, sizeof *counts);

	for (size_t i = 0; i < p->count; i++) {
		size_t *row = counts + p->part[i] * columns;

		row[0]++;
		row[1 + p->from->labels[p->index[i]]]++;
	}
	return counts;
}
