/* The ONNX exporter: the golden file byte for byte, sizes, limits. */
#include "export/onnx.h"

#include <stdint.h>
#include <sys/mman.h>

#include "base/infile.h"
#include "model/model.h"
#include "tap.h"

static void check_golden(void)
{
	struct model m = {0};
	struct infile want = {0};
	struct err e = {0};
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	if (!ok(model_load(&m, "tests/data/keras/w0.npz", 0, &e) == 0, "weights %s", e.text))
		return;
	ok(infile_open(&want, "tests/data/export/tiny.onnx", 1 << 20, &e) == 0,
	   "golden file %s", e.text);
	ok(onnx_write(f, &m.net, m.w, &e) == 0, "written %s", e.text);
	fclose(f);
	is_int((long long)size, (long long)want.size, "size");
	ok(size == want.size && !memcmp(got, want.data, size), "the same bytes");
	free(got);
	infile_release(&want);
	model_release(&m);
}

/* ---- large networks, whose zeros are never touched ---- */

struct large {
	struct net net;
	const float *w[NET_ARRAYS];
	void *map;
	size_t map_bytes;
};

static bool make_large(struct large *l, int size)
{
	struct err e = {0};

	if (!ok(net_tutorial(&l->net, size, 15, &e) == 0, "a network of %d pixels %s", size,
	        e.text))
		return false;
	l->map_bytes = net_count(&l->net, DENSE1_W) * sizeof(float);
	l->map = mmap(NULL, l->map_bytes, PROT_READ,
	              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!ok(l->map != MAP_FAILED, "its zeros"))
		return false;
	for (int k = 0; k < NET_ARRAYS; k++)
		l->w[k] = l->map;
	return true;
}

static ssize_t count_bytes(void *cookie, const char *data, size_t size)
{
	(void)data;
	*(long long *)cookie += (long long)size;
	return (ssize_t)size;
}

static void check_size(int size, long long want)
{
	long long got = 0;
	FILE *f = fopencookie(&got, "w", (cookie_io_functions_t){ .write = count_bytes });
	struct large l;
	struct err e = {0};

	if (make_large(&l, size)) {
		ok(onnx_write(f, &l.net, l.w, &e) == 0, "written %s", e.text);
		fflush(f);
		is_int(got, want, "bytes");
		munmap(l.map, l.map_bytes);
	}
	fclose(f);
}

static void check_refused(void)
{
	long long got = 0;
	FILE *f = fopencookie(&got, "w", (cookie_io_functions_t){ .write = count_bytes });
	static const float below[512] = { [7] = -0.002f };
	struct large l;
	struct err e = {0};

	if (make_large(&l, 520)) {
		ok(onnx_write(f, &l.net, l.w, &e) < 0 && strstr(e.text, "protocol buffer"),
		   "refused: %s", e.text);
		l.w[BN_VAR] = below;
		ok(onnx_write(f, &l.net, l.w, &e) < 0 && strstr(e.text, "array 13: entry 7"),
		   "refused: %s", e.text);
		munmap(l.map, l.map_bytes);
	}
	fflush(f);
	is_int(got, 0, "nothing was written");
	fclose(f);
}

int main(void)
{
	check_golden();
	check_size(100, 69643244);              /* weights + 1,712 */
	check_size(516, 2114366449); /* weights + 1,717; the last that fits in 2^31 - 1 */
	check_refused();
	return tap_end();
}
