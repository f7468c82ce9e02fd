/* What a training run says of itself; see train_facts.h. */
#include "train/train_facts.h"

#include <math.h>

#include "base/json.h"
#include "base/sha256.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"

static const char *on_off(bool on)
{
	return on ? "on" : "off";
}

static void write_options(struct json_writer *j, const struct train_facts *f)
{
	static const char *const augment[] = { "none", "dihedral", "rotate" };
	const struct train_options *o = f->options;

	json_seed(j, "seed", o->seed);
	json_int(j, "batch", o->batch);
	json_number(j, "rate", o->rate);
	json_text(j, "split", f->all ? "all" : "train");
	json_seed(j, "split_seed", f->split_seed);
	json_text(j, "dropout", on_off(o->dropout));
	json_text(j, "shuffle", on_off(o->shuffle));
	json_text(j, "augment", augment[o->augment]);
	json_text(j, "class_weight", o->balanced ? "balanced" : "none");
	json_number(j, "proximal", o->proximal);
	json_text(j, "bn", o->bn_exact ? "exact" : "running");
	json_text(j, "keep", o->keep_best ? "best" : "last");
}

/* Which images the split of the dataset itself puts on which side; the digest does not tell. */
static void write_split(struct json_writer *j, const struct dataset *d)
{
	char digest[SHA256_HEX] = "none";
	struct sha256 s;

	if (d->has_split) {
		sha256_init(&s);
		sha256_add(&s, d->part, d->count);
		sha256_hex(&s, digest);
	}
	json_text(j, "split_ids", digest);
}

char *train_facts_run(const struct train_facts *f)
{
	struct facts facts;

	facts_start(&facts, "aml-train");
	write_options(&facts.j, f);
	json_int(&facts.j, "size", f->dataset->height);
	json_text(&facts.j, "dataset", f->dataset->digest);
	write_split(&facts.j, f->dataset);
	json_text(&facts.j, "parent", f->parent);
	return facts_end(&facts);
}

static void write_score(struct json_writer *j, const char *loss, const char *accuracy,
                        const struct score *s)
{
	if (isnan(s->loss))
		return;
	json_number(j, loss, s->loss);
	json_number(j, accuracy, s->accuracy);
}

char *train_facts_result(const struct train_facts *f, const struct net *net,
                         const struct engine *engine, const struct train_result *r)
{
	char digest[SHA256_HEX];
	struct facts facts;

	digest_numbers(net, weights_const(&r->w), digest);
	facts_start(&facts, "aml-train");
	json_text(&facts.j, "kernels", engine->name);
	json_int(&facts.j, "epochs", f->options->epochs);
	write_options(&facts.j, f);
	json_int(&facts.j, "num_examples", r->num_examples);
	write_score(&facts.j, "loss", "accuracy", &r->train);
	write_score(&facts.j, "valid_loss", "valid_accuracy", &r->valid);
	json_int(&facts.j, "size", net->size);
	facts_classes(&facts, &f->dataset->classes);
	json_text(&facts.j, "dataset", f->dataset->digest);
	json_text(&facts.j, "weights", digest);
	facts_parents(&facts, &f->parent, 1);
	return facts_end(&facts);
}
