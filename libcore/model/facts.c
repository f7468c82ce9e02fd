/* Facts about a weights file; see facts.h. */
#include "model/facts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"

enum { METADATA_LIMIT = 1 << 20 };      /* bytes of a MODEL-metadata file */
static const double MOST_EXAMPLES = 0x1p53;

/* ---- writing ---- */

void facts_start(struct facts *f, const char *tool)
{
	*f = (struct facts){0};
	json_start(&f->j, xmemstream(&f->text, &f->size), false);
	json_object(&f->j, NULL);
	json_text(&f->j, "tool", tool);
	json_text(&f->j, "version", AML_VERSION);
}

void facts_classes(struct facts *f, const struct classes *c)
{
	json_array(&f->j, "classes");
	for (int i = 0; i < c->count; i++)
		json_text(&f->j, NULL, c->entry[i].code);
	json_close_array(&f->j);
}

void facts_parents(struct facts *f, const char *const *digest, int count)
{
	json_array(&f->j, "parents");
	for (int i = 0; i < count; i++)
		json_text(&f->j, NULL, digest[i]);
	json_close_array(&f->j);
}

char *facts_end(struct facts *f)
{
	json_close_object(&f->j);
	xmemclose(f->j.f);
	return f->text;
}

/* ---- reading ---- */

const char *facts_text(const struct json *facts, const char *key)
{
	const struct json *v = json_get(facts, key);

	return v && v->type == JSON_TEXT ? v->text : NULL;
}

int64_t facts_int(const struct json *facts, const char *key)
{
	const struct json *v = json_get(facts, key);

	return v && v->type == JSON_NUMBER && v->integer ? v->whole : -1;
}

bool facts_seed(const struct json *facts, const char *key, uint64_t *seed)
{
	const struct json *v = json_get(facts, key);

	if (!v || v->type != JSON_NUMBER)
		return false;
	if (v->integer) {
		*seed = (uint64_t)v->whole;
		return v->whole >= 0;
	}
	if (!v->text || *v->text == '-')
		return false;
	errno = 0;
	*seed = strtoull(v->text, NULL, 10);
	return !errno;
}

/* The class list in LIST, if it is one of COUNT codes. */
static bool parse_classes(const struct json *list, int count, struct classes *c)
{
	char *text = xstrdup("");
	struct err e;
	bool good = list && list->type == JSON_ARRAY && list->count == (size_t)count;

	for (size_t i = 0; good && i < list->count; i++) {
		char *longer;

		good = list->items[i].type == JSON_TEXT && !strchr(list->items[i].text, ',');
		if (!good)
			break;
		longer = xasprintf("%s%s%s", text, i ? "," : "", list->items[i].text);
		free(text);
		text = longer;
	}
	good = good && classes_parse(c, text, &e) == 0;
	free(text);
	return good;
}

bool facts_class_list(const struct json *facts, int count, struct classes *c)
{
	if (parse_classes(json_get(facts, "classes"), count, c))
		return true;
	classes_default(c);
	if (c->count != count) {
		classes_release(c);
		classes_numbered(c, count);
	}
	return false;
}

int facts_check(const struct json *facts, int classes, struct err *e)
{
	const struct json *list = json_get(facts, "classes"), *size = json_get(facts, "size");
	struct classes c;

	if (size && facts_int(facts, "size") < 0)
		return err_set(e, "the size in its facts is no whole number");
	if (!list)
		return 0;
	if (!parse_classes(list, classes, &c))
		return err_set(e, "its facts do not name the %d classes that its arrays have",
		               classes);
	classes_release(&c);
	return 0;
}

/* V, also as Python writes a float, 12.0; -1: it is no whole number. */
static int64_t whole_number(const struct json *v)
{
	if (!v || v->type != JSON_NUMBER || v->number < 0 || v->number > MOST_EXAMPLES)
		return -1;
	return v->integer ? v->whole : v->number == floor(v->number) ? (int64_t)v->number : -1;
}

/* num_examples in the JSON text of the file NAME. */
static int read_metadata(const char *name, int64_t *n, struct err *e)
{
	struct infile f;
	struct json *v;
	int result;

	if (infile_open(&f, name, METADATA_LIMIT, e) < 0)
		return -1;
	v = json_parse_foreign((const char *)f.data, f.size, e);
	infile_release(&f);
	*n = whole_number(json_get(v, "num_examples"));
	result = v && *n >= 0 ? 0 : -1;
	if (v && result < 0)
		err_set(e, "num_examples is missing or no whole number");
	json_free(v);
	return result < 0 ? err_in(e, name) : 0;
}

int facts_num_examples(const struct json *facts, const char *path, int64_t *n, struct err *e)
{
	const struct json *told = json_get(facts, "num_examples");
	char *name;
	int result, there;

	if (told && (told->type != JSON_NUMBER || !told->integer))
		return err_set(e, "%s: its num_examples is no whole number",
		               infile_name(path));
	if (told) {
		*n = told->whole;
		return 0;
	}
	name = xasprintf("%s-metadata", path);
	there = result = infile_is_listed(name, e);
	if (there > 0)
		result = read_metadata(name, n, e);
	else if (there == 0)
		result = err_set(e,
		                 "%s: does not tell its num_examples, and there is no %s-metadata",
		                 path, path);
	free(name);
	return result;
}
