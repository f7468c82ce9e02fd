#pragma once
/* CGI (RFC 3875): one request in the environment and on a descriptor, one answer to a stream. */
#include "base/err.h"
#include "serve/service.h"

/*
 * Reads the request of the environment ENV and of the descriptor IN, waiting SECONDS at most, and
 * answers it to F, whose errors stay in it. A request that cannot be read is answered, too (400,
 * 408, 411, 413), and what is left of its body thrown away.
 */
void cgi_answer(struct service *s, char *const *env, int in, double seconds, FILE *f);

/* Answers it with HTTP's STATUS, because of WHY, and reads nothing. The models are not needed. */
void cgi_refuse(struct service *s, char *const *env, int status, const char *why, FILE *f);
