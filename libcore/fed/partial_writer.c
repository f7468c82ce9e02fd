/* Partial sums to a file; see partial.h. */
#include "fed/partial.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "model/facts.h"
#include "model/parents.h"

enum { NAME_BYTES = 16, COLUMNS = 4, MARK_BYTES = SHA256_HEX - 1 };

struct partial_writer {
	char *path;
	struct net net;
	struct outfile *out;
	FILE *memory;                   /* where OUT is seen by others: all of it until the end */
	char *text;
	size_t size;
	struct npz_writer *archive;
	/* the array that is being put: */
	int k;
	size_t at;
	int terms;
	double *term[EXACT_TERMS];
};

struct partial_writer *partial_writer_open(const char *path, const struct net *net, struct err *e)
{
	struct outfile *out = outfile_open(path, e);
	struct partial_writer *w;

	if (!out)
		return NULL;
	w = xmalloc(1, sizeof *w);
	*w = (struct partial_writer){ .path = xstrdup(path), .net = *net, .out = out };
	if (!outfile_is_hidden(out))
		w->memory = xmemstream(&w->text, &w->size);
	w->archive = npz_writer_new(w->memory ? w->memory : outfile_stream(out), false);
	return w;
}

static void end_memory(struct partial_writer *w)
{
	if (w->memory)
		xmemclose(w->memory);
	w->memory = NULL;
}

static void forget(struct partial_writer *w)
{
	end_memory(w);
	for (int j = 0; j < EXACT_TERMS; j++)
		free(w->term[j]);
	free(w->text);
	free(w->path);
	free(w);
}

void partial_writer_abandon(struct partial_writer *w)
{
	if (!w)
		return;
	npz_writer_free(w->archive);
	outfile_abandon(w->out);
	forget(w);
}

/* ---- arrays ---- */

/* Room for COUNT numbers of one more term, all -0. */
static void add_term(struct partial_writer *w, size_t count)
{
	double *term = xmalloc(count, sizeof *term);

	for (size_t i = 0; i < count; i++)
		term[i] = -0.0;
	w->term[w->terms++] = term;
}

static int end_array(struct partial_writer *w, size_t count, struct err *e)
{
	size_t shape[4];
	int dims = net_shape(&w->net, (enum net_array)w->k, shape), result = 0;
	char name[NAME_BYTES];

	for (int j = 0; j < w->terms; j++) {
		snprintf(name, sizeof name, "%d.s%d", w->k, j);
		if (result == 0)
			result = npz_writer_add(w->archive, name, "<f8", dims, shape, w->term[j],
			                        count * sizeof(double), e);
		free(w->term[j]);
		w->term[j] = NULL;
	}
	w->terms = 0;
	w->at = 0;
	w->k++;
	return result < 0 ? err_in(e, outfile_name(w->path)) : 0;
}

int partial_writer_put(struct partial_writer *w, int k, double *const *term, int terms,
                       size_t count, struct err *e)
{
	size_t all = net_count(&w->net, (enum net_array)k);

	assert(k == w->k && terms <= EXACT_TERMS && count <= all - w->at);
	while (w->terms < terms)
		add_term(w, all);
	for (int j = 0; j < terms; j++)
		memcpy(w->term[j] + w->at, term[j], count * sizeof **term);
	w->at += count;
	return w->at == all ? end_array(w, all, e) : 0;
}

/* ---- what they are ---- */

static int compare(const void *a, const void *b)
{
	const struct partial_client *p = a, *q = b;

	return strcmp(p->digest, q->digest);
}

static void write_net(struct json_writer *j, const struct net *net)
{
	json_array(j, "net");
	json_int(j, NULL, net->size_guessed ? 0 : net->size);
	json_int(j, NULL, net->size);
	json_int(j, NULL, net->channels);
	for (int i = 0; i < 4; i++)
		json_int(j, NULL, net->filters[i]);
	json_int(j, NULL, net->dense);
	json_int(j, NULL, net->classes);
	json_close_array(j);
}

static void write_parents(struct facts *f, const struct partial_sums *s)
{
	const char **parents = xmalloc((size_t)s->count, sizeof *parents);

	for (int i = 0; i < s->count; i++)
		parents[i] = s->client[i].digest;
	facts_parents(f, parents, s->count);
	free(parents);
}

static char *write_facts(const struct partial_sums *s)
{
	struct facts f;

	facts_start(&f, "aml-fedavg");
	json_text(&f.j, "method", "mean");
	json_text(&f.j, "weighing", s->weighing);
	json_text(&f.j, "bn", s->pool ? "pool" : "average");
	if (s->clip_norm > 0)
		json_number(&f.j, "clip_norm", s->clip_norm);
	if (s->classes.count)
		facts_classes(&f, &s->classes);
	json_object(&f.j, "partial");
	write_net(&f.j, &s->net);
	json_int(&f.j, "clients", s->count);
	json_number(&f.j, "weight", s->weight);
	json_number(&f.j, "part", s->part);
	if (s->previous[0])
		json_text(&f.j, "previous", s->previous);
	json_close_object(&f.j);
	write_parents(&f, s);
	return facts_end(&f);
}

static int write_clients(struct npz_writer *z, const struct partial_sums *s, struct err *e)
{
	size_t count = (size_t)s->count;
	const size_t shape[] = { count, COLUMNS }, marks[] = { count, MARK_BYTES };
	double (*row)[COLUMNS] = xmalloc(count, sizeof *row);
	char (*mark)[MARK_BYTES] = xmalloc(count, sizeof *mark);
	int result;

	for (size_t i = 0; i < count; i++) {
		const struct partial_client *one = &s->client[i];

		row[i][0] = (double)one->examples;
		row[i][1] = one->weight;
		row[i][2] = one->update_norm;
		row[i][3] = one->scale;
		memcpy(mark[i], one->mark, sizeof *mark);
	}
	result = npz_writer_add(z, "clients", "<f8", 2, shape, row, count * sizeof *row, e);
	if (result == 0)
		result = npz_writer_add(z, "marks", "|u1", 2, marks, mark, count * sizeof *mark, e);
	free(row);
	free(mark);
	return result;
}

static int end_archive(struct partial_writer *w, const struct partial_sums *s, struct err *e)
{
	char *facts;
	int result;

	if (write_clients(w->archive, s, e) < 0)
		return -1;
	facts = write_facts(s);
	result = parents_end_archive(w->archive, facts, e);
	w->archive = NULL;
	free(facts);
	if (result < 0 || !w->memory)
		return result;
	end_memory(w);
	fwrite(w->text, 1, w->size, outfile_stream(w->out));    /* outfile_commit sees errors */
	return 0;
}

int partial_writer_end(struct partial_writer *w, struct partial_sums *s, struct err *e)
{
	int result;

	qsort(s->client, (size_t)s->count, sizeof *s->client, compare);
	if (end_archive(w, s, e) < 0) {
		err_in(e, outfile_name(w->path));
		partial_writer_abandon(w);
		return -1;
	}
	result = outfile_commit(w->out, true, e);
	forget(w);
	return result;
}
