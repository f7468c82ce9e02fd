/* A model over a dataset; see evaluate.h. */
#include "train/evaluate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/finite.h"
#include "base/mem.h"
#include "data/batch_images.h"
#include "nn/predictor.h"
#include "nn/softmax.h"
#include "nn/trainer.h"

/* images a call: the largest batch that dense products take in one pass */
enum { CHUNK = 32 };

static struct predictor *predictor(const struct evaluation *v)
{
	assert(!v->w != !v->trainer && (v->trainer || !v->mean));
	if (v->trainer)
		return trainer_predictor(v->trainer, v->mean, v->var, CHUNK);
	return predictor_new(v->engine, v->net, v->w, CHUNK, v->pool);
}

/* Finite weights can overflow all the same; NaN would count as the first class. */
static int check_outputs(const struct evaluation *v, const float *out, size_t width,
                         const uint32_t *index, int count, struct err *e)
{
	for (int i = 0; i < count; i++)
		if (!finite_all(out + (size_t)i * width, width))
			return err_set(e, "%s: image %s: the network's outputs are not finite, its "
			               "weights are too large", v->dataset->path,
			               v->dataset->ids[index[i]]);
	return 0;
}

/* Calls TAKE with the outputs of each chunk, in order. */
static int run_chunks(const struct evaluation *v, const uint32_t *index, size_t n,
                      bool features,
                      void (*take)(void *arg, const float *out, const int *label,
                                   size_t at, int count),
                      void *arg, struct err *e)
{
	int width = features ? v->net->dense : v->net->classes;
	float *out = xaligned((size_t)CHUNK * (size_t)width, sizeof *out);
	struct predictor *p = predictor(v);
	struct batch_images images;
	int result = 0;

	batch_images_init(&images, v->dataset, v->pool, CHUNK);
	for (size_t at = 0; at < n && result == 0; at += CHUNK) {
		int count = n - at < CHUNK ? (int)(n - at) : CHUNK;

		result = batch_images_fill(&images, index + at, count, AUGMENT_NONE, 0, 0, e);
		if (result < 0)
			break;
		predictor_run(p, images.image, count, features ? NULL : out, features ? out : NULL);
		result = check_outputs(v, out, (size_t)width, index + at, count, e);
		if (result < 0)
			break;
		take(arg, out, images.label, at, count);
		if (v->progress)
			progress_add(v->progress, (uint64_t)count);
	}
	batch_images_release(&images);
	predictor_free(p);
	free(out);
	return result;
}

struct scoring {
	int classes;
	float *probs;
	double *losses;
	double sum;
	size_t correct;
};

static void take_scores(void *arg, const float *logits, const int *label, size_t at, int count)
{
	struct scoring *s = arg;

	for (int i = 0; i < count; i++) {
		const float *z = logits + (size_t)i * (size_t)s->classes;
		double loss = softmax_loss(z, label[i], s->classes);

		s->sum += loss;
		if (s->losses)
			s->losses[at + (size_t)i] = loss;
		s->correct += softmax_argmax(z, s->classes) == label[i];
		if (s->probs)
			softmax(s->probs + (at + (size_t)i) * (size_t)s->classes, z, s->classes);
	}
}

int evaluate(const struct evaluation *v, const uint32_t *index, size_t n, float *probs,
             double *loss, struct score *score, struct err *e)
{
	struct scoring s = { .classes = v->net->classes, .probs = probs, .losses = loss };

	if (run_chunks(v, index, n, false, take_scores, &s, e) < 0)
		return -1;
	*score = (struct score){ n, n ? s.sum / (double)n : NAN,
		                 n ? (double)s.correct / (double)n : NAN };
	return 0;
}

struct moments {
	int dense;
	double *sum, *squares;
};

static void take_moments(void *arg, const float *features, const int *label, size_t at, int count)
{
	struct moments *m = arg;

	(void)label;
	(void)at;
	for (int i = 0; i < count; i++)
		for (int d = 0; d < m->dense; d++) {
			double x = features[(size_t)i * (size_t)m->dense + (size_t)d];

			m->sum[d] += x;
			m->squares[d] += x * x;
		}
}

int evaluate_norm(const struct evaluation *v, const uint32_t *index, size_t n,
                  float *mean, float *var, struct err *e)
{
	size_t dense = (size_t)v->net->dense;
	struct moments m = { v->net->dense, xcalloc(dense, sizeof(double)),
		             xcalloc(dense, sizeof(double)) };
	int result = run_chunks(v, index, n, true, take_moments, &m, e);

	for (size_t d = 0; result == 0 && d < dense; d++) {
		double centre = m.sum[d] / (double)n,
		       spread = m.squares[d] / (double)n - centre * centre;

		mean[d] = (float)centre;
		var[d] = spread > 0 ? (float)spread : 0;
	}
	free(m.sum);
	free(m.squares);
	return result;
}
