#pragma once
/* One request on its way through the service: what it asks, what it gets, what the log says. */
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "train/predict.h"
#include "serve/answer.h"
#include "serve/request.h"
#include "serve/served.h"

struct visit_policy {
	double min_prob;                /* below it the model abstains; 0: never */
	size_t max_body;                /* bytes */
};

struct visit {
	const struct request *request;
	const struct visit_policy *policy;
	struct served_list *models;
	struct answer answer;
	struct served *served;          /* the model that is asked; NULL: none */
	/* for the log: */
	struct json_writer noted;       /* to a list of pictures and answers */
	char *pictures;                 /* that list, after visit_end */
	size_t pictures_bytes;
};

void visit_begin(struct visit *v, const struct request *r, struct served_list *models,
                 const struct visit_policy *policy);
/* Ends the list of pictures. */
void visit_end(struct visit *v);
void visit_release(struct visit *v);

/* Answers with an error of HTTP's STATUS. Returns -1. */
int visit_fail(struct visit *v, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* HTTP's status for E: the client's fault, or the machine's. */
int visit_blame(const struct err *e);

/* Is the method METHOD? If not, answers so and returns false. */
bool visit_expects(struct visit *v, const char *method);

/* Has the model too little to say for an answer? */
bool visit_abstains(const struct visit *v, float probability);

/*
 * Notes for the log that the SIZE bytes at DATA, a picture's file or its floats, had the answer A.
 * DIGEST becomes their SHA-256.
 */
void visit_note(struct visit *v, const void *data, size_t size, const struct predict_answer *a,
                char digest[SHA256_HEX]);

/* v->served of N images of floats: PROBABILITY [n][classes]; each is noted. -1: answered so. */
int visit_predict(struct visit *v, const float *pixels, size_t n, float *probability);

/*
 * Part I of PATH between slashes, from 0: its start, and its LENGTH; NULL: there are fewer. The
 * last one may be empty.
 */
const char *visit_part(const char *path, int i, size_t *length);
/* Is it TEXT? */
bool visit_part_is(const char *path, int i, const char *text);
