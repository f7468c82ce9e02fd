/* Weights files: sizes from shapes, conversion, facts, classes. */
#include <stdint.h>

#include "memfile.h"
#include "fuzz/mutate_zip.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const char *path, int flags)
{
	char digest[SHA256_HEX];
	struct model m = {0};
	struct classes c;
	struct err e;
	int64_t n;

	if (model_load(&m, path, flags, &e) < 0)
		return;
	digest_numbers(&m.net, m.w, digest);
	facts_class_list(m.facts, m.net.classes, &c);
	classes_release(&c);
	facts_num_examples(m.facts, path, &n, &e);
	model_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = memfile(data, size);

	look(path, 0);
	look(path, MODEL_UNCHECKED);
	return 0;
}
