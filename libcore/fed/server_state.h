#pragma once
/*
 * The moments of a server optimiser between rounds, in an .npz file: m0.. and v0.. ('<f4', the
 * shapes of the weights) of all arrays but the statistics. Its comment names the rule and
 * the digest of the model that goes with it, so that neither is used with another round's; and the
 * round that made both, so that the same round again is told from another one.
 */
#include "base/err.h"
#include "base/sha256.h"
#include "nn/net.h"
#include "model/weights.h"
#include "fed/serveropt.h"

struct server_state {
	struct weights m, v;
	const char *round;              /* digest of all that the round depends on; NULL: none */
	char made[SHA256_HEX];          /* the model that ROUND made, where it was done already */
};

/*
 * Loads PATH, or starts afresh if there is no such file. MODEL: digest of the model sent out.
 * Returns 0, or -1 with E set, PATH named: damaged, another rule, network or model. Returns 1, with
 * E set as well, if it belongs to another model, but S->round made both.
 */
int server_state_load(struct server_state *s, const char *path, const struct net *net,
                      const struct serveropt *o, const char *model, struct err *e);

/* Writes what goes with MODEL, the digest of the model that was just made. */
int server_state_save(const struct server_state *s, const char *path, const struct net *net,
                      const struct serveropt *o, const char *model, struct err *e);
void server_state_release(struct server_state *s);
