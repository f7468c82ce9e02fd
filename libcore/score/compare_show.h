#pragma once
/* A comparison as JSON and as tables to be read. Errors stay in the stream. */
#include <stdio.h>

#include "score/compare.h"

/* One object, aml-compare(1). */
void compare_show_json(const struct compare *c, FILE *f);
void compare_show_print(const struct compare *c, FILE *f);

/* The result in a sentence, in new memory. */
char *compare_show_result(const struct compare *c);
