/* The classes of pictures; see predict.h. */
#include "train/predict.h"

#include <assert.h>
#include <stdlib.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/threads.h"
#include "data/picture.h"
#include "nn/predictor.h"
#include "nn/softmax.h"
#include "fused/engine_pick.h"
#include "model/facts.h"
#include "model/model.h"

struct predict {
	int max;
	struct model m;
	struct classes classes;
	struct threads *pool;
	struct predictor *predictor;
	struct picture *picture;        /* [threads] */
	float *pixels;                  /* [max] images */
	float *logits;                  /* [max][classes]; then probabilities */
	int *order;                     /* [max][classes] */
	struct predict_answer *answer;  /* [max] */
};

struct predict *predict_new(const char *path, int max, int threads, struct err *e)
{
	struct predict *p = xcalloc(1, sizeof *p);
	size_t pixels, room = (size_t)max;
	const struct net *net = &p->m.net;
	const struct engine *engine = NULL;

	assert(max >= 1 && max <= PREDICT_MAX);
	p->max = max;
	if (model_load(&p->m, path, MODEL_UNCHECKED, e) == 0)
		engine = engine_pick(net, e);
	if (!engine) {
		predict_free(p);
		return NULL;
	}
	facts_class_list(p->m.facts, net->classes, &p->classes);
	p->pool = threads_new(threads);
	p->predictor = predictor_new(engine, net, p->m.w, max, p->pool);
	p->picture = xcalloc((size_t)threads_count(p->pool), sizeof *p->picture);
	for (int i = 0; i < threads_count(p->pool); i++)
		picture_init(&p->picture[i], net->size, RESIZE_BICUBIC);
	pixels = (size_t)net->size * (size_t)net->size * (size_t)net->channels;
	p->pixels = xaligned(room * pixels, sizeof *p->pixels);
	p->logits = xaligned(room * (size_t)net->classes, sizeof *p->logits);
	p->order = xmalloc(room * (size_t)net->classes, sizeof *p->order);
	p->answer = xcalloc(room, sizeof *p->answer);
	return p;
}

void predict_free(struct predict *p)
{
	if (!p)
		return;
	for (int i = 0; p->picture && i < threads_count(p->pool); i++)
		picture_release(&p->picture[i]);
	free(p->picture);
	predictor_free(p->predictor);
	threads_free(p->pool);
	free(p->pixels);
	free(p->logits);
	free(p->order);
	free(p->answer);
	classes_release(&p->classes);
	model_release(&p->m);
	free(p);
}

const struct classes *predict_classes(const struct predict *p)
{
	return &p->classes;
}

static float *pixels_of(const struct predict *p, size_t i)
{
	return p->pixels + i * (size_t)p->m.net.size * (size_t)p->m.net.size *
	                           (size_t)p->m.net.channels;
}

static void load_job(void *arg, size_t i, int worker)
{
	struct predict *p = arg;
	struct predict_answer *a = &p->answer[i];
	/* standard input holds names */
	const char *path = infile_is_stdin(a->name) ? "./-" : a->name;

	a->failed = picture_input(&p->picture[worker], pixels_of(p, i), p->m.net.channels, path,
	                          &a->error) < 0;
	a->note = p->picture[worker].image.note;
}

static void rank(int *order, const float *probs, int classes)
{
	for (int i = 0; i < classes; i++) {
		int at = i;

		for (; at > 0 && probs[i] > probs[order[at - 1]]; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

/* Makes the answers of the pictures that could be read; their logits lie without gaps. */
static void answer(struct predict *p, int n)
{
	int classes = p->m.net.classes, good = 0;

	for (int i = 0; i < n; i++) {
		float *z = p->logits + (size_t)good * (size_t)classes;
		int *order = p->order + (size_t)good * (size_t)classes;

		p->answer[i].probability = NULL;
		p->answer[i].order = NULL;
		if (p->answer[i].failed)
			continue;
		softmax(z, z, classes);
		rank(order, z, classes);
		p->answer[i].probability = z;
		p->answer[i].order = order;
		good++;
	}
}

/* N: at most p->max. */
static void predict_chunk(struct predict *p, char *const *name, int n)
{
	const float *image[PREDICT_MAX];
	int good = 0;

	for (int i = 0; i < n; i++)
		p->answer[i].name = name[i];
	threads_run(p->pool, (size_t)n, load_job, p);
	for (int i = 0; i < n; i++)
		if (!p->answer[i].failed)
			image[good++] = pixels_of(p, (size_t)i);
	if (good)
		predictor_run(p->predictor, image, good, p->logits, NULL);
	answer(p, n);
}

void predict_files(struct predict *p, char *const *name, size_t n, predict_take *take,
                   void *arg)
{
	size_t max = (size_t)p->max;

	for (size_t at = 0; at < n; at += max) {
		int now = (int)(n - at < max ? n - at : max);

		predict_chunk(p, name + at, now);
		take(arg, p->answer, now);
	}
}
