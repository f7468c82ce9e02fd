/* Sizes of networks: what follows from an image's, the arrays' shapes, what is refused. */
#include "nn/net.h"

#include "tap.h"

static void tutorial(void)
{
	static const char *const shapes[NET_ARRAYS] = {
		"3 3 4 32", "32", "3 3 32 32", "32", "3 3 32 64", "64", "3 3 64 64", "64",
		"33856 512", "512", "512", "512", "512", "512", "512 15", "15",
	};
	struct net n;
	struct err e;

	is_int(net_tutorial(&n, 100, 15, &e), 0, "the tutorial's network");
	is_int(n.conv2_size, 98, "conv2");
	is_int(n.pool1_size, 49, "pool1");
	is_int(n.conv4_size, 47, "conv4");
	is_int(n.pool2_size, 23, "pool2 drops a row");
	for (int k = 0; k < NET_ARRAYS; k++) {
		size_t shape[4];
		int dims = net_shape(&n, (enum net_array)k, shape);
		char text[64] = "", name[24];

		for (int i = 0, used = 0; i < dims; i++)
			used += snprintf(text + used, sizeof text - (size_t)used, "%s%zu",
			                 i ? " " : "", shape[i]);
		snprintf(name, sizeof name, "array %d", k);
		is_text(text, shapes[k], name);
	}
	is_int((long long)net_count(&n, DENSE1_W), 33856 * 512, "numbers of dense1");
	is_int((long long)net_total(&n), 17410383, "of all");
}

static void refused(int size, int channels, int filters, int dense, int classes, const char *why)
{
	const int f[4] = { 8, 8, filters, 8 };
	struct err e = {0};
	struct net n;

	is_int(net_init(&n, size, channels, f, dense, classes, &e), -1, why);
	ok(strstr(e.text, why) != NULL, "%s", e.text);
}

static void limits(void)
{
	static const int filters[4] = { 8, 8, 8, 8 };
	struct net a, b;
	struct err e;

	is_int(net_init(&a, 10, 1, filters, 1, 1, &e), 0, "the smallest");
	is_int(a.flat, 8, "has one pixel");
	is_int(net_init(&b, 11, 1, filters, 1, 1, &e), 0, "another");
	ok(net_equal(&a, &a) && !net_equal(&a, &b), "their sizes differ");
	a.size_guessed = true;
	ok(net_equal(&a, &b) && net_equal(&b, &a), "but one that is guessed may be the other");
	refused(9, 4, 8, 16, 3, "an image size of 9");
	refused(4097, 4, 8, 16, 3, "an image size of 4097");
	refused(100, 0, 8, 16, 3, "no channels");
	refused(100, 4, 0, 16, 3, "no channels");
	refused(100, 4, 8, 0, 3, "no channels, units");
	refused(100, 4, 8, 16, -1, "no channels, units or classes");
	refused(100, 4, 8, 16, (1 << 20) + 1, "too many");
	refused(4096, 4, 8, 1 << 20, 3, "more than 2^31 weights");
}

/* Of each map in turn: the most filters that go with so few weights, and one more. */
static void maps(void)
{
	static const struct { int size, channels, filters[4]; } most[] = {
		{ 1024, 4, { 1, 1, 1, 1 } },
		{ 1024, 1, { 4, 1, 1, 1 } },
		{ 1026, 1, { 1, 4, 1, 1 } },
		{ 2050, 1, { 1, 1, 4, 1 } },
		{ 2054, 1, { 1, 1, 1, 5 } },       /* whose own weights are a quarter of it */
	};
	struct net n;
	struct err e;

	for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
		int channels = most[i].channels, filters[4];

		memcpy(filters, most[i].filters, sizeof filters);
		is_int(net_init(&n, most[i].size, channels, filters, 1, 1, &e), 0, "as many");
		*(i ? &filters[i - 1] : &channels) += 1;
		is_int(net_init(&n, most[i].size, channels, filters, 1, 1, &e), -1, "one more");
		ok(strstr(e.text, "numbers between layers") != NULL, "%s", e.text);
	}
	is_int(net_tutorial(&n, 516, 15, &e), 0, "as large as the tutorial's gets");
}

/* 50 to 53 have the same shapes. */
static void guessed(void)
{
	static const int filters[4] = { 8, 8, 8, 8 };
	struct net n, want;
	struct err e;

	for (int size = 50; size <= 53; size++) {
		net_init(&n, 52, 1, filters, 1, 1, &e);
		ok(net_size_fits(&n, size) == (size == 52), "a size that is known is the only one");
		n.size_guessed = true;
		ok(net_size_fits(&n, size), "one that is guessed is one of four");
		net_init(&want, size, 1, filters, 1, 1, &e);
		is_int(n.flat, want.flat, "with the same shapes");
		net_set_size(&n, size);
		ok(!memcmp(&n, &want, sizeof n), "the network of %d pixels", size);
	}
	n.size_guessed = true;
	ok(!net_size_fits(&n, 49) && !net_size_fits(&n, 54) && !net_size_fits(&n, -1),
	   "no more than four");
}

int main(void)
{
	tutorial();
	limits();
	maps();
	guessed();
	return tap_end();
}
