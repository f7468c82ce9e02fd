/*
 * The whole service: an input is what arrives at its socket. Whatever it is, the answer has a
 * status, JSON is JSON, and the log has a line of JSON.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memfile.h"
#include "scratch.h"

#include "base/json.h"
#include "base/mem.h"
#include "nn/init.h"
#include "model/weights.h"
#include "serve/scgi.h"
#include "serve/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE = 12, CLASSES = 3, BODY_MAX = 1 << 20 };

static struct service service;

static void make_model(const char *path)
{
	struct weights w;
	struct net net;
	struct err e;

	if (net_tutorial(&net, SIDE, CLASSES, &e) < 0)
		abort();
	weights_init(&w, &net);
	init_weights(&net, 1, w.a);
	if (model_save(path, &net, weights_const(&w), NULL, &e) < 0)
		abort();
	weights_release(&w);
}

static void begin(void)
{
	char *operand;
	struct err e;

	if (service.models.count)
		return;
	scratch_begin();
	make_model(scratch_path("m.npz"));
	operand = xasprintf("m=%s", scratch_path("m.npz"));
	if (served_load(&service.models, (const char *const *)&operand, 1, SERVED_WHOLE, 1, &e) < 0)
		abort();
	free(operand);
	service.policy = (struct visit_policy){ .min_prob = .4, .max_body = BODY_MAX };
	service.log = memfd_create("log", MFD_CLOEXEC);
}

static void must_be_json(const char *text, size_t size)
{
	struct err e;
	struct json *v = json_parse(text, size, &e);

	if (!v)
		abort();
	json_free(v);
}

static void check_log(void)
{
	off_t size = lseek(service.log, 0, SEEK_CUR);
	char *line = xmalloc((size_t)size + 1, 1);

	if (size < 2 || pread(service.log, line, (size_t)size, 0) != size ||
	    line[size - 1] != '\n' || memchr(line, '\n', (size_t)size - 1))
		abort();
	must_be_json(line, (size_t)size);
	free(line);
	if (ftruncate(service.log, 0) < 0 || lseek(service.log, 0, SEEK_SET) < 0)
		abort();
}

static void check_answer(const char *text, size_t size)
{
	const char *body = memmem(text, size, "\r\n\r\n", 4);

	if (size < 12 || memcmp(text, "Status: ", 8) || !body)
		abort();
	body += 4;
	if (memmem(text, (size_t)(body - text), "Content-Type: application/json\r\n", 32) &&
	    body < text + size)
		must_be_json(body, (size_t)(text + size - body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scgi scgi = {0};
	struct request r;
	size_t length;
	struct err e;
	char *text;
	FILE *f;

	begin();
	if (scgi_read(&scgi, data, size, BODY_MAX, &e) == 1) {
		scgi_request(&r, &scgi, data);
		f = xmemstream(&text, &length);
		service_answer(&service, &r, f);
		xmemclose(f);
		check_answer(text, length);
		check_log();
		free(text);
	}
	scgi_release(&scgi);
	return 0;
}
