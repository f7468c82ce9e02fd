/* TensorFlow Serving's REST interface; see tfserving.h. */
#include "serve/tfserving.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "serve/images.h"

/* What a path asks for. */
struct target {
	const char *name;               /* LENGTH bytes of the path */
	size_t length;
	const char *version;            /* VERSION_LENGTH bytes; NULL: the latest */
	size_t version_length;
	bool metadata;
	const char *verb;               /* "predict"; NULL: none */
};

static const char signature[] = "serving_default";

/* Cuts ":predict" off the last part of the path. */
static void cut_verb(struct target *t, const char *part, size_t *length)
{
	const char *colon = memchr(part, ':', *length);

	if (!colon)
		return;
	t->verb = colon + 1;
	*length = (size_t)(colon - part);
}

static bool parse(struct target *t, const char *path)
{
	size_t length;
	int i = 3;

	*t = (struct target){0};
	t->name = visit_part(path, 2, &t->length);
	if (!visit_part_is(path, 1, "models") || !t->name)
		return false;
	cut_verb(t, t->name, &t->length);
	if (visit_part_is(path, i, "versions")) {
		t->version = visit_part(path, i + 1, &t->version_length);
		if (!t->version)
			return false;
		cut_verb(t, t->version, &t->version_length);
		i += 2;
	}
	if (visit_part_is(path, i, "metadata")) {
		t->metadata = true;
		i++;
	}
	return t->length && !visit_part(path, i, &length);
}

static bool version_is(const struct target *t, const char *text)
{
	return t->version_length == strlen(text) && !memcmp(t->version, text, t->version_length);
}

/* Version 0 is the latest, as clients of OpenVINO Model Server have it. */
static bool is_version(const struct target *t)
{
	return !t->version || version_is(t, SERVED_VERSION) || version_is(t, "0");
}

static int find(struct visit *v, const struct target *t)
{
	v->served = NULL;
	if (is_version(t))
		v->served = served_find(v->models, t->name, t->length);
	if (v->served)
		return 0;
	if (!t->verb && !t->metadata)
		return visit_fail(v, 404, "Could not find any versions of model %.*s",
		                  (int)t->length, t->name);
	if (t->version)
		return visit_fail(v, 404, "Servable not found for request: Specific(%.*s, %.*s)",
		                  (int)t->length, t->name, (int)t->version_length, t->version);
	return visit_fail(v, 404, "Servable not found for request: Latest(%.*s)", (int)t->length,
	                  t->name);
}

/* ---- what there is ---- */

static void put_status(struct json_writer *j)
{
	json_array(j, "model_version_status");
	json_object(j, NULL);
	json_text(j, "version", SERVED_VERSION);
	json_text(j, "state", "AVAILABLE");
	json_object(j, "status");
	json_text(j, "error_code", "OK");
	json_text(j, "error_message", "");
	json_close_object(j);
	json_close_object(j);
	json_close_array(j);
}

/* One tensor of the signature: the batch, then DIM[0..dims-1]. */
static void put_tensor(struct json_writer *j, const char *name, const int *dim, int dims)
{
	json_object(j, name);
	json_object(j, name);
	json_text(j, "dtype", "DT_FLOAT");
	json_object(j, "tensor_shape");
	json_array(j, "dim");
	for (int i = -1; i < dims; i++) {
		char text[16];

		snprintf(text, sizeof text, "%d", i < 0 ? -1 : dim[i]);
		json_object(j, NULL);
		json_text(j, "size", text);
		json_text(j, "name", "");
		json_close_object(j);
	}
	json_close_array(j);
	json_bool(j, "unknown_rank", false);
	json_close_object(j);
	json_text(j, "name", strcmp(name, "inputs") ? "outputs:0" : "inputs:0");
	json_close_object(j);
	json_close_object(j);
}

static void put_metadata(struct json_writer *j, const struct served *s)
{
	const struct net *net = &predict_model(s->predict)->net;
	const int in[] = { net->size, net->size, net->channels }, out[] = { net->classes };

	json_object(j, "model_spec");
	json_text(j, "name", s->name);
	json_text(j, "signature_name", "");
	json_text(j, "version", SERVED_VERSION);
	json_close_object(j);
	json_object(j, "metadata");
	json_object(j, "signature_def");
	json_object(j, "signature_def");
	json_object(j, signature);
	put_tensor(j, "inputs", in, 3);
	put_tensor(j, "outputs", out, 1);
	json_text(j, "method_name", "tensorflow/serving/predict");
	for (int i = 0; i < 4; i++)
		json_close_object(j);
}

static void show(struct visit *v, bool metadata)
{
	struct json_writer j;
	FILE *f = answer_begin(&v->answer);

	json_start(&j, f, true);
	json_object(&j, NULL);
	if (metadata)
		put_metadata(&j, v->served);
	else
		put_status(&j);
	json_close_object(&j);
	answer_end(&v->answer, f);
}

/* ---- predict ---- */

/* {"inputs": IMAGES}, or the images without their name. */
static const struct json *without_name(struct visit *v, const struct json *value)
{
	const struct json *named = json_get(value, "inputs");

	if (value->type != JSON_OBJECT || json_get(value, "b64"))
		return value;
	if (!named || value->count != 1) {
		visit_fail(v, 400, "Missing named input: inputs in 'inputs' object.");
		return NULL;
	}
	return named;
}

static int take_all(struct visit *v, struct images *im, const struct json *rows)
{
	struct err e;

	if (images_take(im, rows, &e) < 0)
		return visit_fail(v, visit_blame(&e), "%s", e.text);
	return 0;
}

static int take_column(struct visit *v, struct images *im, const struct json *inputs)
{
	const struct json *value = without_name(v, inputs);

	return value ? take_all(v, im, value) : -1;
}

static int take_rows(struct visit *v, struct images *im, const struct json *rows)
{
	if (rows->type == JSON_TENSOR)
		return take_all(v, im, rows);
	if (rows->type != JSON_ARRAY)
		return visit_fail(v, 400,
		                  "JSON Value: Excepting 'instances' value to be an list/array");
	if (!rows->count)
		return visit_fail(v, 400, "JSON Value: No values for 'instances' array");
	if (rows->items[0].type != JSON_OBJECT)
		return take_all(v, im, rows);
	for (size_t i = 0; i < rows->count; i++) {
		const struct json *value = without_name(v, &rows->items[i]);
		struct err e;

		if (!value)
			return -1;
		if (images_add(im, value, &e) < 0)
			return visit_fail(v, visit_blame(&e), "instance %zu: %s", i, e.text);
	}
	return 0;
}

static void put_result(struct visit *v, const char *key, const struct images *im,
                       const float *probability)
{
	const size_t shape[] = { im->count, (size_t)predict_classes(im->served->predict)->count };
	struct json_writer j;
	FILE *f = answer_begin(&v->answer);

	json_start(&j, f, false);
	json_object(&j, NULL);
	json_tensor(&j, key, 2, shape, probability);
	json_close_object(&j);
	answer_end(&v->answer, f);
}

static int check_keys(struct visit *v, const struct json *inputs, const struct json *rows)
{
	if (inputs && rows)
		return visit_fail(v, 400, "JSON Value: Not formatted correctly expecting only one "
		                          "of 'inputs' or 'instances' keys to exist");
	return inputs || rows ? 0 : visit_fail(v, 400, "Missing 'inputs' or 'instances' key");
}

static int check_signature(struct visit *v, const struct json *body)
{
	const struct json *name = json_get(body, "signature_name");

	if (!name || (name->type == JSON_TEXT && (!*name->text || !strcmp(name->text, signature))))
		return 0;
	return visit_fail(v, 400, "Serving signature name: \"%s\" not found in signature def",
	                  name->type == JSON_TEXT ? name->text : "");
}

static void predict_json(struct visit *v, const struct json *body)
{
	const struct json *inputs = json_get(body, "inputs"), *rows = json_get(body, "instances");
	struct images im;
	float *probability;
	int result;

	if (check_keys(v, inputs, rows) < 0 || check_signature(v, body) < 0)
		return;
	images_init(&im, v->served);
	result = rows ? take_rows(v, &im, rows) : take_column(v, &im, inputs);
	if (result == 0) {
		probability = xmalloc(im.count * (size_t)predict_classes(v->served->predict)->count,
		                      sizeof *probability);
		if (visit_predict(v, im.pixels, im.count, probability) == 0)
			put_result(v, rows ? "predictions" : "outputs", &im, probability);
		free(probability);
	}
	images_release(&im);
}

static void predict(struct visit *v)
{
	const struct request *r = v->request;
	struct json *body;
	struct err e;

	body = json_parse_tensors((const char *)r->body, r->size, &e);
	if (!body)
		visit_fail(v, visit_blame(&e), "JSON Parse error: %s", e.text);
	else if (body->type != JSON_OBJECT)
		visit_fail(v, 400, "JSON Value: is not an object");
	else
		predict_json(v, body);
	json_free(body);
}

static void malformed(struct visit *v, const char *path)
{
	visit_fail(v, 400, "Malformed request: %s %s", request_get(v->request, "REQUEST_METHOD"),
	           path);
}

void tfserving_answer(struct visit *v, const char *path)
{
	const char *method = request_get(v->request, "REQUEST_METHOD");
	bool post = !strcmp(method, "POST");
	struct target t;

	if (!parse(&t, path) || (t.verb ? strcmp(t.verb, "predict") || !post || t.metadata : post))
		malformed(v, path);
	else if (!t.verb && !visit_expects(v, "GET"))
		return;
	else if (find(v, &t) == 0 && t.verb)
		predict(v);
	else if (v->served)
		show(v, t.metadata);
}
