/* The classes of pictures; see predict.h. */
#include "train/predict.h"

#include <assert.h>
#include <stdlib.h>

#include "base/finite.h"
#include "base/infile.h"
#include "base/mem.h"
#include "data/picture.h"
#include "data/pixels.h"
#include "nn/predictor.h"
#include "nn/softmax.h"
#include "fused/engine_pick.h"
#include "model/facts.h"
#include "model/model.h"
#include "model/values.h"

struct predict {
	int max;
	char *path;                     /* of the model, for messages */
	bool checked;                   /* dense1's weights were looked at */
	struct model m;
	struct classes classes;
	struct threads *pool, *own;     /* OWN: the pool if it is its own, or NULL */
	struct predictor *predictor;
	struct picture *picture;        /* [threads] */
	float *pixels;                  /* [max] images */
	float *logits;                  /* [max][classes]; then probabilities */
	int *order;                     /* [max][classes] */
	struct predict_answer *answer;  /* [max] */
};

/* Weights are looked at like any others; dense1's, nearly all of them, by the first run. */
static int check_small(const struct model *m, const char *path, struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (k != DENSE1_W && values_check_array(&m->net, k, m->w[k], e) < 0)
			return err_in(e, infile_name(path));
	return 0;
}

struct predict *predict_with(struct model *m, const char *path, int max, struct threads *pool,
                             struct err *e)
{
	const struct engine *engine;
	const struct net *net;
	struct predict *p;
	size_t room = (size_t)max;

	assert(max >= 1 && max <= PREDICT_MAX);
	if (check_small(m, path, e) < 0)
		return NULL;
	engine = engine_pick(&m->net, e);
	if (!engine)
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->m = *m;
	net = &p->m.net;
	p->max = max;
	p->path = xstrdup(infile_name(path));
	facts_class_list(p->m.facts, net->classes, &p->classes);
	p->pool = pool;
	p->predictor = predictor_new(engine, net, p->m.w, max, p->pool);
	p->picture = xcalloc((size_t)threads_count(p->pool), sizeof *p->picture);
	for (int i = 0; i < threads_count(p->pool); i++)
		picture_init(&p->picture[i], net->size, RESIZE_BICUBIC);
	p->pixels = xaligned(room * net_image_numbers(net), sizeof *p->pixels);
	p->logits = xaligned(room * (size_t)net->classes, sizeof *p->logits);
	p->order = xmalloc(room * (size_t)net->classes, sizeof *p->order);
	p->answer = xcalloc(room, sizeof *p->answer);
	return p;
}

struct predict *predict_new(const char *path, int max, int threads, int flags, struct err *e)
{
	struct threads *pool;
	struct predict *p;
	struct model m;

	if (model_load(&m, path, flags, e) < 0)
		return NULL;
	pool = threads_new(threads);
	p = predict_with(&m, path, max, pool, e);
	if (p) {
		p->own = pool;
	} else {
		threads_free(pool);
		model_release(&m);
	}
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
	threads_free(p->own);
	free(p->pixels);
	free(p->logits);
	free(p->order);
	free(p->answer);
	free(p->path);
	classes_release(&p->classes);
	model_release(&p->m);
	free(p);
}

const struct classes *predict_classes(const struct predict *p)
{
	return &p->classes;
}

const struct model *predict_model(const struct predict *p)
{
	return &p->m;
}

int predict_check_sums(const struct predict *p, struct err *e)
{
	return model_check_sums(&p->m, p->path, e);
}

bool predict_size_guessed(const struct predict *p, struct err *warning)
{
	return model_size_guessed(&p->m, p->path, warning);
}

static float *pixels_of(const struct predict *p, size_t i)
{
	return p->pixels + i * net_image_numbers(&p->m.net);
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

/* Finite weights can overflow all the same. */
static bool is_finite(const struct predict *p, struct predict_answer *a, const float *logits)
{
	if (finite_all(logits, (size_t)p->m.net.classes))
		return true;
	a->failed = true;
	err_set(&a->error, "%s: the outputs of %s are not finite, its weights are too large",
	        a->name, p->path);
	return false;
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
		good++;
		if (!is_finite(p, &p->answer[i], z))
			continue;
		softmax(z, z, classes);
		rank(order, z, classes);
		p->answer[i].probability = z;
		p->answer[i].order = order;
	}
}

/* The logits of N images. The first time the weights, too, are looked at. */
static int run(struct predict *p, const float *const *image, int n, struct err *e)
{
	if (p->checked) {
		predictor_run(p->predictor, image, n, p->logits, NULL);
		return 0;
	}
	p->checked = predictor_run_watching(p->predictor, image, n, p->logits, NULL);
	if (p->checked)
		return 0;
	values_check_array(&p->m.net, DENSE1_W, p->m.w[DENSE1_W], e);
	return err_in(e, p->path);
}

/* Answers N pictures, at most p->max; IMAGE: those of them that could be read. */
static int finish(struct predict *p, const float *const *image, int n, predict_take *take,
                  void *arg, struct err *e)
{
	int good = 0;

	for (int i = 0; i < n; i++)
		good += !p->answer[i].failed;
	if (good && run(p, image, good, e) < 0)
		return -1;
	answer(p, n);
	take(arg, p->answer, n);
	return 0;
}

static int predict_chunk(struct predict *p, char *const *name, int n, predict_take *take, void *arg,
                         struct err *e)
{
	const float *image[PREDICT_MAX];
	int good = 0;

	for (int i = 0; i < n; i++)
		p->answer[i].name = name[i];
	threads_run(p->pool, (size_t)n, load_job, p);
	for (int i = 0; i < n; i++)
		if (!p->answer[i].failed)
			image[good++] = pixels_of(p, (size_t)i);
	return finish(p, image, n, take, arg, e);
}

int predict_files(struct predict *p, char *const *name, size_t n, predict_take *take, void *arg,
                  struct err *e)
{
	size_t max = (size_t)p->max;

	for (size_t at = 0; at < n; at += max) {
		int now = (int)(n - at < max ? n - at : max);

		if (predict_chunk(p, name + at, now, take, arg, e) < 0)
			return -1;
	}
	return 0;
}

int predict_memory(struct predict *p, const char *name, const uint8_t *bytes, size_t size,
                   predict_take *take, void *arg, struct err *e)
{
	struct predict_answer *a = &p->answer[0];
	const float *image = pixels_of(p, 0);

	a->name = name;
	a->failed = picture_read(&p->picture[0], pixels_of(p, 0), p->m.net.channels, bytes, size,
	                         &a->error) < 0;
	a->note = p->picture[0].image.note;
	return finish(p, &image, 1, take, arg, e);
}

static int floats_chunk(struct predict *p, const float *pixels, size_t first, int n,
                        predict_take *take, void *arg, struct err *e)
{
	size_t numbers = net_image_numbers(&p->m.net);
	const float *image[PREDICT_MAX];
	char name[PREDICT_MAX][32];
	int good = 0;

	for (int i = 0; i < n; i++) {
		struct predict_answer *a = &p->answer[i];
		const float *x = pixels + (first + (size_t)i) * numbers;

		snprintf(name[i], sizeof name[i], "image %zu", first + (size_t)i);
		a->name = name[i];
		a->note = NULL;
		a->failed = pixels_check(x, numbers, NULL, &a->error) < 0;
		if (a->failed)
			err_in(&a->error, name[i]);
		else
			image[good++] = x;
	}
	return finish(p, image, n, take, arg, e);
}

int predict_floats(struct predict *p, const float *pixels, size_t n, predict_take *take, void *arg,
                   struct err *e)
{
	size_t max = (size_t)p->max;

	for (size_t at = 0; at < n; at += max) {
		int now = (int)(n - at < max ? n - at : max);

		if (floats_chunk(p, pixels, at, now, take, arg, e) < 0)
			return -1;
	}
	return 0;
}

struct picture *predict_picture(struct predict *p)
{
	return &p->picture[0];
}

const float *predict_input(const struct predict *p)
{
	return pixels_of(p, 0);
}
