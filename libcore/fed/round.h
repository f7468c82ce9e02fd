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
#include "fed/clip.h"
#include "fed/ledger.h"
#include "fed/partials.h"
#include "fed/server_state.h"
#include "fed/serveropt.h"
#include "fed/submissions.h"

struct round_options {
	char *const *models;            /* COUNT paths, some perhaps of partial sums; "-": stdin */
	char *const *sites;             /* COUNT names of who handed them in; with ROSTER, LEDGER */
	int count;
	const char *previous;           /* path of the model that all were trained from; or NULL */
	const char *roster;             /* path of who takes part; NULL: anybody. Needs PREVIOUS */
	bool allow_missing;             /* with ROSTER */
	int threads;                    /* for what comes before the average; 0: all processors */
	const char *ledger;             /* path of the federation's record; NULL: none */
	const char *state;              /* path of the optimiser's state; NULL: none */
	const char *out;                /* path of the result; "-": stdout */
	enum aggregate_method method;
	int drop;                       /* as in struct aggregate */
	const char *method_name;        /* for the facts: "trimmed:1" */
	/* of AGGREGATE_MEAN: */
	const double *weights;          /* [count]; NULL: the images of each, unless EQUAL */
	bool equal;
	bool pool;
	struct clip clip;               /* a rule needs PREVIOUS, and whole WEIGHTS */
	struct serveropt opt;           /* a rule needs PREVIOUS and STATE */
	bool partial;                   /* write the sums; neither CLIP_AUTO nor OPT */
};

struct round {
	const struct round_options *o;
	struct model previous;
	char previous_digest[SHA256_HEX], key[SHA256_HEX];      /* KEY: of server_state.h */
	struct roster roster;
	struct submissions submissions; /* if there is a ROSTER or a LEDGER */
	struct ledger ledger;
	struct lock ledger_lock;
	char **paths;                   /* of the models, then of partial sums */
	int models;
	struct clients clients;         /* with update_norm and cosine if there is a PREVIOUS */
	struct partials partials;
	struct partial_sums all;        /* how they are added up; then all clients, too */
	bool exact;                     /* partial sums come in or go out */
	struct clip clip;
	struct server_state state;
	struct lock lock;               /* of its file */
	struct model_writer *out;
	struct partial_writer *sums;    /* or this one */
	struct aggregate g;
};

/*
 * The four steps, each after the one before; 0, or -1 with E set. R: zero. O must outlive R.
 *
 * round_gather reads the roster and verifies what was handed in, by another program; content is
 * looked at from round_load on, and what that needs no more may be given up before it (confine.h).
 *
 * round_save writes, syncs and renames the model and syncs its folder before it does the same
 * with the state, so that whatever a power cut leaves, the state belongs to a model that is on
 * disk. With the old state, beside the new model or none, the same command does the whole round
 * again, to the same bytes; with the new state all is done, and round_load returns 1 where OUT
 * still holds the model that the state names. The other order could leave a state whose model is
 * nowhere, and a model written over PREVIOUS takes the way back.
 *
 * The line of LEDGER is on disk before the model is renamed, since the model names it: there is
 * never one without its line, and a model written over PREVIOUS needs no second try. After a kill
 * in between the same command makes the same line, finds it there and goes on.
 */
int round_gather(struct round *r, const struct round_options *o, struct err *e);
int round_load(struct round *r, const struct round_options *o, struct err *e);
int round_average(struct round *r, struct threads *pool, bool quiet, struct err *e);
int round_save(struct round *r, struct err *e);

/*
 * What is wrong with what sites handed in, where one of these failed: calls REPORT for each fault,
 * a line that begins with the site's name. Returns how many; 0: E tells why it failed.
 */
int round_faults(const struct round *r, void (*report)(const struct err *e));

/* After any of them, done or not; what was not saved leaves no file. */
void round_release(struct round *r);
