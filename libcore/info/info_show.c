/* What info.c found out, as tables for the eye and as JSON; see info.h. */
#include "info/info.h"

#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/table.h"
#include "model/model_file.h"

enum { TEXT_BYTES = 128 };

/* ---- pieces ---- */

static void add_printable(struct table *t, const char *text)
{
	char *copy = printable(text);

	table_add(t, "%s", copy);
	free(copy);
}

/* "<f4" */
static const char *type_text(const struct npy *a, char text[TEXT_BYTES])
{
	struct npy scalar = *a;

	scalar.dims = 0;
	scalar.fortran = false;
	npy_describe(&scalar, text, TEXT_BYTES);
	return strrchr(text, ' ') + 1;
}

/* "3 x 3 x 4 x 32" */
static const char *shape_text(const struct npy *a, char text[TEXT_BYTES])
{
	char *of;

	npy_describe(a, text, TEXT_BYTES);
	of = strstr(text, " of ");
	if (of)
		*of = '\0';
	return a->dims ? text : "()";
}

/* A fact as JSON, without quotes around text. In new memory. */
static char *fact_text(const struct json *v)
{
	return v->type == JSON_TEXT ? printable(v->text) : json_line(v);
}

static const struct json *parents(const struct info *i)
{
	const struct json *v = json_get(i->facts, "parents");

	return v && v->type == JSON_ARRAY ? v : NULL;
}

/* Facts that have a place of their own. */
static bool is_shown_apart(const char *key)
{
	return !strcmp(key, "classes") || !strcmp(key, "weights") ||
	       !strcmp(key, "parents") || !strcmp(key, "size");
}

/* ---- tables ---- */

static void print_facts(const struct info *i, struct table *t)
{
	for (size_t k = 0; i->facts && k < i->facts->count; k++) {
		const struct json *fact = &i->facts->items[k];
		char *text;

		if (i->kind == INFO_WEIGHTS && is_shown_apart(fact->key))
			continue;
		text = fact_text(fact);
		add_printable(t, fact->key);
		table_add(t, "%s", text);
		free(text);
	}
}

static void print_parents(const struct info *i, struct table *t)
{
	const struct json *v = parents(i);

	for (size_t k = 0; v && k < v->count; k++) {
		char *text = fact_text(&v->items[k]);

		table_add(t, "%s", k ? "" : "parents");
		table_add(t, "%s", text);
		free(text);
	}
}

static void print_network(const struct info *i, struct table *t)
{
	const struct net *n = &i->net;
	char *codes = classes_codes(&i->classes);

	table_add(t, "image");
	table_add(t, "%d x %d x %d%s", n->size, n->size, n->channels,
	          n->size_guessed ? ", a guess: the file does not tell the size" : "");
	table_add(t, "filters");
	table_add(t, "%d %d %d %d", n->filters[0], n->filters[1], n->filters[2],
	          n->filters[3]);
	table_add(t, "dense");
	table_add(t, "%d", n->dense);
	table_add(t, "classes");
	table_add(t, "%d, %s", n->classes,
	          i->classes_known ? codes : "which the file does not name");
	table_add(t, "digest");
	table_add(t, "%s%s", i->digest,
	          i->trouble ? ", not the one in the facts: altered" : "");
	free(codes);
}

static void add_range(struct table *t, const struct info_array *a)
{
	if (a->numbers) {
		table_add(t, "%.6g", a->min);
		table_add(t, "%.6g", a->max);
		table_add(t, "%.6g", a->mean);
	} else {
		for (int k = 0; k < 3; k++)
			table_add(t, "%s", "");
	}
}

static const char *name_of(const struct info_array *a)
{
	return info_array_name((enum net_array)model_file_index(a->key));
}

static void print_arrays(const struct info *i, FILE *f)
{
	static const char *const headings[] = { "key",     "array", "shape", "type",
		                                "packing", "min",   "max",   "mean" };
	struct table t;

	table_init(&t, "llrllrrr");
	for (size_t k = 0; k < sizeof headings / sizeof *headings; k++)
		table_add(&t, "%s", headings[k]);
	for (size_t k = 0; k < i->arrays; k++) {
		const struct info_array *a = &i->array[k];
		char text[TEXT_BYTES];

		add_printable(&t, a->key);
		table_add(&t, "%s",
		          i->kind == INFO_WEIGHTS
		                  ? name_of(a)
		                  : "");
		table_add(&t, "%s", shape_text(&a->form, text));
		table_add(&t, "%s%s", type_text(&a->form, text),
		          a->form.fortran ? " Fortran" : "");
		table_add(&t, "%s", a->stored ? "stored" : "deflated");
		add_range(&t, a);
	}
	table_write(&t, f);
	table_release(&t);
}

static void print_archive(const struct info *i, FILE *f)
{
	struct table t;

	if (i->kind == INFO_WEIGHTS)
		fprintf(f, "weights, %zu numbers in %zu arrays\n\n", net_total(&i->net),
		        i->arrays);
	else if (i->kind == INFO_DIFFERENCE)
		fprintf(f, "weights as a difference from a parent, %zu arrays\n\n",
		        i->arrays);
	else
		fprintf(f, "archive of %zu arrays\n\n", i->arrays);
	table_init(&t, "ll");
	if (i->kind == INFO_WEIGHTS) {
		print_network(i, &t);
		print_parents(i, &t);
	}
	print_facts(i, &t);
	if (t.count) {
		table_write(&t, f);
		putc('\n', f);
	}
	table_release(&t);
	print_arrays(i, f);
}

static size_t count_part(const struct dataset *d, int class, enum dataset_part part)
{
	size_t n = 0;

	for (size_t k = 0; k < d->count; k++)
		n += (class < 0 || d->labels[k] == class) &&
		     (!d->has_split || d->part[k] == part);
	return d->has_split ? n : 0;
}

static size_t count_class(const struct dataset *d, int class)
{
	size_t n = 0;

	for (size_t k = 0; k < d->count; k++)
		n += d->labels[k] == class;
	return n;
}

static void print_classes(const struct dataset *d, FILE *f)
{
	struct table t;

	table_init(&t, d->has_split ? "rllrrr" : "rllr");
	table_add(&t, "index");
	table_add(&t, "code");
	table_add(&t, "name");
	table_add(&t, "images");
	if (d->has_split) {
		table_add(&t, "training");
		table_add(&t, "validation");
	}
	for (int c = 0; c < d->classes.count; c++) {
		table_add(&t, "%d", c);
		table_add(&t, "%s", d->classes.entry[c].code);
		table_add(&t, "%s", d->classes.entry[c].name);
		table_add(&t, "%zu", count_class(d, c));
		if (d->has_split) {
			table_add(&t, "%zu", count_part(d, c, DATASET_TRAIN));
			table_add(&t, "%zu", count_part(d, c, DATASET_VALID));
		}
	}
	table_write(&t, f);
	table_release(&t);
}

static void print_dataset(const struct info *i, FILE *f)
{
	const struct dataset *d = &i->dataset;
	struct table t;

	fprintf(f, "dataset, %zu images\n\n", d->count);
	table_init(&t, "ll");
	table_add(&t, "form");
	table_add(&t, "%s", d->packed ? "packed" : "a file for each image");
	table_add(&t, "image");
	table_add(&t, "%d x %d x %d", d->height, d->width, d->channels);
	table_add(&t, "type");
	table_add(&t, "%s", d->bytes ? "|u1" : "<f4");
	table_add(&t, "split");
	if (d->has_split)
		table_add(&t, "%zu training, %zu validation, %zu neither",
		          count_part(d, -1, DATASET_TRAIN),
		          count_part(d, -1, DATASET_VALID),
		          count_part(d, -1, DATASET_NEITHER));
	else
		table_add(&t, "none, a seed draws it");
	if (i->unlabelled) {
		table_add(&t, "others");
		table_add(&t, "%zu without a label, which are not used", i->unlabelled);
	}
	table_add(&t, "digest");
	table_add(&t, "%s", d->digest);
	table_write(&t, f);
	table_release(&t);
	putc('\n', f);
	print_classes(d, f);
}

static void print_labels(const struct info *i, FILE *f)
{
	struct table t;

	fprintf(f, "labels of %zu images\n\n", i->count);
	table_init(&t, "rr");
	table_add(&t, "index");
	table_add(&t, "images");
	for (size_t k = 0; k < i->labels; k++) {
		table_add(&t, "%lld", i->label[k].label);
		table_add(&t, "%zu", i->label[k].images);
	}
	table_write(&t, f);
	table_release(&t);
}

static void print_array(const struct info *i, FILE *f)
{
	const struct info_array *a = i->array;
	char text[TEXT_BYTES];

	fprintf(f, "array, %s", npy_describe(&a->form, text, sizeof text));
	if (a->numbers)
		fprintf(f, ", min %.6g, max %.6g, mean %.6g", a->min, a->max, a->mean);
	putc('\n', f);
}

void info_print(const struct info *i, FILE *f)
{
	char *name = printable(i->name);

	fprintf(f, "%s: ", name);
	free(name);
	switch (i->kind) {
	case INFO_WEIGHTS:
	case INFO_DIFFERENCE:
	case INFO_ARCHIVE:
		print_archive(i, f);
		break;
	case INFO_DATASET:
		print_dataset(i, f);
		break;
	case INFO_LABELS:
		print_labels(i, f);
		break;
	case INFO_IDS:
		fprintf(f, "list of %zu ids\n", i->count);
		break;
	case INFO_ARRAY:
		print_array(i, f);
		break;
	}
}

/* ---- JSON ---- */

static void json_array_info(const struct info *i, const struct info_array *a,
                            struct json_writer *j)
{
	char text[TEXT_BYTES];

	json_array(j, "shape");
	for (int k = 0; k < a->form.dims; k++)
		json_int(j, NULL, (int64_t)a->form.shape[k]);
	json_close_array(j);
	json_text(j, "type", type_text(&a->form, text));
	json_bool(j, "fortran", a->form.fortran);
	if (i->kind <= INFO_ARCHIVE)
		json_bool(j, "stored", a->stored);
	if (!a->numbers)
		return;
	json_float(j, "min", (float)a->min);
	json_float(j, "max", (float)a->max);
	json_number(j, "mean", a->mean);
}

static void json_arrays(const struct info *i, struct json_writer *j)
{
	json_array(j, "arrays");
	for (size_t k = 0; k < i->arrays; k++) {
		json_object(j, NULL);
		json_text(j, "key", i->array[k].key);
		if (i->kind == INFO_WEIGHTS)
			json_text(j, "name", name_of(&i->array[k]));
		json_array_info(i, &i->array[k], j);
		json_close_object(j);
	}
	json_close_array(j);
}

static void json_network(const struct info *i, struct json_writer *j)
{
	json_int(j, "size", i->net.size);
	json_bool(j, "size_known", !i->net.size_guessed);
	json_int(j, "channels", i->net.channels);
	json_array(j, "filters");
	for (int k = 0; k < 4; k++)
		json_int(j, NULL, i->net.filters[k]);
	json_close_array(j);
	json_int(j, "dense", i->net.dense);
	json_array(j, "classes");
	for (int c = 0; c < i->classes.count; c++)
		json_text(j, NULL, i->classes.entry[c].code);
	json_close_array(j);
	json_bool(j, "classes_known", i->classes_known);
	json_int(j, "parameters", (int64_t)net_total(&i->net));
	json_text(j, "digest", i->digest);
}

static void json_split(const struct dataset *d, struct json_writer *j)
{
	if (!d->has_split) {
		json_null(j, "split");
		return;
	}
	json_object(j, "split");
	json_int(j, "training", (int64_t)count_part(d, -1, DATASET_TRAIN));
	json_int(j, "validation", (int64_t)count_part(d, -1, DATASET_VALID));
	json_int(j, "neither", (int64_t)count_part(d, -1, DATASET_NEITHER));
	json_close_object(j);
}

static void json_dataset(const struct info *i, struct json_writer *j)
{
	const struct dataset *d = &i->dataset;

	json_int(j, "images", (int64_t)d->count);
	json_int(j, "unlabelled", (int64_t)i->unlabelled);
	json_text(j, "form", d->packed ? "packed" : "singlets");
	json_array(j, "shape");
	json_int(j, NULL, d->height);
	json_int(j, NULL, d->width);
	json_int(j, NULL, d->channels);
	json_close_array(j);
	json_text(j, "type", d->bytes ? "|u1" : "<f4");
	json_split(d, j);
	json_text(j, "digest", d->digest);
	json_array(j, "classes");
	for (int c = 0; c < d->classes.count; c++) {
		json_object(j, NULL);
		json_int(j, "index", c);
		json_text(j, "code", d->classes.entry[c].code);
		json_text(j, "name", d->classes.entry[c].name);
		json_int(j, "images", (int64_t)count_class(d, c));
		if (d->has_split) {
			json_int(j, "training", (int64_t)count_part(d, c, DATASET_TRAIN));
			json_int(j, "validation",
			         (int64_t)count_part(d, c, DATASET_VALID));
		}
		json_close_object(j);
	}
	json_close_array(j);
}

static void json_labels(const struct info *i, struct json_writer *j)
{
	json_array(j, "labels");
	for (size_t k = 0; k < i->labels; k++) {
		json_object(j, NULL);
		json_int(j, "index", i->label[k].label);
		json_int(j, "images", (int64_t)i->label[k].images);
		json_close_object(j);
	}
	json_close_array(j);
}

void info_json(const struct info *i, struct json_writer *j)
{
	static const char *const kinds[] = { "weights", "difference", "archive", "array",
		                             "labels",  "ids",        "dataset" };

	json_object(j, NULL);
	json_text(j, "file", i->name);
	json_text(j, "kind", kinds[i->kind]);
	if (i->kind == INFO_WEIGHTS)
		json_network(i, j);
	if (i->trouble)
		json_text(j, "trouble", i->trouble);
	if (i->facts)
		json_value(j, "facts", i->facts);
	if (i->kind <= INFO_ARCHIVE)
		json_arrays(i, j);
	else if (i->kind == INFO_DATASET)
		json_dataset(i, j);
	else
		json_array_info(i, i->array, j);
	if (i->kind == INFO_LABELS || i->kind == INFO_IDS)
		json_int(j, "count", (int64_t)i->count);
	if (i->kind == INFO_LABELS)
		json_labels(i, j);
	json_close_object(j);
}
