/*
 * The SavedModel exporter against the golden file: node by node the same bytes, but for one
 * more node that checks the size of the images. A small reader of protocol buffers finds the
 * nodes.
 */
#include "export/savedmodel.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/outfile.h"
#include "model/model.h"
#include "scratch.h"
#include "tap.h"

enum { TEXT = 256 };

/* ---- reading ---- */

struct span {
	const uint8_t *p;
	size_t size;
};

static uint64_t take_varint(struct span *s)
{
	uint64_t value = 0;

	for (int shift = 0; s->size > 0; shift += 7) {
		uint8_t byte = *s->p++;

		s->size--;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

/* The next field of the message S: its number, and its bytes if it has a length. 0 at the end. */
static int take_field(struct span *s, struct span *value)
{
	uint64_t key;

	if (s->size == 0)
		return 0;
	key = take_varint(s);
	*value = (struct span){ s->p, 0 };
	if ((key & 7) == 2) {
		size_t size = (size_t)take_varint(s);

		if (size > s->size) {
			printf("# a field of %zu bytes runs past its message\n", size);
			exit(1);
		}
		*value = (struct span){ s->p, size };
		s->p += size;
		s->size -= size;
	} else {
		take_varint(s);
		value->size = (size_t)(s->p - value->p);
	}
	return (int)(key >> 3);
}

/* Field NUMBER of M, the first; empty if there is none. */
static struct span get(struct span m, int number)
{
	struct span value;
	int found;

	while ((found = take_field(&m, &value)))
		if (found == number)
			return value;
	return (struct span){0};
}

static bool equal(struct span a, struct span b)
{
	return a.size == b.size && !memcmp(a.p, b.p, a.size);
}

static bool is(struct span a, const char *text)
{
	return equal(a, (struct span){ (const uint8_t *)text, strlen(text) });
}

enum {
	META_GRAPH = 2, INFO = 1, GRAPH = 2, SIGNATURE = 5,
	NODE = 1, VERSIONS = 4, NAME = 1, OP = 2, INPUT = 3, ATTR = 5
};

static struct span find_node(struct span graph, const char *name)
{
	struct span node;
	int field;

	while ((field = take_field(&graph, &node)))
		if (field == NODE && is(get(node, NAME), name))
			return node;
	return (struct span){0};
}

static int count_nodes(struct span graph)
{
	struct span node;
	int n = 0, field;

	while ((field = take_field(&graph, &node)))
		n += field == NODE;
	return n;
}

/* The value of attribute KEY. */
static struct span attr(struct span node, const char *key)
{
	struct span entry;
	int field;

	while ((field = take_field(&node, &entry)))
		if (field == ATTR && is(get(entry, 1), key))
			return get(entry, 2);
	return (struct span){0};
}

/* ---- against the golden file ---- */

static void compare_nodes(struct span got, struct span want)
{
	struct span node, all = want;
	int field;

	is_int(count_nodes(got), count_nodes(want) + 1, "one node more than the golden file");
	while ((field = take_field(&all, &node))) {
		struct span name = get(node, NAME), ours;
		char text[TEXT];

		if (field != NODE || is(name, "conv1/conv"))
			continue;
		snprintf(text, sizeof text, "%.*s", (int)name.size, (const char *)name.p);
		ours = find_node(got, text);
		ok(equal(ours, node), "node %s: the same %zu bytes", text, node.size);
	}
}

static void check_size_node(struct span got, struct span want)
{
	struct span node = find_node(got, "inputs/checked"), conv = find_node(got, "conv1/conv");
	struct span golden_conv = find_node(want, "conv1/conv");

	ok(is(get(node, OP), "EnsureShape"), "EnsureShape");
	ok(is(get(node, INPUT), "inputs"), "takes the images");
	ok(equal(attr(node, "shape"), attr(find_node(got, "inputs"), "shape")),
	   "of the shape of the placeholder");
	ok(equal(attr(node, "T"), attr(conv, "T")), "floats");
	ok(is(get(conv, INPUT), "inputs/checked"), "conv1 takes its output");
	ok(equal(get(conv, OP), get(golden_conv, OP)) &&
	           equal(attr(conv, "padding"), attr(golden_conv, "padding")) &&
	           equal(attr(conv, "strides"), attr(golden_conv, "strides")),
	   "conv1 is the golden one otherwise");
}

static void check_golden(void)
{
	struct model m = {0};
	struct infile golden = {0};
	struct err e = {0};
	struct span got, want;
	char *bytes = NULL;
	size_t size;
	FILE *f = open_memstream(&bytes, &size);

	if (!ok(model_load(&m, "tests/data/keras/w0.npz", 0, &e) == 0, "weights %s", e.text))
		return;
	ok(infile_open(&golden, "tests/data/export/tiny/1/saved_model.pb", 1 << 20, &e) == 0,
	   "golden %s", e.text);
	ok(savedmodel_write(f, &m.net, m.w, &e) == 0, "written %s", e.text);
	fclose(f);
	got = get((struct span){ (uint8_t *)bytes, size }, META_GRAPH);
	want = get((struct span){ golden.data, golden.size }, META_GRAPH);
	ok(!memcmp(bytes, golden.data, 3), "schema version 1");
	ok(equal(get(got, INFO), get(want, INFO)), "tag and version");
	ok(equal(get(got, SIGNATURE), get(want, SIGNATURE)), "signature");
	got = get(got, GRAPH);
	want = get(want, GRAPH);
	ok(equal(get(got, VERSIONS), get(want, VERSIONS)), "producer");
	compare_nodes(got, want);
	check_size_node(got, want);
	free(bytes);
	infile_release(&golden);
	model_release(&m);
}

/* ---- sizes ---- */

static ssize_t count_bytes(void *cookie, const char *data, size_t size)
{
	(void)data;
	*(long long *)cookie += (long long)size;
	return (ssize_t)size;
}

/* A network of zeros, which are never touched. WANT 0: too large. */
static void check_size(int size, long long want)
{
	long long got = 0;
	FILE *f = fopencookie(&got, "w", (cookie_io_functions_t){ .write = count_bytes });
	const float *w[NET_ARRAYS];
	struct net net;
	struct err e = {0};
	size_t bytes;
	void *zeros;
	int result;

	ok(net_tutorial(&net, size, 15, &e) == 0, "a network of %d pixels %s", size, e.text);
	bytes = net_count(&net, DENSE1_W) * sizeof(float);
	zeros = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (int k = 0; k < NET_ARRAYS; k++)
		w[k] = zeros;
	result = savedmodel_write(f, &net, w, &e);
	fflush(f);
	ok(want ? result == 0 : strstr(e.text, "protocol buffer") != NULL, "%d pixels %s", size,
	   e.text);
	is_int(got, want, "bytes");
	munmap(zeros, bytes);
	fclose(f);
}

/* ---- folders ---- */

static bool exists(const char *name)
{
	return access(scratch_path(name), F_OK) == 0;
}

static void check_folders(void)
{
	static const float below[512] = { -1 };
	struct model m = {0};
	struct err e = {0};
	const float *bad[NET_ARRAYS];

	ok(model_load(&m, "tests/data/keras/w0.npz", 0, &e) == 0, "weights %s", e.text);
	memcpy(bad, m.w, sizeof bad);
	bad[BN_VAR] = below;
	ok(savedmodel_save(scratch_path("models"), &m.net, bad, &e) < 0 &&
	           strstr(e.text, "variance"),
	   "bad: %s", e.text);
	ok(!exists("models"), "leaves no folder");
	ok(savedmodel_save(scratch_path("models"), &m.net, m.w, &e) == 0, "a new folder");
	ok(exists("models/1/saved_model.pb"), "holds the model");
	ok(savedmodel_save(scratch_path("models"), &m.net, m.w, &e) == 0, "again");
	ok(savedmodel_save(scratch_path("models"), &m.net, bad, &e) < 0, "bad: %s", e.text);
	ok(exists("models/1/saved_model.pb"), "leaves the old one");
	mkdir(scratch_path("models/1/variables"), 0777);
	ok(savedmodel_save(scratch_path("models"), &m.net, m.w, &e) < 0 &&
	           strstr(e.text, "holds variables"),
	   "another program's version: %s", e.text);
	rmdir(scratch_path("models/1/variables"));
	remove(scratch_path("models/1/saved_model.pb"));
	rmdir(scratch_path("models/1"));
	ok(savedmodel_save(scratch_path("models"), &m.net, bad, &e) < 0 && exists("models"),
	   "a folder that was there stays");
	ok(rmdir(scratch_path("models")) == 0, "nothing else was left in it");
	outfile_save(scratch_path("models"), "", 0, &e);
	ok(savedmodel_save(scratch_path("models"), &m.net, m.w, &e) < 0, "a file in the way: %s",
	   e.text);
	ok(savedmodel_save(scratch_path("no/models"), &m.net, m.w, &e) < 0,
	   "no folder to write in: %s", e.text);
	remove(scratch_path("models"));
	ok(rmdir(scratch_folder) == 0 && mkdir(scratch_folder, 0777) == 0, "nothing else is left");
	model_release(&m);
}

int main(void)
{
	scratch_begin();
	check_golden();
	check_size(100, 69640244);              /* weights - 4,096 + 2,808 */
	check_size(516, 2114363457);            /* weights - 4,096 + 2,821; the last that fits */
	check_size(520, 0);
	check_folders();
	return tap_end();
}
