/* Facts about a weights file; see facts.h. */
#include "model/facts.h"

#include "base/mem.h"

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
