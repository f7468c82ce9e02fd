#pragma once
/*
 * What the service keeps of each request: one line of JSON, as aml-serve(1) describes it. No
 * picture, no name of a file, nothing that the client sent but the path.
 */
#include "base/err.h"
#include "serve/visit.h"

/* Opens PATH for lines at its end; NULL: standard error. Returns a descriptor, or -1 with E set. */
int serve_log_open(const char *path, struct err *e);

enum { SERVE_LOG_ID = 129 };

/*
 * The id of R, in ID: that of the web server (REQUEST_ID, or the header X-Request-ID) if it is
 * letters, digits, '.', '_' and '-', at most 128; otherwise a new one.
 */
void serve_log_id(char id[SERVE_LOG_ID], const struct request *r);

/* Writes the line of V, which has ended, in one write. Returns 0, or -1 with E set. */
int serve_log_write(int fd, const struct visit *v, const char *id, double milliseconds,
                    struct err *e);
