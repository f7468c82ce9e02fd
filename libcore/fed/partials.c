/* Partial sums that are averaged together; see partials.h. */
#include "fed/partials.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "fed/fedavg.h"

/* ---- do they fit? ---- */

/* What all know of the image size; -1: two differ. */
static int join_net(struct net *net, const struct net *other, struct err *e)
{
	if (!net_equal(net, other))
		return err_set(e, "sums of another network, or of images of another size");
	if (net->size_guessed)
		*net = *other;
	return 0;
}

static int join_classes(struct classes *c, const struct classes *other, struct err *e)
{
	char *got, *want;

	if (!other->count)
		return 0;
	got = classes_codes(other);
	want = c->count ? classes_codes(c) : xstrdup(got);
	if (!c->count && classes_parse(c, got, e) < 0)
		classes_release(c);
	if (strcmp(got, want) != 0)
		err_set(e, "its classes are %.200s, those of the others %.200s", got, want);
	free(got);
	free(want);
	return classes_equal(c, other) ? 0 : -1;
}

static int check_way(const struct partial_sums *s, const struct partial_sums *own, struct err *e)
{
	if (strcmp(s->weighing, own->weighing) != 0)
		return err_set(e, "its weights are %s, those of the others %s", s->weighing,
		               own->weighing);
	if (s->pool != own->pool)
		return err_set(e, "added up for --bn %s, not %s", s->pool ? "pool" : "average",
		               own->pool ? "pool" : "average");
	if (s->clip_norm == own->clip_norm)
		return 0;
	if (s->clip_norm == 0)
		return err_set(e, "its updates are not clipped");
	return err_set(e, "its updates are clipped to %.17g, which --clip does not say",
	               s->clip_norm);
}

static int check_previous(const struct partial_sums *s, const char *previous, struct err *e)
{
	if (!previous || !s->previous[0] || !strcmp(s->previous, previous))
		return 0;
	return err_set(e, "its clients were trained from %s, not from %s", s->previous, previous);
}

static int join(struct clients *c, const struct partial_sums *s, struct partial_sums *own,
                const char *previous, struct err *e)
{
	if (!own->weighing[0])
		memcpy(own->weighing, s->weighing, sizeof own->weighing);
	if (!own->previous[0])
		memcpy(own->previous, s->previous, sizeof own->previous);
	if (check_way(s, own, e) < 0 ||
	    check_previous(s, previous ? previous : own->previous, e) < 0)
		return -1;
	if (!c->net.size)
		c->net = s->net;
	return join_net(&c->net, &s->net, e) < 0 ? -1 : join_classes(&c->classes, &s->classes, e);
}

/* ---- opening ---- */

int partials_open(struct partials *p, char *const *paths, int count, struct clients *c,
                  struct partial_sums *own, const char *previous, struct err *e)
{
	if (infile_distinct(paths, count, e) < 0)
		return -1;
	*p = (struct partials){ .path = paths };
	p->partial = xcalloc((size_t)count, sizeof *p->partial);
	for (; p->count < count; p->count++) {
		struct partial *one = &p->partial[p->count];

		if (partial_open(one, paths[p->count], e) < 0)
			return -1;
		if (join(c, &one->sums, own, previous, e) < 0) {
			partial_close(one);
			return err_in(e, infile_name(paths[p->count]));
		}
	}
	return 0;
}

void partials_release(struct partials *p)
{
	for (int i = 0; i < p->count; i++)
		partial_close(&p->partial[i]);
	free(p->partial);
	*p = (struct partials){0};
}

/* ---- all clients ---- */

struct named {
	const char *mark, *path;
	int index;                      /* in the order of the command: models first */
};

static int compare(const void *a, const void *b)
{
	const struct named *p = a, *q = b;
	int order = strcmp(p->mark, q->mark);

	return order ? order : p->index - q->index;
}

static int count_all(const struct partials *p, const struct clients *c)
{
	int count = c->count;

	for (int i = 0; i < p->count; i++)
		count += p->partial[i].sums.count;
	return count;
}

static struct named *name_all(const struct partials *p, const struct clients *c)
{
	struct named *all = xmalloc((size_t)count_all(p, c), sizeof *all);
	int n = 0;

	for (int i = 0; i < c->count; i++, n++)
		all[n] = (struct named){ c->client[i].stream.mark, c->client[i].path, n };
	for (int i = 0; i < p->count; i++)
		for (int j = 0; j < p->partial[i].sums.count; j++, n++)
			all[n] = (struct named){ p->partial[i].sums.client[j].mark, p->path[i], n };
	qsort(all, (size_t)n, sizeof *all, compare);
	return all;
}

int partials_check_distinct(const struct partials *p, const struct clients *c, struct err *e)
{
	struct named *all = name_all(p, c);
	int count = count_all(p, c), result = 0;

	for (int i = 1; i < count && result == 0; i++)
		if (!strcmp(all[i - 1].mark, all[i].mark))
			result = err_set(e, "%s: a client with the same numbers as in %s",
			                 infile_name(all[i].path), infile_name(all[i - 1].path));
	free(all);
	return result;
}

static struct partial_client client_of(const struct client *from, bool measured)
{
	struct partial_client to = {
		.examples = from->examples, .weight = from->weight, .scale = from->scale,
		.update_norm = measured ? from->update_norm : -1,
	};

	memcpy(to.digest, from->stream.digest, sizeof to.digest);
	memcpy(to.mark, from->stream.mark, sizeof to.mark);
	return to;
}

void partials_collect(struct partial_sums *s, const struct partials *p, const struct clients *c)
{
	bool measured = s->previous[0];

	s->count = 0;
	s->weight = s->part = 0;
	s->client = xmalloc((size_t)count_all(p, c), sizeof *s->client);
	for (int i = 0; i < c->count; i++)
		s->client[s->count++] = client_of(&c->client[i], measured);
	for (int i = 0; i < p->count; i++) {
		const struct partial_sums *from = &p->partial[i].sums;

		memcpy(s->client + s->count, from->client, (size_t)from->count * sizeof *s->client);
		s->count += from->count;
	}
	for (int i = 0; i < s->count; i++) {
		s->weight += s->client[i].weight;
		s->part += s->client[i].weight * s->client[i].scale;
	}
}

int64_t partials_examples(const struct partial_sums *s)
{
	int64_t sum = 0;

	for (int i = 0; i < s->count; i++) {
		if (s->client[i].examples < 0 ||
		    (double)s->client[i].examples > fedavg_most_weight)
			return -1;
		sum += s->client[i].examples;
	}
	return sum;
}
