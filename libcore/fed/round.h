#pragma once
/*
 * One round of a federation, from files to files: reads the clients' models, writes the global
 * model with its facts and the state of the server optimiser. aggregate.h computes it.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/lock.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "model/model.h"
#include "model/model_writer.h"
#include "fed/aggregate.h"
#include "fed/clients.h"
#include "fed/server_state.h"
#include "fed/serveropt.h"

struct round_options {
	char *const *models;            /* COUNT paths; "-": stdin */
	int count;
	const char *previous;           /* path of the model that all were trained from; or NULL */
	const char *state;              /* path of the optimiser's state; NULL: none */
	const char *out;                /* path of the result; "-": stdout */
	enum aggregate_method method;
	int drop;                       /* as in struct aggregate */
	const char *method_name;        /* for the facts: "trimmed:1" */
	/* of AGGREGATE_MEAN: */
	const double *weights;          /* [count]; NULL: the images of each, unless EQUAL */
	bool equal;
	bool pool;
	struct serveropt opt;           /* a rule needs PREVIOUS and STATE */
};

struct round {
	const struct round_options *o;
	struct model previous;
	char previous_digest[SHA256_HEX];
	struct clients clients;         /* with update_norm and cosine if there is a PREVIOUS */
	struct server_state state;
	struct lock lock;               /* of its file */
	struct model_writer *out;
	struct aggregate g;
};

/*
 * The three steps, each after the one before; 0, or -1 with E set. R: zero. O must outlive R.
 *
 * round_save writes, syncs and renames the model and syncs its folder before it does the same
 * with the state, so that whatever a power cut leaves, the state belongs to a model that is on
 * disk. With the old state, beside the new model or none, the same command does the whole round
 * again, to the same bytes; with the new state all is done, and the command is refused, since the
 * state belongs to the next round. The other order could leave a state whose model is nowhere,
 * and a model written over PREVIOUS takes the way back.
 */
int round_load(struct round *r, const struct round_options *o, struct err *e);
int round_average(struct round *r, struct threads *pool, bool quiet, struct err *e);
int round_save(struct round *r, struct err *e);

/* After any of them, done or not; what was not saved leaves no file. */
void round_release(struct round *r);
