/* POST /cells; see cells.h. */
#include "serve/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"
#include "image/thumbnail.h"
#include "figure/overlay.h"
#include "serve/form.h"

/* Pixels a side of what is shown: enough for the structure of a nucleus. */
enum { SHOWN_SIDE = 512 };

/* What was asked for, and where the answer goes. */
struct job {
	struct visit *v;
	struct served *s;
	struct json_writer j;
	int top;
	bool explain, preview;
	/* the picture at hand: */
	const char *file;               /* its name as the client told it; NULL: none */
	const uint8_t *data;
	size_t size;
	bool failed;
	struct err error;
};

static bool is_asked(const struct request *r, const char *field)
{
	char *value = request_field(r, field);
	bool asked = value && !strcmp(value, "1");

	free(value);
	return asked;
}

/* ---- pictures within the answer ---- */

static int put_png(struct job *b, const char *key, const struct image *im, const float *map,
                   struct err *e)
{
	char *png = NULL, *text = NULL;
	size_t size, length;
	FILE *f = xmemstream(&png, &size);
	int result = overlay_write(f, im, map, e);

	xmemclose(f);
	if (result == 0) {
		f = xmemstream(&text, &length);
		fputs("data:image/png;base64,", f);
		base64_write(f, png, size);
		xmemclose(f);
		json_text(&b->j, key, text);
	}
	free(text);
	free(png);
	return result;
}

static int put_explanation(struct job *b, const struct image *im, int label, struct err *e)
{
	struct gradcam *g = served_gradcam(b->s, e);
	float *map;
	int result = -1;

	if (!g)
		return -1;
	map = mem_try((size_t)im->width * (size_t)im->height, sizeof *map, e);
	if (!map)
		return -1;
	gradcam_forward(g, predict_input(b->s->predict));
	if (gradcam_picture(g, label, map, im->width, im->height, e) == 0)
		result = put_png(b, "explanation", im, map, e);
	free(map);
	return result;
}

static int put_pictures(struct job *b, int label, struct err *e)
{
	struct picture *p = predict_picture(b->s->predict);

	if (!b->explain && !b->preview)
		return 0;
	if (picture_original(p, predict_input(b->s->predict),
	                     predict_model(b->s->predict)->net.channels, e) < 0 ||
	    thumbnail_fit(&p->image, SHOWN_SIDE, e) < 0)
		return -1;
	if (b->preview && put_png(b, "picture", &p->image, NULL, e) < 0)
		return -1;
	return b->explain ? put_explanation(b, &p->image, label, e) : 0;
}

/* ---- one picture ---- */

static void put_classes(struct job *b, const struct predict_answer *a)
{
	const struct classes *c = predict_classes(b->s->predict);

	json_array(&b->j, "classes");
	for (int k = 0; k < c->count && k < b->top; k++) {
		const struct class_entry *entry = &c->entry[a->order[k]];

		json_object(&b->j, NULL);
		json_text(&b->j, "class", entry->code);
		json_text(&b->j, "name", entry->name);
		json_float(&b->j, "probability", a->probability[a->order[k]]);
		json_close_object(&b->j);
	}
	json_close_array(&b->j);
}

static int put_answer(struct job *b, const struct predict_answer *a, struct err *e)
{
	const struct picture *p = predict_picture(b->s->predict);
	int label = a->order[0];

	json_int(&b->j, "width", p->width);
	json_int(&b->j, "height", p->height);
	json_text(&b->j, "class", predict_classes(b->s->predict)->entry[label].code);
	json_float(&b->j, "probability", a->probability[label]);
	json_bool(&b->j, "answered", !visit_abstains(b->v, a->probability[label]));
	put_classes(b, a);
	if (a->note)
		json_text(&b->j, "note", a->note);
	return put_pictures(b, label, e);
}

/* What is wrong, without the name of the file, which the client knows and the log need not. */
static const char *reason(const struct job *b, const struct err *e)
{
	size_t n = b->file ? strlen(b->file) : 0;
	bool named = n && !strncmp(e->text, b->file, n) && !strncmp(e->text + n, ": ", 2);

	return named ? e->text + n + 2 : e->text;
}

static void take(void *arg, const struct predict_answer *a, int n)
{
	struct job *b = arg;
	char digest[SHA256_HEX];

	(void)n;
	visit_note(b->v, b->data, b->size, a, digest);
	json_object(&b->j, NULL);
	if (b->file)
		json_text(&b->j, "file", b->file);
	json_text(&b->j, "sha256", digest);
	b->failed = a->failed;
	if (b->failed)
		b->error = a->error;
	else if (put_answer(b, a, &b->error) < 0)
		b->failed = true;
	if (b->failed)
		json_text(&b->j, "error", reason(b, &b->error));
	json_close_object(&b->j);
}

/* Returns -1 where the model itself has failed, and that is the answer. */
static int classify(struct job *b, const char *file, const uint8_t *data, size_t size)
{
	struct predict *p = b->s->predict;
	struct err e;
	int result;

	b->file = file;
	b->data = data;
	b->size = size;
	result = predict_memory(p, file ? file : "picture", data, size, take, b, &e);
	picture_forget(predict_picture(p));
	return result < 0 ? visit_fail(b->v, 500, "%s", e.text) : 0;
}

/* ---- the request ---- */

static void begin(struct job *b)
{
	json_object(&b->j, NULL);
	json_object(&b->j, "model");
	json_text(&b->j, "name", b->s->name);
	json_text(&b->j, "digest", b->s->digest);
	json_close_object(&b->j);
	if (b->v->policy->min_prob > 0)
		json_number(&b->j, "min_prob", b->v->policy->min_prob);
	else
		json_null(&b->j, "min_prob");
	json_array(&b->j, "cells");
}

static int classify_form(struct job *b, const char *type)
{
	const struct request *r = b->v->request;
	struct form form = {0};
	struct err e;
	int result = 0, files = 0;

	if (form_parse(&form, type, r->body, r->size, &e) < 0)
		return visit_fail(b->v, visit_blame(&e), "%s", e.text);
	for (size_t i = 0; i < form.count && result == 0; i++)
		if (form.part[i].file) {
			files++;
			result = classify(b, form.part[i].file, form.part[i].data,
			                  form.part[i].size);
		}
	if (!files)
		result = visit_fail(b->v, 400, "the form has no file");
	form_release(&form);
	return result;
}

static int classify_body(struct job *b)
{
	const struct request *r = b->v->request;

	if (!r->size)
		return visit_fail(b->v, 400, "no picture");
	if (classify(b, NULL, r->body, r->size) < 0)
		return -1;
	if (!b->failed)
		return 0;
	return visit_fail(b->v, visit_blame(&b->error), "%s", reason(b, &b->error));
}

static int choose_model(struct job *b)
{
	char *name = request_field(b->v->request, "model");

	b->s = name && *name ? served_find(b->v->models, name, strlen(name))
	                     : &b->v->models->each[0];
	if (!b->s)
		visit_fail(b->v, 404, "no model is called '%s'", name);
	free(name);
	b->v->served = b->s;
	return b->s ? 0 : -1;
}

static int choose_top(struct job *b)
{
	char *text = request_field(b->v->request, "top"), *end = NULL;
	long top = text ? strtol(text, &end, 10) : CLASSES_MAX;
	bool good = !text || (end != text && !*end && top >= 1);

	b->top = top < CLASSES_MAX ? (int)top : CLASSES_MAX;
	if (!good)
		visit_fail(b->v, 400, "top=%s is no number of classes", text);
	free(text);
	return good ? 0 : -1;
}

void cells_answer(struct visit *v)
{
	const char *type = request_get(v->request, "CONTENT_TYPE");
	struct job b = { .v = v, .explain = is_asked(v->request, "explain"),
		         .preview = is_asked(v->request, "preview") };
	struct answer whole;
	FILE *f;
	int result;

	if (!visit_expects(v, "POST") || choose_model(&b) < 0 || choose_top(&b) < 0)
		return;
	answer_init(&whole);
	f = answer_begin(&whole);
	json_start(&b.j, f, false);
	begin(&b);
	result = form_is(type) ? classify_form(&b, type) : classify_body(&b);
	json_close_array(&b.j);
	json_close_object(&b.j);
	answer_end(&whole, f);
	if (result < 0) {
		answer_release(&whole);
		return;
	}
	answer_release(&v->answer);
	v->answer = whole;
}
