/* What facts tell: the class list, and the number of examples, which may stand beside the model. */
#include "model/facts.h"

#include "scratch.h"
#include "tap.h"

static struct err e;

static struct json *parse(const char *text)
{
	return text ? json_parse(text, strlen(text), &e) : NULL;
}

static void classes_are(const char *text, bool known, const char *want)
{
	struct json *facts = parse(text);
	struct classes c;
	char *codes;

	is_int(facts_class_list(facts, 3, &c), known, text ? text : "no facts");
	codes = classes_codes(&c);
	is_text(codes, want, "its classes");
	free(codes);
	classes_release(&c);
	json_free(facts);
}

static void seed_is(const char *text, bool known, uint64_t want)
{
	struct json *facts = parse(text);
	uint64_t seed = 0;

	ok(facts && facts_seed(facts, "seed", &seed) == known && (!known || seed == want),
	   "seed: %s", text);
	json_free(facts);
}

static void seeds(void)
{
	seed_is("{\"seed\": 0}", true, 0);
	seed_is("{\"seed\": 9223372036854775807}", true, INT64_MAX);
	seed_is("{\"seed\": 9223372036854775808}", true, (uint64_t)INT64_MAX + 1);
	seed_is("{\"seed\": 18446744073709551615}", true, UINT64_MAX);
	seed_is("{\"seed\": 18446744073709551616}", false, 0);
	seed_is("{\"seed\": -1}", false, 0);
	seed_is("{\"seed\": -9223372036854775809}", false, 0);
	seed_is("{\"seed\": 1.5}", false, 0);
	seed_is("{\"seed\": \"1\"}", false, 0);
	seed_is("{}", false, 0);
}

static void classes(void)
{
	struct classes c;

	classes_are(NULL, false, "C0,C1,C2");
	classes_are("{}", false, "C0,C1,C2");
	classes_are("{\"classes\": [\"EOS\", \"BAS\", \"X\"]}", true, "EOS,BAS,X");
	classes_are("{\"classes\": [\"EOS\", \"BAS\"]}", false, "C0,C1,C2");
	classes_are("{\"classes\": [\"EOS\", \"BAS\", 3]}", false, "C0,C1,C2");
	classes_are("{\"classes\": [\"EOS\", \"BAS,X\", \"Y\"]}", false, "C0,C1,C2");
	classes_are("{\"classes\": \"EOS\"}", false, "C0,C1,C2");
	ok(!facts_class_list(NULL, 15, &c) && c.count == 15 && !strcmp(c.entry[0].code, "BAS"),
	   "the 15 default ones");
	classes_release(&c);
}

static void examples_are(const char *text, const char *metadata, int64_t want, const char *what)
{
	const char *path = scratch_path("model.npz");
	struct json *facts = parse(text);
	int64_t n = -2;
	int result;

	unlink(scratch_path("model.npz-metadata"));
	if (metadata)
		scratch_write(scratch_path("model.npz-metadata"), metadata, strlen(metadata));
	result = facts_num_examples(facts, path, &n, &e);
	is_int(result < 0 ? -1 : n, want, what);
	if (result < 0)
		ok(strstr(e.text, path) != NULL, "the message names the file: %s", e.text);
	json_free(facts);
}

static void examples(void)
{
	examples_are("{\"num_examples\": 12}", NULL, 12, "from the archive comment");
	examples_are("{\"num_examples\": 12}", "{\"num_examples\": 13}", 12,
	             "the comment goes before the metadata");
	examples_are(NULL, "{\"num_examples\": 13}", 13, "from the metadata");
	examples_are("{\"size\": 100}", "{\"num_examples\": 13}", 13, "facts that do not tell it");
	examples_are(NULL, NULL, -1, "nowhere");
	ok(strstr(e.text, "does not tell its num_examples") != NULL, "is told: %s", e.text);
	examples_are("{\"num_examples\": 1.5}", "{\"num_examples\": 13}", -1,
	             "the comment: no whole number");
	examples_are(NULL, "{\"num_examples\": 1.5}", -1, "metadata: no whole number");
	examples_are(NULL, "{}", -1, "metadata: missing");
	examples_are(NULL, "{", -1, "metadata: no JSON");
}

int main(void)
{
	scratch_begin();
	seeds();
	classes();
	examples();
	return tap_end();
}
