#pragma once
/* The service: a request in, an answer out, a line in the log. */
#include <stdbool.h>
#include <stdio.h>

#include "serve/share.h"
#include "serve/visit.h"

struct service {
	struct served_list models;
	struct visit_policy policy;
	int log;                        /* descriptor */
	struct share *share;            /* NULL: all threads of the models' pool for each answer */
	int worker;                     /* which one this is, for SHARE */
};

/*
 * Answers R: writes a line to the log, then status, headers and body to F, as CGI has them. Without
 * its line no answer: it is 500 then.
 */
void service_answer(struct service *s, const struct request *r, FILE *f);

/*
 * The same of a request that could not be read, and STATUS and WHY say so. R: what is known of it,
 * without its body; NULL: nothing.
 */
void service_refuse(struct service *s, const struct request *r, int status, const char *why,
                    FILE *f);
