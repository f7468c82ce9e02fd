#pragma once
/* A training log from text; after scratch_begin. */
#include "scratch.h"

#include "train/learning.h"

static const char log_header[] = "epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n";

static struct learning read_log(const char *rows)
{
	char *text = xasprintf("%s%s", log_header, rows);
	struct learning l = {0};
	struct err e;

	if (learning_load(&l, scratch_text("log", text), &e) < 0)
		printf("#   %s\n", e.text);
	free(text);
	return l;
}
