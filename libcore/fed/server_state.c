/* A server optimiser's memory on disk; see server_state.h. */
#include "fed/server_state.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/outfile.h"
#include "format/npz.h"
#include "model/facts.h"

enum { NAME_BYTES = 16 };

static const char *array_name(char name[NAME_BYTES], char which, int k)
{
	snprintf(name, NAME_BYTES, "%c%d", which, k);
	return name;
}

/* ---- reading ---- */

/* Array K of M or V into TO: finite, and of V none below 0. */
static int read_array(struct npz *z, const struct net *net, char which, int k, float *to,
                      struct err *e)
{
	size_t count = net_count(net, (enum net_array)k);
	struct npy a = {0};
	char name[NAME_BYTES];
	int result = -1;

	if (npz_read(z, array_name(name, which, k), &a, npz_limit(count), 0, e) < 0)
		return err_in(e, name);
	if (!npy_is_f4(&a) || npy_count(&a) != count)
		err_set(e, "is no <f4 of %zu numbers", count);
	else
		result = npy_to_f4(&a, to, e);
	npy_release(&a);
	for (size_t i = 0; i < count && result == 0; i++)
		if (!isfinite(to[i]) || (which == 'v' && to[i] < 0))
			result = err_set(e, "entry %zu is %g", i, to[i]);
	return result < 0 ? err_in(e, name) : 0;
}

static int check_facts(struct server_state *s, const struct json *facts, const struct serveropt *o,
                       const char *model, struct err *e)
{
	const char *rule = facts_text(facts, "server_opt"), *of = facts_text(facts, "model"),
	           *round = facts_text(facts, "round");

	if (!rule || !of)
		return err_set(e, "is not a state of a server optimiser");
	if (strcmp(rule, serveropt_name[o->rule]) != 0)
		return err_set(e, "belongs to %s, not to %s", rule, serveropt_name[o->rule]);
	if (!strcmp(of, model))
		return 0;
	err_set(e, "belongs to the model %s, the previous model is %s", of, model);
	if (!s->round || !round || strcmp(round, s->round) != 0)
		return -1;
	snprintf(s->made, sizeof s->made, "%s", of);
	return 1;
}

static int read_state(struct server_state *s, struct npz *z, const struct net *net,
                      const struct serveropt *o, const char *model, struct err *e)
{
	size_t size;
	const char *comment = npz_comment(z, &size);
	struct json *facts = json_parse(comment, size, e);
	int result = check_facts(s, facts, o, model, e);

	json_free(facts);
	for (int k = 0; k < NET_ARRAYS && result == 0; k++) {
		if (net_is_statistic(k))
			continue;
		result = read_array(z, net, 'm', k, s->m.a[k], e);
		if (result == 0)
			result = read_array(z, net, 'v', k, s->v.a[k], e);
	}
	return result;
}

static void start(struct server_state *s, const struct net *net, const struct serveropt *o)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		serveropt_start(o, s->m.a[k], s->v.a[k], net_count(net, (enum net_array)k));
}

int server_state_load(struct server_state *s, const char *path, const struct net *net,
                      const struct serveropt *o, const char *model, struct err *e)
{
	struct npz *z = NULL;
	int there = infile_exists(path, e), result = 0;

	if (there < 0)
		return -1;
	if (there) {
		z = npz_open(path, e);
		if (!z)
			return -1;
	}
	weights_init(&s->m, net);
	weights_init(&s->v, net);
	start(s, net, o);
	if (z)
		result = read_state(s, z, net, o, model, e);
	npz_close(z);
	if (result == 0)
		return 0;
	server_state_release(s);
	err_in(e, path);
	return result;
}

void server_state_release(struct server_state *s)
{
	weights_release(&s->m);
	weights_release(&s->v);
}

/* ---- writing ---- */

static int write_array(struct npz_writer *z, const struct net *net, char which, int k,
                       const float *from, struct err *e)
{
	size_t shape[4], count = net_count(net, (enum net_array)k);
	int dims = net_shape(net, (enum net_array)k, shape);
	char name[NAME_BYTES];

	array_name(name, which, k);
	return npz_writer_add(z, name, "<f4", dims, shape, from, count * sizeof *from, e);
}

static char *write_facts(const struct serveropt *o, const char *model, const char *round)
{
	struct facts f;

	facts_start(&f, "aml-fedavg");
	json_text(&f.j, "server_opt", serveropt_name[o->rule]);
	json_text(&f.j, "model", model);
	if (round)
		json_text(&f.j, "round", round);
	return facts_end(&f);
}

static int write_state(FILE *f, const struct server_state *s, const struct net *net,
                       const char *facts, struct err *e)
{
	struct npz_writer *z = npz_writer_new(f, false);

	for (int k = 0; k < NET_ARRAYS; k++) {
		if (net_is_statistic(k))
			continue;
		if (write_array(z, net, 'm', k, s->m.a[k], e) < 0 ||
		    write_array(z, net, 'v', k, s->v.a[k], e) < 0) {
			npz_writer_free(z);
			return -1;
		}
	}
	return npz_writer_end(z, facts, e);
}

int server_state_save(const struct server_state *s, const char *path, const struct net *net,
                      const struct serveropt *o, const char *model, struct err *e)
{
	struct outfile *f = outfile_open(path, e);
	char *facts;
	int result;

	if (!f)
		return -1;
	facts = write_facts(o, model, s->round);
	result = write_state(outfile_stream(f), s, net, facts, e);
	free(facts);
	if (result == 0)
		return outfile_commit(f, true, e);
	outfile_abandon(f);
	return err_in(e, path);
}
