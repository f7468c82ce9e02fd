/* The network's sizes; see net.h. */
#include "nn/net.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

enum {
	MIN_SIZE = 10, MAX_SIZE = 4096, MAX_CHANNELS = 4096, MAX_UNITS = 1 << 20, KERNEL = 3,
	/* numbers that a map may have beyond those of the weights: 1024 x 1024 x 4 */
	MAP_SPARE = 1 << 22,
};

static bool in_range(int value, int high)
{
	return value >= 1 && value <= high;
}

static void set_sides(struct net *n, int size)
{
	n->size = size;
	n->conv2_size = size - 2;
	n->pool1_size = n->conv2_size / 2;
	n->conv4_size = n->pool1_size - 2;
	n->pool2_size = n->conv4_size / 2;
}

/*
 * An engine has room for each map of an image. That grows with the image's sides, which weights of
 * a few thousand numbers may put at 4096: the tutorial's maps have a twentieth of its weights.
 */
static int check_maps(const struct net *n, struct err *e)
{
	const struct { int side, channels; } map[] = {
		{ n->size, n->channels }, { n->size, n->filters[0] },
		{ n->conv2_size, n->filters[1] }, { n->pool1_size, n->filters[2] },
		{ n->conv4_size, n->filters[3] },
	};
	size_t most = net_total(n) + MAP_SPARE;

	for (size_t i = 0; i < sizeof map / sizeof *map; i++) {
		size_t side = (size_t)map[i].side, numbers = side * side * (size_t)map[i].channels;

		if (numbers > most)
			return err_set(e, "a network of %zu weights with %zu x %zu x %d numbers "
			                  "between layers, expected at most %zu",
			               net_total(n), side, side, map[i].channels, most);
	}
	return 0;
}

int net_init(struct net *n, int size, int channels, const int filters[4], int dense,
             int classes, struct err *e)
{
	bool good = in_range(channels, MAX_CHANNELS) && in_range(dense, MAX_UNITS) &&
	            in_range(classes, MAX_UNITS);

	if (size < MIN_SIZE || size > MAX_SIZE)
		return err_set(e, "an image size of %d, expected %d to %d", size,
		               MIN_SIZE, MAX_SIZE);
	for (int i = 0; i < 4; i++)
		good = good && in_range(filters[i], MAX_CHANNELS);
	if (!good)
		return err_set(e, "a network with too many or no channels, units or classes");
	*n = (struct net){ .channels = channels, .dense = dense, .classes = classes };
	memcpy(n->filters, filters, sizeof n->filters);
	set_sides(n, size);
	if ((long long)n->pool2_size * n->pool2_size * filters[3] > INT_MAX / dense)
		return err_set(e, "a network of more than 2^31 weights");
	n->flat = n->pool2_size * n->pool2_size * filters[3];
	return check_maps(n, e);
}

int net_tutorial(struct net *n, int size, int classes, struct err *e)
{
	static const int filters[4] = { 32, 32, 64, 64 };

	return net_init(n, size, 4, filters, 512, classes, e);
}

int net_shape(const struct net *n, enum net_array k, size_t shape[4])
{
	if (k <= CONV4_B) {
		int layer = k / 2, in = layer ? n->filters[layer - 1] : n->channels;

		if (k % 2) {
			shape[0] = (size_t)n->filters[layer];
			return 1;
		}
		shape[0] = shape[1] = KERNEL;
		shape[2] = (size_t)in;
		shape[3] = (size_t)n->filters[layer];
		return 4;
	}
	if (k == DENSE1_W || k == DENSE2_W) {
		shape[0] = (size_t)(k == DENSE1_W ? n->flat : n->dense);
		shape[1] = (size_t)(k == DENSE1_W ? n->dense : n->classes);
		return 2;
	}
	shape[0] = (size_t)(k == DENSE2_B ? n->classes : n->dense);
	return 1;
}

size_t net_count(const struct net *n, enum net_array k)
{
	size_t shape[4], count = 1;
	int dims = net_shape(n, k, shape);

	for (int i = 0; i < dims; i++)
		count *= shape[i];
	return count;
}

size_t net_total(const struct net *n)
{
	size_t total = 0;

	for (int k = 0; k < NET_ARRAYS; k++)
		total += net_count(n, (enum net_array)k);
	return total;
}

size_t net_image_numbers(const struct net *n)
{
	return (size_t)n->size * (size_t)n->size * (size_t)n->channels;
}

bool net_equal(const struct net *a, const struct net *b)
{
	return (net_size_fits(a, b->size) || net_size_fits(b, a->size)) &&
	       a->channels == b->channels && a->dense == b->dense && a->classes == b->classes &&
	       !memcmp(a->filters, b->filters, sizeof a->filters);
}

void net_sizes(const struct net *n, int *least, int *most)
{
	int largest = 4 * n->pool2_size + 9;

	*least = n->size_guessed ? 4 * n->pool2_size + 6 : n->size;
	*most = !n->size_guessed ? n->size : largest < MAX_SIZE ? largest : MAX_SIZE;
}

bool net_size_fits(const struct net *n, int64_t size)
{
	int least, most;

	net_sizes(n, &least, &most);
	return size >= least && size <= most;
}

void net_set_size(struct net *n, int size)
{
	assert(net_size_fits(n, size));
	set_sides(n, size);
	n->size_guessed = false;
}
