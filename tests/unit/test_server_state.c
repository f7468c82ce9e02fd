/* States of server optimisers: how they start, come back, and are refused by others. */
#include "fed/server_state.h"

#include <math.h>

#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static struct net net;
static struct serveropt adam, yogi;
static struct err e;

static void start_afresh(void)
{
	struct server_state s = {0};
	int wrong = 0;

	is_int(server_state_load(&s, scratch_path("missing"), &net, &adam, "abc", &e), 0,
	       "no such file");
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++)
			wrong += s.m.a[k][i] != 0 || s.v.a[k][i] != (float)(adam.tau * adam.tau);
	is_int(wrong, 0, "m that is not 0, v that is not tau squared");
	server_state_release(&s);
	ok(!s.m.a[0] && !s.v.a[0], "zero after its release");
	server_state_release(&s);
}

static void fill(struct server_state *s)
{
	weights_init(&s->m, &net);
	weights_init(&s->v, &net);
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(&net, (enum net_array)k); i++) {
			s->m.a[k][i] = -(float)(i + 1) / (float)(k + 3);
			s->v.a[k][i] = (float)i / (float)(k + 7);
		}
}

/* Differences between A and B, the statistics left out: they are not optimised. */
static int differences(const struct weights *a, const struct weights *b)
{
	int n = 0;

	for (int k = 0; k < NET_ARRAYS; k++)
		n += !net_is_statistic(k) &&
		     memcmp(a->a[k], b->a[k], net_count(&net, (enum net_array)k) * sizeof(float));
	return n;
}

static void comes_back(const char *path)
{
	struct server_state s = {0}, got = {0};

	fill(&s);
	is_int(server_state_save(&s, path, &net, &adam, "abc", &e), 0, "saved");
	is_int(server_state_load(&got, path, &net, &adam, "abc", &e), 0, "loaded");
	is_int(differences(&s.m, &got.m) + differences(&s.v, &got.v), 0, "other arrays than saved");
	server_state_release(&got);
	server_state_release(&s);
}

static void is_refused(const char *path, const struct net *n, const struct serveropt *o,
                       const char *model, const char *want)
{
	struct server_state s = {0};

	is_int(server_state_load(&s, path, n, o, model, &e), -1, want);
	ok(strstr(e.text, want) && !strncmp(e.text, path, strlen(path)), "%s", e.text);
	ok(!s.m.a[0] && !s.v.a[0], "nothing is left of it");
}

static void refused(const char *path)
{
	struct server_state s = {0};
	struct net other;

	is_refused(path, &net, &yogi, "abc", "belongs to adam, not to yogi");
	is_refused(path, &net, &adam, "abd", "belongs to the model abc, the previous model is abd");
	net_tutorial(&other, 12, 5, &e);
	is_refused(path, &other, &adam, "abc", "m14: is no <f4 of 2560 numbers");

	fill(&s);
	s.v.a[DENSE2_B][1] = -1;
	server_state_save(&s, path, &net, &adam, "abc", &e);
	is_refused(path, &net, &adam, "abc", "v15: entry 1 is -1");
	s.m.a[CONV1_B][2] = INFINITY;
	server_state_save(&s, path, &net, &adam, "abc", &e);
	is_refused(path, &net, &adam, "abc", "m1: entry 2 is inf");
	server_state_release(&s);
	is_int(server_state_load(&s, scratch_path("missing/state"), &net, &adam, "abc", &e), 0,
	       "a folder that is missing holds no state");
	server_state_release(&s);
	scratch_write(path, "PK", 2);
	is_refused(path, &net, &adam, "abc", "not an .npz archive");
}

static void not_written(void)
{
	struct server_state s = {0};

	fill(&s);
	is_int(server_state_save(&s, scratch_path("missing/state"), &net, &adam, "abc", &e), -1,
	       "no folder to write in");
	ok(strstr(e.text, "missing/state") != NULL, "%s", e.text);
	is_int(server_state_save(&s, "/dev/full", &net, &adam, "abc", &e), -1, "a full disk");
	ok(strstr(e.text, "/dev/full: No space left") != NULL, "%s", e.text);
	server_state_release(&s);
}

/* The network of tests/fuzz/fuzz_server_state.c. */
static int read_file(const char *path, struct err *why)
{
	static const int ones[4] = { 1, 1, 1, 1 };
	struct server_state s = {0};
	struct net small;
	int result;

	if (net_init(&small, 10, 1, ones, 1, 2, why) < 0)
		return -1;
	result = server_state_load(&s, path, &small, &adam, "abc", why);
	server_state_release(&s);
	return result;
}

int main(void)
{
	const char *path;

	scratch_begin();
	path = scratch_path("state");
	net_tutorial(&net, 12, 3, &e);
	adam = yogi = serveropt_defaults;
	adam.rule = SERVEROPT_ADAM;
	yogi.rule = SERVEROPT_YOGI;
	start_afresh();
	comes_back(path);
	refused(path);
	not_written();
	corpus_check("server_state", read_file);
	return tap_end();
}
