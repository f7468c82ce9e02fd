/* Long lists of parents; see parents.h. */
#include "model/parents.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "format/zip.h"

static void digest_of(const char *list, size_t size, char hex[SHA256_HEX])
{
	struct sha256 sha;

	sha256_init(&sha);
	sha256_add(&sha, list, size);
	sha256_hex(&sha, hex);
}

/* ---- writing ---- */

static void write_place(struct json_writer *j, const struct json *parents, const char *list)
{
	char hex[SHA256_HEX];

	digest_of(list, strlen(list), hex);
	json_object(j, "parents");
	json_int(j, "count", (int64_t)parents->count);
	json_int(j, "bytes", (int64_t)strlen(list));
	json_text(j, "sha256", hex);
	json_close_object(j);
}

/* FACTS with the place of PARENTS, which LIST is the text of, instead of them. In new memory. */
static char *without_list(const struct json *facts, const struct json *parents, const char *list)
{
	struct json_writer j;
	char *text;
	size_t size;

	json_start(&j, xmemstream(&text, &size), false);
	json_object(&j, NULL);
	for (size_t i = 0; i < facts->count; i++) {
		const struct json *item = &facts->items[i];

		if (item == parents)
			write_place(&j, parents, list);
		else
			json_value(&j, item->key, item);
	}
	json_close_object(&j);
	xmemclose(j.f);
	return text;
}

int parents_end_archive(struct npz_writer *w, const char *facts, struct err *e)
{
	bool fits = !facts || strlen(facts) <= ZIP_MAX_COMMENT;
	struct json *all = fits ? NULL : json_parse(facts, strlen(facts), e);
	const struct json *parents = json_get(all, "parents");
	char *list, *shorter;
	int result;

	if (!all || !parents || parents->type != JSON_ARRAY) {
		json_free(all);
		return npz_writer_end(w, facts, e);
	}
	list = json_line(parents);
	shorter = without_list(all, parents, list);
	json_free(all);
	result = npz_writer_record(w, list, strlen(list), e);
	if (result < 0)
		npz_writer_free(w);
	else
		result = npz_writer_end(w, shorter, e);
	free(shorter);
	free(list);
	return result;
}

/* ---- reading ---- */

static int check_list(const struct json *list, const struct json *place, struct err *e)
{
	const struct json *count = json_get(place, "count");

	if (list->type == JSON_ARRAY && count && count->type == JSON_NUMBER && count->integer &&
	    count->whole >= 0 && (size_t)count->whole == list->count)
		return 0;
	return err_set(e, "is no list of as many as the comment says");
}

/* The list that PLACE tells of; NULL with E set. */
static struct json *find_list(const struct json *place, const struct npz *z, struct err *e)
{
	const struct json *bytes = json_get(place, "bytes"), *sum = json_get(place, "sha256");
	char hex[SHA256_HEX];
	struct json *list;
	const char *text = NULL;

	if (bytes && bytes->type == JSON_NUMBER && bytes->integer && bytes->whole > 0)
		text = npz_record(z, (size_t)bytes->whole);
	if (!text || !sum || sum->type != JSON_TEXT) {
		err_set(e, "not where the comment says");
		return NULL;
	}
	digest_of(text, (size_t)bytes->whole, hex);
	if (strcmp(hex, sum->text) != 0) {
		err_set(e, "damaged: their SHA-256 is not the one in the comment");
		return NULL;
	}
	list = json_parse(text, (size_t)bytes->whole, e);
	if (!list || check_list(list, place, e) == 0)
		return list;
	json_free(list);
	return NULL;
}

int parents_restore(struct json *facts, const struct npz *z, struct err *e)
{
	struct json *list;

	for (size_t i = 0; i < facts->count && facts->type == JSON_OBJECT; i++) {
		struct json *item = &facts->items[i];

		if (strcmp(item->key, "parents") != 0 || item->type != JSON_OBJECT)
			continue;
		list = find_list(item, z, e);
		if (!list)
			return err_in(e, "parents");
		json_move(item, list);
	}
	return 0;
}
