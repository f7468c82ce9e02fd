/* The Open Inference Protocol; see inference.h. */
#include "serve/inference.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "data/pixels.h"

static const char input_name[] = "inputs", output_name[] = "outputs";

enum { DIMS = 4 };                      /* of the input */

/* What a request for inference says. */
struct ask {
	const uint8_t *binary;          /* what follows the JSON: SIZE bytes */
	size_t size;
	const char *id;                 /* NULL: none */
	bool binary_output;
};

/* ---- what there is ---- */

static FILE *begin(struct visit *v, struct json_writer *j)
{
	FILE *f = answer_begin(&v->answer);

	json_start(j, f, false);
	json_object(j, NULL);
	return f;
}

static void end(struct visit *v, struct json_writer *j, FILE *f)
{
	json_close_object(j);
	answer_end(&v->answer, f);
}

static void answer_flag(struct visit *v, const char *name, const char *flag)
{
	struct json_writer j;
	FILE *f = begin(v, &j);

	if (name)
		json_text(&j, "name", name);
	json_bool(&j, flag, true);
	end(v, &j, f);
}

static void show_server(struct visit *v)
{
	struct json_writer j;
	FILE *f = begin(v, &j);

	json_text(&j, "name", "aml-serve");
	json_text(&j, "version", AML_VERSION);
	json_array(&j, "extensions");
	json_text(&j, NULL, "binary_tensor_data");
	json_close_array(&j);
	end(v, &j, f);
}

static void put_tensor(struct json_writer *j, const char *list, const char *name,
                       const int64_t *shape, int dims)
{
	json_array(j, list);
	json_object(j, NULL);
	json_text(j, "name", name);
	json_text(j, "datatype", "FP32");
	json_array(j, "shape");
	for (int i = 0; i < dims; i++)
		json_int(j, NULL, shape[i]);
	json_close_array(j);
	json_close_object(j);
	json_close_array(j);
}

static void show_model(struct visit *v, const struct served *s)
{
	const struct net *net = &predict_model(s->predict)->net;
	const int64_t in[DIMS] = { -1, net->size, net->size, net->channels };
	const int64_t out[] = { -1, net->classes };
	struct json_writer j;
	FILE *f = begin(v, &j);

	json_text(&j, "name", s->name);
	json_array(&j, "versions");
	json_text(&j, NULL, SERVED_VERSION);
	json_close_array(&j);
	json_text(&j, "platform", "aml");
	put_tensor(&j, "inputs", input_name, in, DIMS);
	put_tensor(&j, "outputs", output_name, out, 2);
	end(v, &j, f);
}

/* ---- infer: the request ---- */

static bool text_is(const struct json *v, const char *text)
{
	return v && v->type == JSON_TEXT && !strcmp(v->text, text);
}

static bool flag_of(const struct json *v, const char *key)
{
	const struct json *flag = json_get(json_get(v, "parameters"), key);

	return flag && flag->type == JSON_BOOL && flag->boolean;
}

/* The images that SHAPE says there are; -1: answered with an error. */
static int64_t count_images(struct visit *v, const struct net *net, const struct json *shape)
{
	const float want[] = { 0, (float)net->size, (float)net->size, (float)net->channels };
	bool good = shape && shape->type == JSON_TENSOR && shape->rank == 1 &&
	            shape->shape[0] == DIMS;

	for (int i = 1; good && i < DIMS; i++)
		good = shape->values[i] == want[i];
	if (good && shape->values[0] >= 1 && shape->values[0] <= (float)(1 << 20))
		return (int64_t)shape->values[0];
	return visit_fail(v, 400, "the shape of input '%s' must be [N,%d,%d,%d]", input_name,
	                  net->size, net->size, net->channels);
}

/* COUNT numbers of the tensor IN as floats, in new memory; NULL: answered with an error. */
static float *floats_of(struct visit *v, const struct ask *q, const struct json *in, size_t count)
{
	const struct json *data = json_get(in, "data");
	const struct json *told = json_get(json_get(in, "parameters"), "binary_data_size");
	bool bytes = text_is(json_get(in, "datatype"), "UINT8");
	size_t size = count * (bytes ? 1 : sizeof(float)), have = 1;
	float *out;

	if (!bytes && !text_is(json_get(in, "datatype"), "FP32")) {
		visit_fail(v, 400, "the datatype of input '%s' must be FP32, or UINT8", input_name);
		return NULL;
	}
	for (int i = 0; data && data->type == JSON_TENSOR && i < data->rank; i++)
		have *= data->shape[i];
	if (told ? !told->integer || (size_t)told->whole != size || q->size != size || data
	         : !data || data->type != JSON_TENSOR || have != count) {
		visit_fail(v, 400, "input '%s' must have %zu numbers, in \"data\" or in binary",
		           input_name, count);
		return NULL;
	}
	out = xmalloc(count, sizeof *out);
	if (told && bytes)
		pixels_from_bytes(out, q->binary, count);
	else
		memcpy(out, told ? (const void *)q->binary : data->values, count * sizeof *out);
	for (size_t i = 0; !told && bytes && i < count; i++)
		out[i] /= 255.0f;
	return out;
}

static const struct json *only_input(struct visit *v, const struct json *body)
{
	const struct json *list = json_get(body, "inputs"), *in;

	if (!list || list->type != JSON_ARRAY || list->count != 1) {
		visit_fail(v, 400, "\"inputs\" must be a list of one input, '%s'", input_name);
		return NULL;
	}
	in = &list->items[0];
	if (text_is(json_get(in, "name"), input_name))
		return in;
	visit_fail(v, 400, "the input must be called '%s'", input_name);
	return NULL;
}

static int take_outputs(struct visit *v, struct ask *q, const struct json *body)
{
	const struct json *list = json_get(body, "outputs");

	q->binary_output = flag_of(body, "binary_data_output");
	if (!list)
		return 0;
	if (list->type != JSON_ARRAY || list->count != 1 ||
	    !text_is(json_get(&list->items[0], "name"), output_name))
		return visit_fail(v, 400, "the only output is called '%s'", output_name);
	if (json_get(json_get(&list->items[0], "parameters"), "binary_data"))
		q->binary_output = flag_of(&list->items[0], "binary_data");
	return 0;
}

/* ---- infer: the answer ---- */

static void put_output(struct json_writer *j, const struct ask *q, size_t n, size_t classes,
                       const float *probability)
{
	const size_t shape[] = { n * classes };

	json_array(j, "outputs");
	json_object(j, NULL);
	json_text(j, "name", output_name);
	json_text(j, "datatype", "FP32");
	json_array(j, "shape");
	json_int(j, NULL, (int64_t)n);
	json_int(j, NULL, (int64_t)classes);
	json_close_array(j);
	if (q->binary_output) {
		json_object(j, "parameters");
		json_int(j, "binary_data_size", (int64_t)(n * classes * sizeof *probability));
		json_close_object(j);
	} else {
		json_tensor(j, "data", 1, shape, probability);
	}
	json_close_object(j);
	json_close_array(j);
}

static void put_result(struct visit *v, const struct ask *q, size_t n, const float *probability)
{
	const struct served *s = v->served;
	size_t classes = (size_t)predict_classes(s->predict)->count;
	char length[24];
	struct json_writer j;
	FILE *f = begin(v, &j);

	json_text(&j, "model_name", s->name);
	json_text(&j, "model_version", SERVED_VERSION);
	if (q->id)
		json_text(&j, "id", q->id);
	put_output(&j, q, n, classes, probability);
	json_close_object(&j);
	if (q->binary_output) {
		snprintf(length, sizeof length, "%ld", ftell(f));
		fwrite(probability, sizeof *probability, n * classes, f);
		v->answer.type = "application/octet-stream";
		answer_header(&v->answer, "Inference-Header-Content-Length", length);
	}
	answer_end(&v->answer, f);
}

static void infer_json(struct visit *v, struct ask *q, const struct json *body)
{
	const struct net *net = &predict_model(v->served->predict)->net;
	const struct json *in = only_input(v, body), *id = json_get(body, "id");
	size_t numbers = net_image_numbers(net);
	float *pixels, *probability;
	int64_t n;

	if (!in || take_outputs(v, q, body) < 0)
		return;
	q->id = id && id->type == JSON_TEXT ? id->text : NULL;
	n = count_images(v, net, json_get(in, "shape"));
	pixels = n > 0 ? floats_of(v, q, in, (size_t)n * numbers) : NULL;
	if (!pixels)
		return;
	probability = xmalloc((size_t)n * (size_t)net->classes, sizeof *probability);
	if (visit_predict(v, pixels, (size_t)n, probability) == 0)
		put_result(v, q, (size_t)n, probability);
	free(pixels);
	free(probability);
}

static void infer(struct visit *v)
{
	const struct request *r = v->request;
	const char *text = request_get(r, "HTTP_INFERENCE_HEADER_CONTENT_LENGTH");
	struct ask q = {0};
	struct json *body;
	struct err e;
	int64_t head = *text ? request_length(text, r->size, &e) : (int64_t)r->size;

	if (head < 0) {
		visit_fail(v, 400, "Inference-Header-Content-Length: %s", e.text);
		return;
	}
	q.binary = r->body + head;
	q.size = r->size - (size_t)head;
	body = json_parse_tensors((const char *)r->body, (size_t)head, &e);
	if (!body)
		visit_fail(v, visit_blame(&e), "%s", e.text);
	else
		infer_json(v, &q, body);
	json_free(body);
}

/* ---- paths ---- */

static void answer_model(struct visit *v, struct served *s, const char *path, int at)
{
	size_t length;

	v->served = s;
	if (!visit_part(path, at, &length)) {
		if (visit_expects(v, "GET"))
			show_model(v, s);
	} else if (visit_part(path, at + 1, &length)) {
		visit_fail(v, 404, "nothing is at %s", path);
	} else if (visit_part_is(path, at, "ready")) {
		if (visit_expects(v, "GET"))
			answer_flag(v, s->name, "ready");
	} else if (visit_part_is(path, at, "infer")) {
		if (visit_expects(v, "POST"))
			infer(v);
	} else {
		visit_fail(v, 404, "nothing is at %s", path);
	}
}

static void find_model(struct visit *v, const char *path)
{
	size_t length;
	const char *name = visit_part(path, 2, &length);
	struct served *s = name ? served_find(v->models, name, length) : NULL;
	bool versions = visit_part_is(path, 3, "versions");

	if (!s)
		visit_fail(v, 404, "Request for unknown model: '%.*s' is not found",
		           name ? (int)length : 0, name ? name : "");
	else if (versions && !visit_part_is(path, 4, SERVED_VERSION))
		visit_fail(v, 404, "Request for unknown model: '%s' has version %s alone", s->name,
		           SERVED_VERSION);
	else
		answer_model(v, s, path, versions ? 5 : 3);
}

void inference_answer(struct visit *v, const char *path)
{
	size_t length;

	if (visit_part_is(path, 1, "models") && visit_part(path, 2, &length)) {
		find_model(v, path);
	} else if (!visit_part(path, 1, &length)) {
		if (visit_expects(v, "GET"))
			show_server(v);
	} else if (visit_part_is(path, 1, "health") && !visit_part(path, 3, &length) &&
	           (visit_part_is(path, 2, "live") || visit_part_is(path, 2, "ready"))) {
		if (visit_expects(v, "GET"))
			answer_flag(v, NULL, visit_part_is(path, 2, "live") ? "live" : "ready");
	} else {
		visit_fail(v, 404, "nothing is at %s", path);
	}
}
