/* The models of the service; see served.h. */
#include "serve/served.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/operand.h"
#include "base/printable.h"
#include "base/threads.h"
#include "fused/engine_pick.h"
#include "model/digest.h"
#include "model/facts.h"

/* ---- for many requests ---- */

static void ignore(void *arg, const struct predict_answer *a, int n)
{
	(void)arg;
	(void)a;
	(void)n;
}

/*
 * A first picture, which also looks at the weights: what is made once, such as a BLAS library
 * loaded, is there before the fork.
 */
static int warm(struct predict *p, struct err *e)
{
	const struct net *net = &predict_model(p)->net;
	float *black = xcalloc(net_image_numbers(net), sizeof *black);
	int result = predict_floats(p, black, 1, ignore, NULL, e);

	free(black);
	return result;
}

struct loading {
	struct served *served;          /* gets the digest, and what predicts */
	struct threads *pool;
	struct model model;
	const char *path;
	int result;
	struct err e;
};

static void make_predict(struct loading *l)
{
	struct served *s = l->served;

	s->predict = predict_with(&l->model, l->path, PREDICT_MAX, l->pool, &l->e);
	if (!s->predict || predict_check_sums(s->predict, &l->e) < 0 ||
	    warm(s->predict, &l->e) < 0)
		l->result = -1;
}

/* The digest takes as long as all the rest. */
static void load_job(void *arg, size_t i, int worker)
{
	struct loading *l = arg;

	(void)worker;
	if (i == 0)
		digest_numbers(&l->model.net, l->model.w, l->served->digest);
	else
		make_predict(l);
}

static int load_whole(struct served *s, struct threads *pool, const char *path, struct err *e)
{
	struct loading l = { .served = s, .pool = pool, .path = path };
	struct threads *both;

	if (model_load(&l.model, path, MODEL_UNCHECKED, e) < 0)
		return -1;
	both = threads_new(2);
	threads_run(both, 2, load_job, &l);
	threads_free(both);
	if (l.result == 0)
		return 0;
	*e = l.e;
	if (!s->predict)
		model_release(&l.model);
	predict_free(s->predict);
	return -1;
}

/* ---- for one request ---- */

static int load_quick(struct served *s, struct threads *pool, const char *path, struct err *e)
{
	const struct model *m;
	struct model fresh;
	const char *told;

	if (model_load(&fresh, path, MODEL_UNCHECKED, e) < 0)
		return -1;
	s->predict = predict_with(&fresh, path, 1, pool, e);
	if (!s->predict) {
		model_release(&fresh);
		return -1;
	}
	m = predict_model(s->predict);
	told = facts_text(m->facts, "weights");
	if (told && strlen(told) == SHA256_HEX - 1)
		memcpy(s->digest, told, SHA256_HEX);
	else
		digest_numbers(&m->net, m->w, s->digest);
	return 0;
}

/* ---- the list ---- */

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
	if ((checks == SERVED_QUICK ? load_quick : load_whole)(s, l->pool, path, e) < 0) {
		free(name);
		return -1;
	}
	predict_picture(s->predict)->most = PIXELS_MAX;
	s->name = name;
	s->path = xstrdup(path);
	l->count++;
	return 0;
}

int served_load(struct served_list *l, const char *const *operand, int count,
                enum served_checks checks, int threads, struct err *e)
{
	*l = (struct served_list){ .each = xcalloc((size_t)count, sizeof *l->each) };
	l->pool = (checks == SERVED_QUICK ? threads_new : threads_new_later)(threads);
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
	threads_free(l->pool);
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
