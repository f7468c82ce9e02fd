/* One request on its way through the service; see visit.h. */
#include "serve/visit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void visit_begin(struct visit *v, const struct request *r, struct served_list *models,
                 const struct visit_policy *policy)
{
	*v = (struct visit){ .request = r, .policy = policy, .models = models };
	answer_init(&v->answer);
	json_start(&v->noted, xmemstream(&v->pictures, &v->pictures_bytes), false);
	json_array(&v->noted, NULL);
}

void visit_end(struct visit *v)
{
	json_close_array(&v->noted);
	xmemclose(v->noted.f);
}

void visit_release(struct visit *v)
{
	answer_release(&v->answer);
	free(v->pictures);
}

int visit_fail(struct visit *v, int status, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	answer_error(&v->answer, status, "%s", text);
	free(text);
	return -1;
}

int visit_blame(const struct err *e)
{
	return e->machine ? 503 : 400;
}

bool visit_expects(struct visit *v, const char *method)
{
	const char *got = request_get(v->request, "REQUEST_METHOD");

	if (!strcmp(got, method) || (!strcmp(method, "GET") && !strcmp(got, "HEAD")))
		return true;
	visit_fail(v, 405, "the method is %s here", method);
	answer_header(&v->answer, "Allow", strcmp(method, "GET") ? method : "GET, HEAD");
	return false;
}

bool visit_abstains(const struct visit *v, float probability)
{
	return !((double)probability >= v->policy->min_prob);
}

void visit_note(struct visit *v, const void *data, size_t size, const struct predict_answer *a,
                char digest[SHA256_HEX])
{
	struct json_writer *j = &v->noted;
	struct sha256 sha;

	sha256_init(&sha);
	sha256_add(&sha, data, size);
	sha256_hex(&sha, digest);
	json_object(j, NULL);
	json_text(j, "sha256", digest);
	if (a->failed) {
		json_null(j, "class");
	} else {
		int label = a->order[0];

		json_text(j, "class", predict_classes(v->served->predict)->entry[label].code);
		json_float(j, "probability", a->probability[label]);
		json_bool(j, "answered", !visit_abstains(v, a->probability[label]));
	}
	json_close_object(j);
}

/* ---- many images of floats ---- */

struct collected {
	struct visit *v;
	const float *pixels;            /* of the next image */
	size_t numbers;                 /* of each */
	float *next;                    /* where the next probabilities go */
	int classes;
	bool failed;
};

static void collect(void *arg, const struct predict_answer *a, int n)
{
	struct collected *c = arg;
	char digest[SHA256_HEX];

	for (int i = 0; i < n && !c->failed; i++) {
		c->failed = a[i].failed;
		visit_note(c->v, c->pixels, c->numbers * sizeof *c->pixels, &a[i], digest);
		c->pixels += c->numbers;
		if (c->failed) {
			visit_fail(c->v, 400, "%s", a[i].error.text);
			return;
		}
		memcpy(c->next, a[i].probability, (size_t)c->classes * sizeof *c->next);
		c->next += c->classes;
	}
}

int visit_predict(struct visit *v, const float *pixels, size_t n, float *probability)
{
	const struct net *net = &predict_model(v->served->predict)->net;
	struct collected c = { v, pixels, net_image_numbers(net), probability, net->classes,
		               false };
	struct err e;

	if (predict_floats(v->served->predict, pixels, n, collect, &c, &e) < 0)
		return visit_fail(v, 500, "%s", e.text);
	return c.failed ? -1 : 0;
}

/* ---- paths ---- */

const char *visit_part(const char *path, int i, size_t *length)
{
	const char *p = path + (*path == '/');

	for (; i > 0; i--) {
		p = strchr(p, '/');
		if (!p)
			return NULL;
		p++;
	}
	*length = strcspn(p, "/");
	return p;
}

bool visit_part_is(const char *path, int i, const char *text)
{
	size_t length;
	const char *part = visit_part(path, i, &length);

	return part && strlen(text) == length && !memcmp(part, text, length);
}
