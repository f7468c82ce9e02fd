/*
 * The state of Adam for the smallest network: what is accepted can be used in a step.
 * make_state_corpus.py knows the same network, rule and digest.
 */
#include <math.h>
#include <stdint.h>

#include "fed/server_state.h"
#include "memfile.h"
#include "fuzz/mutate_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_numbers(const struct server_state *s, const struct net *net)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		for (size_t i = 0; i < net_count(net, (enum net_array)k); i++)
			if (!isfinite(s->m.a[k][i]) || !isfinite(s->v.a[k][i]) ||
			    s->v.a[k][i] < 0)
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int filters[] = { 1, 1, 1, 1 };
	struct serveropt o = serveropt_defaults;
	struct server_state s = {0};
	struct net net;
	struct err e;

	o.rule = SERVEROPT_ADAM;
	if (net_init(&net, 10, 1, filters, 1, 2, &e) < 0)
		abort();
	if (server_state_load(&s, memfile(data, size), &net, &o, "abc", &e) < 0)
		return 0;
	check_numbers(&s, &net);
	server_state_release(&s);
	return 0;
}
