/* aml-train: trains a model on one dataset. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "data/dataset_names.h"
#include "data/split.h"
#include "fused/engine_pick.h"
#include "model/digest.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "model/values.h"
#include "train/train.h"
#include "train/train_facts.h"

/* stopped with everything saved: run me again (EX_TEMPFAIL) */
enum { EXIT_AGAIN = 75 };

struct args {
	struct train_options train;
	const char *dataset, *in, *out;
	int dropout, shuffle, augment, class_weight, bn, keep, split;
	uint64_t split_seed;
	int threads;
	int fedn;                       /* is FEDn the caller, when we begin? */
};

static volatile sig_atomic_t stop;

static void note_signal(int number)
{
	(void)number;
	stop = 1;
}

static struct args parse(int argc, char **argv)
{
	struct args a = { .train = { .epochs = 1, .batch = 32, .rate = 1e-3, .stop = &stop } };
	struct train_options *t = &a.train;
	const struct opt opts[] = {
		OPT_REQUIRED_OR_ENV("AML_DATASET", 'd', "dataset", &a.dataset, "DATASET",
		                    "dataset to train on"),
		OPT_INT('e', "epochs", &t->epochs, 0, 1000000, "N",
		        "number of epochs"),
		OPT_INT('b', "batch", &t->batch, 1, 65536, "N", "batch size"),
		OPT_FLOAT('l', "rate", &t->rate, 0, 1, "RATE", "learning rate of Adam"),
		OPT_SEED('s', "seed", &t->seed, "seed of shuffling, dropout and augmentation"),
		OPT_CHOICE(0, "split", &a.split, "train|all", "images to train on"),
		OPT_SEED(0, "split-seed", &a.split_seed,
		         "seed of the 90/10 split, if the dataset has none"),
		OPT_CHOICE(0, "dropout", &a.dropout, "on|off", "use dropout"),
		OPT_CHOICE(0, "shuffle", &a.shuffle, "on|off", "shuffle the images every epoch"),
		OPT_CHOICE(0, "augment", &a.augment, "none|dihedral|rotate",
		           "turn and mirror images at random"),
		OPT_CHOICE(0, "class-weight", &a.class_weight, "none|balanced",
		           "give rare classes more weight"),
		OPT_FLOAT(0, "proximal", &t->proximal, 0, 1000, "MU",
		          "stay close to the weights of IN (FedProx)"),
		OPT_CHOICE(0, "bn", &a.bn, "running|exact",
		           "mean and variance of batch norm"),
		OPT_TEXT(0, "checkpoint", &t->checkpoint, "FILE",
		         "save after every epoch, resume from there"),
		OPT_CHOICE(0, "keep", &a.keep, "last|best", "epoch whose weights are written"),
		OPT_TEXT(0, "log", &t->log, "FILE", "append a row for each epoch"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N",
		        "threads; 0: all processors"),
		OPT_FLAG('q', "quiet", &t->quiet, "show no progress"),
		OPT_END
	};
	const struct opt_tool tool = { "IN OUT",
		                       "train the model IN, write the result to OUT", 2,
		                       2, engine_pick_name, NULL,
		                       "aml-train -d dataset -e 10 seed.npz model.npz" };
	char **rest = opt_parse(opts, &tool, argc, argv);

	t->dropout = !a.dropout;
	t->shuffle = !a.shuffle;
	t->augment = (enum augment)a.augment;
	t->balanced = a.class_weight;
	t->bn_exact = a.bn;
	t->keep_best = a.keep;
	a.in = rest[0];
	a.out = rest[1];
	if (t->log && outfile_is_stdout(t->log))
		opt_wrong("--log takes a file, which a run that resumes can cut");
	return a;
}

/*
 * FEDn is the caller if IN-metadata exists, or OUT as an empty file; it then wants OUT-metadata.
 * 1, 0, or -1 with E set.
 */
static int fedn_calls(const struct args *a, struct err *e)
{
	char *name = xasprintf("%s-metadata", a->in);
	int yes = infile_is_listed(name, e);
	struct stat st;

	free(name);
	if (outfile_is_stdout(a->out))
		return 0;               /* FEDn's OUT is a file */
	if (yes)
		return yes;
	if (stat(a->out, &st) == 0)
		return S_ISREG(st.st_mode) && st.st_size == 0;
	return errno == ENOENT ? 0 : err_set(e, "%s: %s", a->out, strerror(errno));
}

static int save(const struct args *a, const struct net *net, const struct train_result *r,
                const char *facts, struct err *e)
{
	if (values_check(net, weights_const(&r->w), e) < 0)
		return err_in(e, "training diverged");
	if (a->fedn) {
		char *name = xasprintf("%s-metadata", a->out);
		int result = outfile_save(name, facts, strlen(facts), e);

		free(name);
		if (result < 0)
			return -1;
	}
	return model_save(a->out, net, weights_const(&r->w), facts, e);
}

/*
 * With a checkpoint SIGTERM and SIGUSR1 ask to stop; without one they end the program as
 * usual. Writing goes on.
 */
static void listen_to_signals(const struct args *a)
{
	struct sigaction act = { .sa_handler = note_signal, .sa_flags = SA_RESTART };

	if (!a->train.checkpoint)
		return;
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
}

static int run(struct args *a, const struct model *m, const struct dataset *d, struct err *e)
{
	uint32_t *train_index = xmalloc(d->count, sizeof *train_index);
	uint32_t *valid_index = xmalloc(d->count, sizeof *valid_index);
	struct train_data data = { .dataset = d, .train = train_index, .valid = valid_index };
	struct train_result r = {0};
	struct threads *pool = threads_new(a->threads);
	const struct engine *engine = engine_pick(&m->net, e);
	char parent[SHA256_HEX], *text = NULL, *facts = NULL;
	const struct train_facts about = { &a->train, a->split, a->split_seed, d, parent };
	int status = -1;

	data.train_count = split_select(d, a->split ? SPLIT_ALL : SPLIT_TRAIN,
	                                a->split_seed, train_index);
	data.valid_count = a->split ? 0 : split_select(d, SPLIT_VALID, a->split_seed, valid_index);
	if (!engine)
		goto out;
	digest_numbers(&m->net, m->w, parent);
	a->train.run = text = train_facts_run(&about);
	status = train(&a->train, engine, m, &data, pool, &r, e);
	if (status != TRAIN_DONE)
		goto out;
	facts = train_facts_result(&about, &m->net, engine, &r);
	status = save(a, &m->net, &r, facts, e);
out:
	threads_free(pool);
	weights_release(&r.w);
	free(train_index);
	free(valid_index);
	free(text);
	free(facts);
	return status;
}

static int check_names(const struct args *a, struct err *e)
{
	char *metadata = a->fedn ? xasprintf("%s-metadata", a->out) : NULL;
	struct distinct d = {0};

	distinct_add(&d, DISTINCT_LOADED, "IN", a->in);
	dataset_names_add(&d, "DATASET", a->dataset);
	distinct_add(&d, DISTINCT_UPDATED, "--checkpoint", a->train.checkpoint);
	distinct_add(&d, DISTINCT_APPENDED, "--log", a->train.log);
	distinct_add(&d, DISTINCT_OUTPUT, "OUT", a->out);
	distinct_add(&d, DISTINCT_OUTPUT, "OUT-metadata", metadata);
	free(metadata);
	return confine_outputs_of(&d, e);
}

/* LOCK: of OUT, if OUT-metadata goes with it, which must not be another run's. */
static int take_outputs(const struct args *a, struct lock *lock, struct err *e)
{
	if (check_names(a, e) < 0 || outfile_probe_binary(a->out, "a file as OUT", e) < 0 ||
	    outfile_probe(a->train.checkpoint, e) < 0)
		return -1;
	return a->fedn ? lock_take(lock, a->out, e) : 0;
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct model m = {0};
	struct dataset d = {0};
	struct lock lock = {0};
	struct err e;
	int status = -1;

	listen_to_signals(&a);
	a.fedn = fedn_calls(&a, &e);
	if (a.fedn >= 0 && take_outputs(&a, &lock, &e) == 0 && model_load(&m, a.in, 0, &e) == 0 &&
	    dataset_open(&d, a.dataset, &e) == 0 &&
	    model_check_dataset(&m, a.in, &d, &e) == 0)
		status = run(&a, &m, &d, &e);
	if (status < 0)
		status = tool_fail(&e);
	else if (status == TRAIN_STOPPED)
		status = EXIT_AGAIN;
	lock_release(&lock);
	dataset_release(&d);
	model_release(&m);
	return tool_end(status);
}
