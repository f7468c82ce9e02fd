/*
 * Facts, and the same bytes as MODEL-metadata: classes that are listed make a list that is read
 * again, numbers of examples are counts.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "memfile.h"
#include "scratch.h"
#include "model/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLASSES = 3 };

/* A model's name beside which the bytes are -metadata. */
static const char *beside(const uint8_t *data, size_t size)
{
	static const char *model;
	const char *path = memfile(data, size);

	if (model)
		return model;
	scratch_begin();
	if (symlink(path, scratch_path("m-metadata")) < 0)
		abort();
	return model = scratch_path("m");
}

static void check_examples(const struct json *facts, const char *model)
{
	struct err e = {0};
	int64_t n = -1;

	if (facts_num_examples(facts, model, &n, &e) < 0 ? !e.text[0] : !facts && n < 0)
		abort();
}

static void check_classes(const struct json *facts, int count)
{
	struct classes c, again;
	struct err e;
	char *codes;
	bool known = facts_class_list(facts, count, &c);

	if (c.count != count)
		abort();
	codes = classes_codes(&c);
	if (known && (classes_parse(&again, codes, &e) < 0 || !classes_equal(&c, &again)))
		abort();
	if (known)
		classes_release(&again);
	free(codes);
	classes_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *model = beside(data, size);
	struct err e;
	struct json *facts = json_parse((const char *)data, size, &e);
	uint64_t seed;

	check_examples(NULL, model);
	check_examples(facts, model);
	facts_check(facts, CLASSES, &e);
	check_classes(facts, CLASSES);
	facts_seed(facts, "seed", &seed);
	facts_int(facts, "epoch");
	json_free(facts);
	return 0;
}
