/* The training run; see train.h. */
#include "train/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/rng.h"
#include "nn/norm.h"
#include "nn/trainer.h"
#include "train/checkpoint.h"
#include "train/train_log.h"

struct run {
	const struct train_options *o;
	const struct engine *engine;
	const struct net *net;
	const struct train_data *data;
	struct threads *pool;
	struct trainer *trainer;
	struct checkpoint c;            /* position, and room for what is saved */
	int batch;                      /* images a step */
	uint32_t batches;               /* steps an epoch */
	uint32_t *order;
	float *class_weight, *weight;   /* [classes], [batch]; NULL: all 1 */
	float *mean, *var;              /* [dense] exact statistics; NULL: not wanted */
	struct batch_images images;
	struct train_log *log;
	struct lock lock;               /* of the checkpoint */
	struct score train, valid;
	double start_s;                 /* of this process, for the time left */
	uint64_t images_done;           /* since then */
};

/* ---- set-up ---- */

/* scikit-learn's "balanced": n / (classes present x images of the class). */
static float *balanced_weights(const struct train_data *data, int classes)
{
	float *weight = xcalloc((size_t)classes, sizeof *weight);
	size_t *count = xcalloc((size_t)classes, sizeof *count);
	int present = 0;

	for (size_t i = 0; i < data->train_count; i++)
		count[data->dataset->labels[data->train[i]]]++;
	for (int k = 0; k < classes; k++)
		present += count[k] > 0;
	for (int k = 0; k < classes; k++)
		if (count[k])
			weight[k] = (float)((double)data->train_count /
			                    ((double)present * (double)count[k]));
	free(count);
	return weight;
}

static void run_init(struct run *r)
{
	const struct train_options *o = r->o;
	size_t n = r->data->train_count;

	r->batch = n < (size_t)o->batch ? (int)n : o->batch;
	r->batches = (uint32_t)(n / (size_t)r->batch);
	r->order = xmalloc(n, sizeof *r->order);
	r->trainer = trainer_new(r->engine, r->net, r->batch, r->pool);
	batch_images_init(&r->images, r->data->dataset, r->pool, r->batch);
	if (o->balanced) {
		r->class_weight = balanced_weights(r->data, r->net->classes);
		r->weight = xcalloc((size_t)r->batch, sizeof *r->weight);
	}
	if (o->checkpoint) {
		weights_init(&r->c.m, r->net);
		weights_init(&r->c.v, r->net);
		weights_zero(&r->c.m, r->net);  /* the statistics have no moments */
		weights_zero(&r->c.v, r->net);
	}
	if (o->bn_exact) {
		r->mean = xaligned((size_t)r->net->dense, sizeof *r->mean);
		r->var = xaligned((size_t)r->net->dense, sizeof *r->var);
	}
	if (o->keep_best) {
		weights_init(&r->c.best, r->net);
		weights_zero(&r->c.best, r->net);       /* there is none yet */
	}
	r->start_s = clock_seconds();
	r->c.at = (struct position){ .best_loss = INFINITY, .last_loss = NAN, .last_accuracy = NAN,
	                             .last_valid_loss = NAN, .last_valid_accuracy = NAN };
}

static void run_release(struct run *r)
{
	trainer_free(r->trainer);
	if (r->images.d)
		batch_images_release(&r->images);
	weights_release(&r->c.m);
	weights_release(&r->c.v);
	weights_release(&r->c.best);
	free(r->order);
	free(r->class_weight);
	free(r->weight);
	free(r->mean);
	free(r->var);
	train_log_close(r->log);
	lock_release(&r->lock);
}

static int save(struct run *r, struct err *e)
{
	if (!r->o->checkpoint)
		return 0;
	trainer_get(r->trainer, r->c.w.a, r->c.m.a, r->c.v.a);
	r->c.at.log_bytes = r->log ? train_log_bytes(r->log, &r->c.at.log_epoch) : -1;
	return checkpoint_save(&r->c, r->o->checkpoint, e);
}

/* Do the numbers of a position agree, which no checksum covers? */
static bool is_position(const struct run *r)
{
	const struct position *at = &r->c.at;

	return at->batch <= r->batches && at->seen == (int64_t)at->batch * r->batch &&
	       at->correct <= at->seen && at->steps == (uint64_t)at->epoch * r->batches + at->batch;
}

/* Returns whether there is a checkpoint to go on from, or -1. */
static int load(struct run *r, struct err *e)
{
	const struct train_options *o = r->o;
	bool other_engine = false;
	int found;

	if (!o->checkpoint)
		return 0;
	if (lock_take(&r->lock, o->checkpoint, e) < 0)
		return -1;
	found = checkpoint_load(&r->c, o->checkpoint, &other_engine, e);
	if (found > 0 && !is_position(r))
		return err_set(e, "%s: its position is damaged", o->checkpoint);
	if (found > 0 && r->c.at.epoch > (uint32_t)o->epochs)
		return err_set(e, "%s: is past epoch %d already", o->checkpoint, o->epochs);
	if (found > 0 && other_engine)
		progress_line(
			o->quiet,
			"%s: saved by other kernels than %s: the last digits may differ",
			o->checkpoint, r->engine->name);
	return found;
}

/* A log may be begun anew, but not without a word, also where no progress is shown. */
static void say_lacks(const struct run *r)
{
	if (r->c.at.log_epoch > 0 && train_log_is_new(r->log))
		progress_line(false, "%s: is new, and lacks the rows up to epoch %lld", r->o->log,
		              (long long)r->c.at.log_epoch);
}

/*
 * Weights from the checkpoint if there is one, else from FROM. A new run saves at once: a
 * file that cannot be written shows before the work, and a run that is killed in its
 * first epoch knows how long the log was.
 */
static int begin(struct run *r, const struct model *from, struct err *e)
{
	const struct train_options *o = r->o;
	int found = load(r, e);

	if (found < 0)
		return -1;
	r->train = (struct score){ 0, r->c.at.last_loss, r->c.at.last_accuracy };
	r->valid = (struct score){ 0, r->c.at.last_valid_loss, r->c.at.last_valid_accuracy };
	if (found)
		trainer_set(r->trainer, weights_const(&r->c.w), weights_const(&r->c.m),
		            weights_const(&r->c.v), r->c.at.steps);
	else
		trainer_set(r->trainer, from->w, NULL, NULL, 0);
	if (o->proximal > 0)
		trainer_anchor(r->trainer, from->w);
	model_drop_pages(from);
	if (o->log) {
		r->log = train_log_open(o->log, found ? r->c.at.log_bytes : -1,
		                        r->c.at.log_epoch, e);
		if (!r->log)
			return -1;
		say_lacks(r);
	}
	return found ? 0 : save(r, e);
}

/* ---- an epoch ---- */

static void order_epoch(struct run *r)
{
	uint32_t n = (uint32_t)r->data->train_count;
	struct rng rng;

	memcpy(r->order, r->data->train, n * sizeof *r->order);
	if (!r->o->shuffle)
		return;
	rng_init(&rng, r->o->seed, RNG_SHUFFLE, r->c.at.epoch);
	rng_shuffle(&rng, r->order, n);
}

static int diverged(const struct run *r, const char *what, struct err *e)
{
	return err_set(e, "%s in epoch %u, step %u: a smaller --rate may help", what,
	               r->c.at.epoch + 1, r->c.at.batch);
}

static int step(struct run *r, struct err *e)
{
	const struct train_options *o = r->o;
	struct position *at = &r->c.at;
	struct adam adam = adam_keras((float)o->rate);
	struct batch_result got;

	adam.proximal = (float)o->proximal;
	if (batch_images_fill(&r->images, r->order + (size_t)at->batch * (size_t)r->batch,
	                      r->batch, o->augment, o->seed, at->epoch, e) < 0)
		return -1;
	for (int i = 0; r->weight && i < r->batch; i++)
		r->weight[i] = r->class_weight[r->images.label[i]];
	at->steps++;
	trainer_step(r->trainer,
	             &(struct batch){ .count = r->batch,
	                              .image = r->images.image,
	                              .label = r->images.label,
	                              .weight = r->weight,
	                              .dropout = o->dropout,
	                              .seed = o->seed,
	                              .step = (uint32_t)at->steps },
	             &adam, &got);
	at->batch++;
	if (!isfinite(got.loss))
		return diverged(r, isnan(got.loss) ? "the loss became NaN"
		                                   : "the loss became infinite", e);
	if (!trainer_is_finite(r->trainer, false))
		return diverged(r, "a weight became NaN or infinite", e);
	at->loss += got.loss;
	at->correct += got.correct;
	at->seen += r->batch;
	return 0;
}

/* The rest of the epoch. Returns TRAIN_DONE, TRAIN_STOPPED between two batches, or -1. */
static int run_batches(struct run *r, struct err *e)
{
	uint64_t epoch = (uint64_t)r->batches * (uint64_t)r->batch;
	char label[48];
	struct progress p;
	int result = TRAIN_DONE;

	snprintf(label, sizeof label, "epoch %u/%d", r->c.at.epoch + 1, r->o->epochs);
	progress_start(&p, label, "images", epoch, r->o->quiet);
	progress_within(&p, r->start_s, r->images_done,
	                epoch * (uint64_t)(r->o->epochs - (int)r->c.at.epoch - 1));
	progress_skip(&p, (uint64_t)r->c.at.batch * (uint64_t)r->batch);
	order_epoch(r);
	while (result == TRAIN_DONE && r->c.at.batch < r->batches) {
		result = step(r, e);
		progress_add(&p, (uint64_t)r->batch);
		r->images_done += (uint64_t)r->batch;
		if (result == TRAIN_DONE && r->o->stop && *r->o->stop)
			result = TRAIN_STOPPED;
	}
	progress_end(&p);
	return result;
}

/* Exact batch-norm statistics of the weights in V; the trainer's own go on as they are. */
static int recalibrate(const struct run *r, const struct evaluation *v, float *mean, float *var,
                       struct err *e)
{
	return evaluate_norm(v, r->data->train, r->data->train_count, mean, var, e);
}

static void keep(struct run *r)
{
	size_t bytes = (size_t)r->net->dense * sizeof(float);

	r->c.at.best_loss = r->valid.loss;
	trainer_get(r->trainer, r->c.best.a, NULL, NULL);
	if (!r->o->bn_exact)
		return;
	memcpy(r->c.best.a[BN_MEAN], r->mean, bytes);
	memcpy(r->c.best.a[BN_VAR], r->var, bytes);
}

/* The trainer's weights, with its own statistics. */
static struct evaluation evaluation(const struct run *r)
{
	return (struct evaluation){ .engine = r->engine, .net = r->net, .trainer = r->trainer,
	                            .dataset = r->data->dataset, .pool = r->pool };
}

static int validate(struct run *r, struct err *e)
{
	struct evaluation v = evaluation(r);

	if (!r->data->valid_count)
		return 0;
	if (r->o->bn_exact && recalibrate(r, &v, r->mean, r->var, e) < 0)
		return -1;
	v.mean = r->mean;
	v.var = r->var;
	if (evaluate(&v, r->data->valid, r->data->valid_count, NULL, NULL, &r->valid, e) < 0)
		return -1;
	if (r->o->keep_best && r->valid.loss < r->c.at.best_loss)
		keep(r);
	return 0;
}

static void say_epoch(const struct run *r)
{
	if (r->data->valid_count)
		progress_line(r->o->quiet,
		              "epoch %u/%d: loss %.4f, accuracy %.4f, valid loss %.4f, "
		              "valid accuracy %.4f",
		              r->c.at.epoch + 1, r->o->epochs, r->train.loss,
		              r->train.accuracy, r->valid.loss, r->valid.accuracy);
	else
		progress_line(r->o->quiet, "epoch %u/%d: loss %.4f, accuracy %.4f",
		              r->c.at.epoch + 1, r->o->epochs, r->train.loss,
		              r->train.accuracy);
}

/* Validates, logs, and moves the position on to the next epoch. */
static int end_epoch(struct run *r, struct err *e)
{
	struct position *at = &r->c.at;

	r->train = (struct score){ (size_t)at->seen, at->loss / (double)at->seen,
	                           (double)at->correct / (double)at->seen };
	if (validate(r, e) < 0)
		return -1;
	say_epoch(r);
	if (r->log && train_log_row(r->log, at->epoch + 1, &r->train,
	                            r->data->valid_count ? &r->valid : NULL, e) < 0)
		return -1;
	at->last_loss = r->train.loss;
	at->last_accuracy = r->train.accuracy;
	at->last_valid_loss = r->valid.loss;
	at->last_valid_accuracy = r->valid.accuracy;
	at->epoch++;
	at->batch = 0;
	at->loss = 0;
	at->correct = at->seen = 0;
	return 0;
}

/* The rest of an epoch, and its end; with weights that are not finite nothing goes on. */
static int run_epoch(struct run *r, struct err *e)
{
	int result = run_batches(r, e);

	if (result < 0)
		return -1;
	if (!trainer_is_finite(r->trainer, true))
		return diverged(r, "a weight became NaN or infinite", e);
	return result == TRAIN_DONE ? end_epoch(r, e) : result;
}

static int run_epochs(struct run *r, struct err *e)
{
	while (r->c.at.epoch < (uint32_t)r->o->epochs) {
		int result = run_epoch(r, e);

		if (result < 0 || save(r, e) < 0)
			return -1;
		if (result == TRAIN_STOPPED)
			return result;
		if (r->o->stop && *r->o->stop && r->c.at.epoch < (uint32_t)r->o->epochs)
			return TRAIN_STOPPED;
	}
	return TRAIN_DONE;
}

/*
 * Running statistics that began at Keras's 0 and 1 are worth little until these have faded, which a
 * model judges badly by without a sign.
 */
static void say_fading(const struct run *r, const struct model *from)
{
	const double noticeable = .1;
	double left = pow((double)NORM_KEEP, (double)r->c.at.steps);
	bool initial = !r->o->bn_exact && r->c.at.steps > 0;

	for (int i = 0; i < r->net->dense && initial; i++)
		initial = from->w[BN_MEAN][i] == 0 && from->w[BN_VAR][i] == 1;
	if (initial && left > noticeable)
		progress_line(r->o->quiet,
		              "the running statistics still have %.2f of their initial values: "
		              "--bn exact computes them",
		              left);
}

/* The weights that the run ends with, in c.w. */
static int finish(struct run *r, struct err *e)
{
	struct evaluation v = evaluation(r);

	trainer_end(r->trainer);
	if (r->o->keep_best && isfinite(r->c.at.best_loss)) {
		struct weights other = r->c.w;

		r->c.w = r->c.best;             /* recalibrated when they were found */
		r->c.best = other;
		return 0;
	}
	trainer_get(r->trainer, r->c.w.a, NULL, NULL);
	if (!r->o->bn_exact)
		return 0;
	return recalibrate(r, &v, r->c.w.a[BN_MEAN], r->c.w.a[BN_VAR], e);
}

int train(const struct train_options *o, const struct engine *engine, const struct model *from,
          const struct train_data *data, struct threads *pool, struct train_result *result,
          struct err *e)
{
	const struct net *net = &from->net;
	struct run r = { .o = o, .engine = engine, .net = net, .data = data, .pool = pool };
	int status = -1;

	if (!data->train_count)
		return err_set(e, "%s: no images to train on", data->dataset->path);
	if (o->keep_best && !data->valid_count)
		return err_set(e, "%s: no validation images to choose the best epoch by",
		               data->dataset->path);
	r.c = (struct checkpoint){ .net = net, .run = o->run, .engine = engine->name };
	weights_init(&r.c.w, net);
	run_init(&r);
	if (begin(&r, from, e) < 0)
		goto out;
	status = run_epochs(&r, e);
	if (status == TRAIN_DONE && finish(&r, e) < 0)
		status = -1;
	if (status == TRAIN_DONE)
		say_fading(&r, from);
	if (status == TRAIN_DONE)
		*result = (struct train_result){ r.c.w, r.train, r.valid,
			                         (int64_t)r.batches * r.batch };
out:
	if (status != TRAIN_DONE)
		weights_release(&r.c.w);
	run_release(&r);
	return status;
}
