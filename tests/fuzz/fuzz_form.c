/*
 * Forms: a line with the content type, then the body. The parts lie in it one behind the other;
 * written again, with another boundary, they are read as the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char boundary[] = "----another-boundary-0123456789";

static void check_places(const struct form *f, const uint8_t *p, const uint8_t *end)
{
	if (!f->count || f->count > FORM_PARTS)
		abort();
	for (size_t i = 0; i < f->count; i++) {
		if (!f->part[i].name || f->part[i].data < p)
			abort();
		p = f->part[i].data + f->part[i].size;
		if (p > end)
			abort();
	}
}

static void write_name(FILE *f, const char *key, const char *name)
{
	fprintf(f, "; %s=\"", key);
	for (; *name; name++)
		fprintf(f, *name == '"' || *name == '\\' ? "\\%c" : "%c", *name);
	putc('"', f);
}

/* Every byte of it an escape. */
static void write_file(FILE *f, const char *name)
{
	fputs("; filename*=utf-8'en'", f);
	for (; *name; name++)
		fprintf(f, "%%%02x", (unsigned char)*name);
}

static char *write_form(const struct form *form, size_t *size)
{
	char *text = NULL;
	FILE *f = xmemstream(&text, size);

	for (size_t i = 0; i < form->count; i++) {
		const struct form_part *part = &form->part[i];

		fprintf(f, "\r\n--%s\r\nContent-Disposition: form-data", boundary);
		write_name(f, "name", part->name);
		if (part->file)
			write_file(f, part->file);
		fputs("\r\n\r\n", f);
		fwrite(part->data, 1, part->size, f);
	}
	fprintf(f, "\r\n--%s--\r\n", boundary);
	xmemclose(f);
	return text;
}

static void compare(const struct form_part *a, const struct form_part *b)
{
	if (strcmp(a->name, b->name) || !a->file != !b->file ||
	    (a->file && strcmp(a->file, b->file)) || a->size != b->size ||
	    memcmp(a->data, b->data, a->size) != 0)
		abort();
}

/* A head may have grown too long for it. */
static void check_again(const struct form *want)
{
	char type[128];
	size_t size;
	char *text = write_form(want, &size);
	struct form got;
	struct err e;

	snprintf(type, sizeof type, "multipart/form-data; boundary=\"%s\"", boundary);
	if (form_parse(&got, type, (uint8_t *)text, size, &e) < 0) {
		if (!strstr(e.text, "a head of more than"))
			abort();
	} else {
		if (got.count != want->count)
			abort();
		for (size_t i = 0; i < got.count; i++)
			compare(&got.part[i], &want->part[i]);
	}
	form_release(&got);
	free(text);
}

static void check(const char *type, const uint8_t *body, size_t size)
{
	struct form f;
	struct err e;

	if (form_parse(&f, type, body, size, &e) == 0) {
		check_places(&f, body, body + size);
		if (!memmem(body, size, boundary, sizeof boundary - 1))
			check_again(&f);
	} else if (f.part || f.count) {
		abort();
	}
	form_release(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	char *type;

	if (!end || memchr(data, 0, (size_t)(end - data)))
		return 0;
	type = strndup((const char *)data, (size_t)(end - data));
	if (!type)
		abort();
	if (form_is(type))
		check(type, end + 1, size - (size_t)(end + 1 - data));
	free(type);
	return 0;
}
