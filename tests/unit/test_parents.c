/* Lists of parents that do not fit the comment: by writers of weights and differences, damaged. */
#include "model/parents.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/facts.h"
#include "model/model_file.h"
#include "scratch.h"
#include "tap.h"

enum { DIGEST = 64 };

static struct err e;

/* Facts that name COUNT parents. */
static char *facts_of(int count)
{
	const char **digest = xmalloc((size_t)count, sizeof *digest);
	struct facts f;
	char *text;

	for (int i = 0; i < count; i++)
		digest[i] = xasprintf("%0*d", DIGEST, i);
	facts_start(&f, "test");
	facts_parents(&f, digest, count);
	json_int(&f.j, "num_examples", 7);
	text = facts_end(&f);
	for (int i = 0; i < count; i++)
		free((char *)(uintptr_t)digest[i]);
	free(digest);
	return text;
}

/* An archive of one array, with FACTS or without. */
static const char *archive(const char *facts)
{
	const char *path = scratch_path("a.npz");
	FILE *f = fopen(path, "wb");
	struct npz_writer *w = npz_writer_new(f, false);
	const float x[] = { 1, 2 };
	const size_t shape[] = { 2 };

	if (npz_writer_add(w, "0", "<f4", 1, shape, x, sizeof x, &e) < 0 ||
	    parents_end_archive(w, facts, &e) < 0)
		ok(false, "%s", e.text);
	fclose(f);
	return path;
}

/* The text of the facts that are read. */
static char *read_back(const char *path)
{
	struct npz *z = npz_open(path, &e);
	struct json *facts = NULL;
	char *text = NULL;

	if (z && model_file_facts(&facts, z, &e) == 0 && facts)
		text = json_line(facts);
	json_free(facts);
	npz_close(z);
	return text;
}

/* With COUNT parents: are they in the comment? Either way they come back. */
static void round_trip(int count, bool in_comment)
{
	char *facts = facts_of(count), *got;
	struct npy a = {0};
	struct npz *z = npz_open(archive(facts), &e);
	const char *comment;
	size_t size = 0;

	if (!ok(z != NULL, "an archive %s", e.text))
		return;
	comment = npz_comment(z, &size);
	is_int(!strcmp(comment, facts), in_comment, "all facts in the comment");
	ok(npz_count(z) == 1 && npz_read(z, "0", &a, SIZE_MAX, 0, &e) == 0, "one array %s", e.text);
	npy_release(&a);
	npz_close(z);
	got = read_back(scratch_path("a.npz"));
	facts[strcspn(facts, "\n")] = '\0';
	is_text(got, facts, "the facts");
	free(got);
	free(facts);
}

/* BYTES of the archive at the first WANT become BY. */
static void damaged(const char *want, const char *by, const char *why)
{
	char *facts = facts_of(2000), *got;
	size_t size = 0;
	char *bytes = scratch_read(archive(facts), &size), *at = memmem(bytes, size, want,
	                                                               strlen(want));

	if (ok(at != NULL, "there is %s", want))
		for (size_t i = 0; by[i]; i++)
			at[i] = by[i];
	scratch_write(scratch_path("a.npz"), bytes, size);
	got = read_back(scratch_path("a.npz"));
	ok(!got && strstr(e.text, why), "%s: %s", by, e.text);
	free(got);
	free(bytes);
	free(facts);
}

int main(void)
{
	char *got;

	scratch_begin();
	round_trip(0, true);
	round_trip(900, true);
	round_trip(1000, false);
	round_trip(20000, false);
	got = read_back(archive(NULL));
	ok(!got, "no facts");
	damaged("[\"0", "[\"1", "parents: damaged: their SHA-256 is not the one in the comment");
	damaged("PK\6\10", "PK\6\7", "parents: not where the comment says");
	damaged("\"bytes\": 1", "\"bytes\": 2", "parents: not where the comment says");
	damaged("\"count\": 2000", "\"count\": 2001", "parents: is no list of as many");
	damaged("\"sha256\": \"", "\"sha255\": \"", "parents: not where the comment says");
	return tap_end();
}
