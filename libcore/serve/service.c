/* The service; see service.h. */
#include "serve/service.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/tool.h"
#include "serve/cells.h"
#include "serve/inference.h"
#include "serve/serve_log.h"
#include "serve/served_page.h"
#include "serve/tfserving.h"

/* The page asks its own service alone, and shows pictures that lie in the answers. */
static void show_page(struct visit *v)
{
	FILE *f = answer_begin(&v->answer);

	fwrite(served_page, 1, served_page_bytes, f);
	answer_end(&v->answer, f);
	v->answer.type = "text/html; charset=utf-8";
	answer_header(&v->answer, "Content-Security-Policy",
	              "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
	              "img-src data: blob:; connect-src 'self'; form-action 'none'; "
	              "base-uri 'none'; frame-ancestors 'none'");
	answer_header(&v->answer, "Referrer-Policy", "no-referrer");
}

/*
 * The addresses within the page are relative: below "/cgi-bin/aml-serve" they are right only with a
 * slash behind it. Returns false if it is there.
 */
static bool redirects(struct visit *v)
{
	const char *mount = request_get(v->request, "SCRIPT_NAME");
	size_t n = strlen(mount);
	char *to;

	if (*request_get(v->request, "PATH_INFO") || *request_get(v->request, "SCGI") || !n ||
	    mount[n - 1] == '/')
		return false;
	to = xasprintf("%s/", mount);
	visit_fail(v, 301, "the page is at %s", to);
	answer_header(&v->answer, "Location", to);
	free(to);
	return true;
}

static void put_model(struct json_writer *j, const struct served *s)
{
	const struct classes *c = predict_classes(s->predict);
	const struct net *net = &predict_model(s->predict)->net;

	json_object(j, NULL);
	json_text(j, "name", s->name);
	json_text(j, "digest", s->digest);
	json_int(j, "size", net->size);
	json_int(j, "channels", net->channels);
	json_array(j, "classes");
	for (int k = 0; k < c->count; k++) {
		json_object(j, NULL);
		json_text(j, "code", c->entry[k].code);
		json_text(j, "name", c->entry[k].name);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

static void show_about(struct visit *v)
{
	FILE *f = answer_begin(&v->answer);
	struct json_writer j;

	json_start(&j, f, false);
	json_object(&j, NULL);
	json_text(&j, "version", AML_VERSION);
	json_array(&j, "models");
	for (int i = 0; i < v->models->count; i++)
		put_model(&j, &v->models->each[i]);
	json_close_array(&j);
	if (v->policy->min_prob > 0)
		json_number(&j, "min_prob", v->policy->min_prob);
	else
		json_null(&j, "min_prob");
	json_int(&j, "max_body", (int64_t)v->policy->max_body);
	json_close_object(&j);
	answer_end(&v->answer, f);
}

static void route(struct visit *v)
{
	const char *path = request_path(v->request);

	if (!strcmp(path, "/")) {
		if (visit_expects(v, "GET") && !redirects(v))
			show_page(v);
	} else if (!strcmp(path, "/about")) {
		if (visit_expects(v, "GET"))
			show_about(v);
	} else if (!strcmp(path, "/cells")) {
		cells_answer(v);
	} else if (visit_part_is(path, 0, "v1")) {
		tfserving_answer(v, path);
	} else if (visit_part_is(path, 0, "v2")) {
		inference_answer(v, path);
	} else {
		visit_fail(v, 404, "nothing is at %s", path);
	}
}

static void finish(struct service *s, struct visit *v, double start, FILE *f)
{
	bool head = !strcmp(request_get(v->request, "REQUEST_METHOD"), "HEAD");
	char id[SERVE_LOG_ID];
	struct err e;

	visit_end(v);
	serve_log_id(id, v->request);
	if (serve_log_write(s->log, v, id, 1e3 * (clock_seconds() - start), &e) < 0) {
		tool_warn(&e);
		visit_fail(v, 500, "the log cannot be written, and nothing is answered without it");
	}
	answer_header(&v->answer, "X-Request-ID", id);
	answer_header(&v->answer, "Cache-Control", "no-store");
	answer_write(&v->answer, f, !head);
	visit_release(v);
}

void service_answer(struct service *s, const struct request *r, FILE *f)
{
	double start = clock_seconds();
	struct visit v;

	if (s->share)
		threads_limit(s->models.pool, share_begin(s->share, s->worker));
	visit_begin(&v, r, &s->models, &s->policy);
	route(&v);
	finish(s, &v, start, f);
	if (s->share)
		share_end(s->share, s->worker);
}

void service_refuse(struct service *s, const struct request *r, int status, const char *why,
                    FILE *f)
{
	static const struct request none = {0};
	struct visit v;

	visit_begin(&v, r ? r : &none, &s->models, &s->policy);
	visit_fail(&v, status, "%s", why);
	finish(s, &v, clock_seconds(), f);
}
