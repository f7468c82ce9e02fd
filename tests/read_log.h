#pragma once
/* A training log from text. */
#include <stdio.h>
#include <string.h>

#include "train/learning.h"

static const char log_header[] = "epoch\tloss\taccuracy\tvalid_loss\tvalid_accuracy\n";

static struct learning read_log(const char *rows)
{
	char text[1024];
	struct learning l = {0};
	struct err e;
	FILE *f;

	snprintf(text, sizeof text, "%s%s", log_header, rows);
	f = fmemopen(text, strlen(text), "r");
	if (learning_read(&l, f, "log", &e) < 0)
		printf("#   %s\n", e.text);
	fclose(f);
	return l;
}
