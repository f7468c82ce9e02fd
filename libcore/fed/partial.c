/* Partial sums from a file; see partial.h, and partial_writer.c for how they come there. */
#include "fed/partial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "model/facts.h"
#include "model/model_file.h"
#include "fed/clip.h"
#include "fed/sums.h"

enum { NAME_BYTES = 16, COLUMNS = 4, MARK_BYTES = SHA256_HEX - 1, NET_NUMBERS = 9 };
static const double STEP = 0x1p-20;     /* scales are multiples of it */

void partial_sums_release(struct partial_sums *s)
{
	classes_release(&s->classes);
	free(s->client);
	*s = (struct partial_sums){0};
}

static const char *array_name(char name[NAME_BYTES], int k, int j)
{
	snprintf(name, NAME_BYTES, "%d.s%d", k, j);
	return name;
}

static bool has(const struct npz *z, const char *name)
{
	for (size_t i = 0; i < npz_count(z); i++)
		if (!strcmp(npz_name(z, i), name))
			return true;
	return false;
}

bool partial_is(const char *path)
{
	struct err e;
	struct npz *z = infile_is_stdin(path) ? NULL : npz_open(path, &e);
	bool is = z && model_file_is_partial(z);

	npz_close(z);
	return is;
}

/* ---- the comment ---- */

static int read_net(struct net *net, const struct json *list, struct err *e)
{
	int64_t n[NET_NUMBERS];
	int filters[4];

	if (!list || list->type != JSON_ARRAY || list->count != NET_NUMBERS)
		return err_set(e, "its facts do not describe a network");
	for (int i = 0; i < NET_NUMBERS; i++) {
		const struct json *item = &list->items[i];

		n[i] = item->type == JSON_NUMBER && item->integer ? item->whole : -1;
		if (n[i] < 0 || n[i] > 1 << 30)
			return err_set(e, "its facts do not describe a network");
	}
	for (int i = 0; i < 4; i++)
		filters[i] = (int)n[3 + i];
	if (net_init(net, (int)n[1], (int)n[2], filters, (int)n[7], (int)n[8], e) < 0)
		return -1;
	net->size_guessed = n[0] == 0;
	return 0;
}

/* Number KEY of FACTS; -1: none. */
static double number(const struct json *facts, const char *key)
{
	const struct json *v = json_get(facts, key);

	return v && v->type == JSON_NUMBER && isfinite(v->number) ? v->number : -1;
}

static bool copy_text(char *to, size_t size, const char *text)
{
	return text && snprintf(to, size, "%s", text) < (int)size;
}

static int read_facts(struct partial_sums *s, const struct json *facts, struct err *e)
{
	const struct json *own = json_get(facts, "partial");
	const char *bn = facts_text(facts, "bn"), *previous = facts_text(own, "previous");

	if (read_net(&s->net, json_get(own, "net"), e) < 0 ||
	    facts_check(facts, s->net.classes, e) < 0)
		return -1;
	s->pool = bn && !strcmp(bn, "pool");
	s->clip_norm = json_get(facts, "clip_norm") ? number(facts, "clip_norm") : 0;
	s->weight = number(own, "weight");
	s->part = number(own, "part");
	if (!bn || !copy_text(s->weighing, sizeof s->weighing, facts_text(facts, "weighing")) ||
	    (previous && !copy_text(s->previous, sizeof s->previous, previous)) ||
	    s->clip_norm < 0 || s->weight < 1 || s->weight > clip_most_weight)
		return err_set(e, "its facts do not tell how it was added up");
	if (!facts_class_list(facts, s->net.classes, &s->classes))
		classes_release(&s->classes);
	return 0;
}

/* ---- the clients ---- */

static int read_table(struct npz *z, const char *name, struct npy *a, char kind, int bytes,
                      size_t rows, size_t columns, struct err *e)
{
	if (npz_read(z, name, a, npz_limit(rows * columns), 0, e) < 0)
		return err_in(e, name);
	if (a->kind == kind && a->item_bytes == bytes && !a->big_endian && !a->fortran &&
	    a->dims == 2 && a->shape[0] == rows && a->shape[1] == columns)
		return 0;
	return err_set(e, "%s: is no table of %zu x %zu", name, rows, columns);
}

static bool is_count(double x)
{
	return x == -1 || (x >= 0 && x <= 0x1p53 && x == floor(x));
}

static bool is_client(const struct partial_client *one)
{
	return one->weight >= 1 && one->weight <= clip_most_weight &&
	       one->weight == floor(one->weight) && one->scale >= 0 && one->scale <= 1 &&
	       fmod(one->scale, STEP) == 0 && (one->update_norm >= 0 || one->update_norm == -1) &&
	       isfinite(one->update_norm);
}

static int take_client(struct partial_client *to, const double row[COLUMNS], const char *mark,
                       const struct json *digest)
{
	if (!is_count(row[0]) || digest->type != JSON_TEXT ||
	    !copy_text(to->digest, sizeof to->digest, digest->text))
		return -1;
	to->examples = (int64_t)row[0];
	to->weight = row[1];
	to->update_norm = row[2];
	to->scale = row[3];
	memcpy(to->mark, mark, MARK_BYTES);
	return is_client(to) ? 0 : -1;
}

/* What they count must add up to what the sums count. */
static int take_clients(struct partial_sums *s, const struct npy *rows, const struct npy *marks,
                        const struct json *parents, struct err *e)
{
	double weight = 0, part = 0, row[COLUMNS];

	for (int i = 0; i < s->count; i++) {
		memcpy(row, (const char *)rows->data + (size_t)i * sizeof row, sizeof row);
		if (take_client(&s->client[i], row, (const char *)marks->data + i * MARK_BYTES,
		                &parents->items[i]) < 0)
			return err_set(e, "clients: row %d is no client", i);
		weight += row[1];
		part += row[1] * row[3];
	}
	if (weight == s->weight && part == s->part && (s->clip_norm > 0 || part == weight))
		return 0;
	return err_set(e, "clients: count %.17g and %.17g, its facts tell %.17g and %.17g", weight,
	               part, s->weight, s->part);
}

static int read_clients(struct partial *p, struct err *e)
{
	const struct json *parents = json_get(p->facts, "parents");
	struct partial_sums *s = &p->sums;
	struct npy rows = {0}, marks = {0};
	int64_t count = facts_int(json_get(p->facts, "partial"), "clients");
	int result = -1;

	if (count < 1 || !parents || parents->type != JSON_ARRAY ||
	    parents->count != (size_t)count || count > 1 << 24)
		return err_set(e, "its facts do not name its clients");
	if (read_table(p->archive, "clients", &rows, 'f', 8, (size_t)count, COLUMNS, e) == 0 &&
	    read_table(p->archive, "marks", &marks, 'u', 1, (size_t)count, MARK_BYTES, e) == 0) {
		s->count = (int)count;
		s->client = xcalloc((size_t)count, sizeof *s->client);
		result = take_clients(s, &rows, &marks, parents, e);
	}
	npy_release(&rows);
	npy_release(&marks);
	return result;
}

/* ---- the arrays ---- */

static int find_terms(struct partial *p, struct err *e)
{
	size_t members = 2;
	char name[NAME_BYTES];

	for (int k = 0; k < NET_ARRAYS; k++) {
		while (p->terms[k] < EXACT_TERMS &&
		       has(p->archive, array_name(name, k, p->terms[k])))
			p->terms[k]++;
		if (!p->terms[k])
			return err_set(e, "%s is missing", array_name(name, k, 0));
		members += (size_t)p->terms[k];
	}
	if (npz_count(p->archive) != members)
		return err_set(e, "holds %zu arrays, expected %zu", npz_count(p->archive), members);
	return 0;
}

static int read_all(struct partial *p, struct err *e)
{
	if (model_file_facts(&p->facts, p->archive, e) < 0)
		return -1;
	if (!p->facts)
		return err_set(e, "partial sums without facts");
	if (read_facts(&p->sums, p->facts, e) < 0 || read_clients(p, e) < 0)
		return -1;
	return find_terms(p, e);
}

int partial_open(struct partial *p, const char *path, struct err *e)
{
	*p = (struct partial){ .archive = npz_open(path, e), .k = NET_ARRAYS };
	if (!p->archive)
		return -1;
	if (read_all(p, e) == 0)
		return 0;
	partial_close(p);
	return err_in(e, infile_name(path));
}

static void end_array(struct partial *p)
{
	for (int j = 0; j < EXACT_TERMS; j++) {
		npz_stream_free(p->stream[j]);
		p->stream[j] = NULL;
	}
}

void partial_close(struct partial *p)
{
	end_array(p);
	json_free(p->facts);
	npz_close(p->archive);
	partial_sums_release(&p->sums);
	*p = (struct partial){ .k = NET_ARRAYS };
}

static bool has_form(const struct npy *a, const struct net *net, int k)
{
	size_t shape[4];
	int dims = net_shape(net, (enum net_array)k, shape);

	return a->kind == 'f' && a->item_bytes == 8 && !a->big_endian &&
	       (!a->fortran || dims == 1) && a->dims == dims &&
	       !memcmp(a->shape, shape, (size_t)dims * sizeof *shape);
}

int partial_array(struct partial *p, int k, struct err *e)
{
	char name[NAME_BYTES];

	end_array(p);
	p->k = k;
	p->at = 0;
	for (int j = 0; j < p->terms[k]; j++) {
		struct npy header;

		p->stream[j] = npz_stream_open(p->archive, array_name(name, k, j), &header, e);
		if (!p->stream[j])
			return err_in(e, name);
		if (!has_form(&header, &p->sums.net, k))
			return err_set(e, "%s is no <f8 of the shape of array %d", name, k);
	}
	return 0;
}

int partial_next(struct partial *p, size_t count, struct err *e)
{
	char name[NAME_BYTES];

	for (int j = 0; j < p->terms[p->k]; j++) {
		const double_any *x = npz_stream_next(p->stream[j], count * sizeof *x, e);

		if (!x)
			return err_in(e, array_name(name, p->k, j));
		for (size_t i = 0; i < count; i++)
			if (!sums_holds(x[i]))
				return err_set(e, "%s: entry %zu is %g",
				               array_name(name, p->k, j), p->at + i, x[i]);
		p->block[j] = x;
	}
	p->at += count;
	return 0;
}
