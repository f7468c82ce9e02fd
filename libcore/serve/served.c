/* The models of the service; see served.h. */
#include "serve/served.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/operand.h"
#include "base/printable.h"
#include "fused/engine_pick.h"
#include "model/digest.h"
#include "model/facts.h"

/* A cell has 400 x 400, a camera's picture of a slide less than this. */
enum { PIXELS_MAX = 1 << 25 };

static int check_name(const struct served_list *l, const char *name, struct err *e)
{
	if (!printable_is_word(name))
		return err_set(e, "'%s' is no name for a URL (letters, digits, '.', '_', '-'); "
		                  "give NAME=MODEL", name);
	if (served_find(l, name, strlen(name)))
		return err_set(e, "two models are called '%s'; give NAME=MODEL", name);
	return 0;
}

/* "cells" of "there/cells.npz". */
static char *name_of(const char *operand, const char **path)
{
	char *label = operand_label(operand, ".npz", path);
	char *slash = *path == operand ? strrchr(label, '/') : NULL;

	if (slash)
		memmove(label, slash + 1, strlen(slash + 1) + 1);
	return label;
}

static void name_numbers(struct served *s, enum served_checks checks)
{
	const struct model *m = predict_model(s->predict);
	const char *told = facts_text(m->facts, "weights");

	if (checks == SERVED_QUICK && told && strlen(told) == SHA256_HEX - 1)
		memcpy(s->digest, told, SHA256_HEX);
	else
		digest_numbers(&m->net, m->w, s->digest);
}

static int load_one(struct served_list *l, const char *operand, enum served_checks checks,
                    struct err *e)
{
	struct served *s = &l->each[l->count];
	const char *path;
	char *name = name_of(operand, &path);

	if (check_name(l, name, e) < 0) {
		free(name);
		return -1;
	}
	s->predict = checks == SERVED_QUICK ? predict_new(path, 1, 0, MODEL_UNCHECKED, e)
	                                    : predict_new(path, PREDICT_MAX, 1, 0, e);
	if (!s->predict) {
		free(name);
		return -1;
	}
	predict_picture(s->predict)->most = PIXELS_MAX;
	s->name = name;
	s->path = xstrdup(path);
	name_numbers(s, checks);
	l->count++;
	return 0;
}

int served_load(struct served_list *l, const char *const *operand, int count,
                enum served_checks checks, struct err *e)
{
	*l = (struct served_list){ .each = xcalloc((size_t)count, sizeof *l->each) };
	for (int i = 0; i < count; i++)
		if (load_one(l, operand[i], checks, e) < 0) {
			served_release(l);
			return -1;
		}
	return 0;
}

void served_release(struct served_list *l)
{
	for (int i = 0; i < l->count; i++) {
		struct served *s = &l->each[i];

		gradcam_free(s->gradcam);
		predict_free(s->predict);
		free(s->name);
		free(s->path);
	}
	free(l->each);
	*l = (struct served_list){0};
}

struct served *served_find(const struct served_list *l, const char *name, size_t length)
{
	for (int i = 0; i < l->count; i++)
		if (strlen(l->each[i].name) == length && !memcmp(l->each[i].name, name, length))
			return &l->each[i];
	return NULL;
}

struct gradcam *served_gradcam(struct served *s, struct err *e)
{
	const struct model *m = predict_model(s->predict);
	const struct engine *engine;

	if (s->gradcam)
		return s->gradcam;
	engine = engine_pick(&m->net, e);
	if (engine)
		s->gradcam = gradcam_new(engine, &m->net, m->w);
	return s->gradcam;
}
