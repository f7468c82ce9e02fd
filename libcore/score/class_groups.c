/* Groups of classes; see class_groups.h. */
#include "score/class_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/tsv.h"

/* Anything but control characters. */
static bool is_line(const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < size; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == '\x7f')
			return false;
	return size > 0 && size < CLASS_GROUPS_NAME_BYTES;
}

static int check_name(const struct class_groups *g, const char *name, struct err *e)
{
	if (!is_line(name))
		return err_set(e, "the group needs a name, on one line and of at most %d bytes",
		               CLASS_GROUPS_NAME_BYTES - 1);
	if (g->count == CLASS_GROUPS_MAX)
		return err_set(e, "more than %d groups", CLASS_GROUPS_MAX);
	if (class_groups_find(g, name) >= 0)
		return err_set(e, "the group '%s' is given twice", name);
	return 0;
}

static int add_member(struct class_group *group, const struct classes *c, const char *code,
                      struct err *e)
{
	int i = classes_find(c, code);

	if (i < 0)
		return err_set(e, "group '%s': no class '%s'", group->name, code);
	if (group->member[i])
		return err_set(e, "group '%s': class '%s' is given twice", group->name, code);
	group->member[i] = true;
	return 0;
}

/* LIST is taken apart. */
static int add_members(struct class_group *group, const struct classes *c, char *list,
                       struct err *e)
{
	int members = 0;

	for (char *code; (code = strsep(&list, ",")); members++)
		if (add_member(group, c, code, e) < 0)
			return -1;
	if (members == c->count)
		return err_set(e, "group '%s' has all classes: nothing is left to tell it from",
		               group->name);
	return 0;
}

int class_groups_put(struct class_groups *g, const char *name, char *list,
                     const struct classes *c, struct err *e)
{
	struct class_group *group;

	if (check_name(g, name, e) < 0)
		return -1;
	g->each = xrealloc(g->each, g->count + 1, sizeof *g->each);
	group = &g->each[g->count++];
	*group = (struct class_group){ .name = xstrdup(name) };
	return add_members(group, c, list, e);
}

int class_groups_add(struct class_groups *g, const char *text, const struct classes *c,
                     struct err *e)
{
	char *name = xstrdup(text), *equals = strchr(name, '=');
	int result;

	if (equals) {
		*equals = '\0';
		result = class_groups_put(g, name, equals + 1, c, e);
	} else {
		result = err_set(e, "'%s' is not NAME=CODE,...", text);
	}
	free(name);
	return result;
}

static int read_rows(struct class_groups *g, struct tsv *t, const struct classes *c, struct err *e)
{
	static const char *const heading[] = { "group", "classes" };
	int got;

	if (tsv_heading(t, heading, 2, e) < 0)
		return -1;
	while ((got = tsv_next(t, e)) > 0) {
		if (tsv_is_blank(t))
			continue;
		if (t->count != 2)
			err_set(e, "%d columns, expected 2", t->count);
		if (t->count != 2 || class_groups_put(g, t->field[0], t->field[1], c, e) < 0)
			return tsv_in(t, e);
	}
	return got;
}

int class_groups_load(struct class_groups *g, const char *tsv_path, const struct classes *c,
                      struct err *e)
{
	struct tsv *t = tsv_open(tsv_path, e);
	int result = t ? read_rows(g, t, c, e) : -1;

	tsv_close(t);
	return result;
}

int class_groups_gather(struct class_groups *g, const char *const *text, int count,
                        const char *tsv_path, const struct classes *c, struct err *e)
{
	for (int i = 0; i < count; i++)
		if (class_groups_add(g, text[i], c, e) < 0)
			return -1;
	return tsv_path ? class_groups_load(g, tsv_path, c, e) : 0;
}

void class_groups_release(struct class_groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->each[i].name);
	free(g->each);
	*g = (struct class_groups){0};
}

void class_groups_copy(struct class_groups *to, const struct class_groups *from)
{
	to->count = from->count;
	to->each = xmalloc(from->count, sizeof *to->each);
	for (size_t i = 0; i < from->count; i++) {
		to->each[i] = from->each[i];
		to->each[i].name = xstrdup(from->each[i].name);
	}
}

static bool is_same(const struct class_group *a, const struct class_group *b)
{
	return !strcmp(a->name, b->name) && !memcmp(a->member, b->member, sizeof a->member);
}

int class_groups_find(const struct class_groups *g, const char *name)
{
	for (size_t i = 0; i < g->count; i++)
		if (!strcmp(g->each[i].name, name))
			return (int)i;
	return -1;
}

int class_groups_include(const struct class_groups *have, const struct class_groups *want,
                         struct err *e)
{
	for (size_t i = 0; i < want->count; i++) {
		const struct class_group *group = &want->each[i];
		int k = class_groups_find(have, group->name);

		if (k < 0)
			return err_set(e, "has no group '%s'", group->name);
		if (memcmp(have->each[k].member, group->member, sizeof group->member) != 0)
			return err_set(e, "its group '%s' has other classes", group->name);
	}
	return 0;
}

int class_groups_expect(const struct class_groups *want, const struct class_groups *got,
                        struct err *e)
{
	if (want->count != got->count)
		return err_set(e, "has %zu groups, expected %zu", got->count, want->count);
	for (size_t i = 0; i < want->count; i++)
		if (!is_same(&want->each[i], &got->each[i]))
			return err_set(e, "its group '%s' is not the group '%s' of the others",
			               got->each[i].name, want->each[i].name);
	return 0;
}

void class_groups_members(const struct class_groups *g, int classes, size_t i, bool *member)
{
	for (int k = 0; k < CLASSES_MAX; k++)
		member[k] = i < (size_t)classes ? (size_t)k == i
		                                : g->each[i - (size_t)classes].member[k];
}

double class_groups_sum(const struct class_group *g, const struct classes *c, const double *p)
{
	double sum = 0;

	for (int i = 0; i < c->count; i++)
		if (g->member[i])
			sum += p[i];
	return sum;
}
