/*
 * TIFFs whose tags are odd, against Pillow's answers in tests/data/images/tiff_tags.tsv; the
 * script beside it says how a file is written there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "image/image_read.h"
#include "tap.h"

enum {
	PIXELS = 3072,
	RUN = 128,                      /* bytes of a literal run of PackBits */
	MAX_BASES = 32,
	MAX_WORDS = 64,
	MAX_FILE = 1 << 14,
	ANSWER = 64,
};

struct file {
	uint8_t byte[MAX_FILE];
	size_t size, start, data;       /* where the pixels begin, and how many bytes they are */
	bool big_endian, big, packed;
};

struct base {
	char *name, *words;
	char answer[2][ANSWER];         /* raw, packed */
};

static struct base base[MAX_BASES];

/* ---- building ---- */

static void put(struct file *f, size_t at, uint64_t v, int bytes)
{
	if (at > MAX_FILE - sizeof v)
		abort();
	for (int i = 0; i < bytes; i++) {
		int shift = 8 * (f->big_endian ? bytes - 1 - i : i);

		f->byte[at + (size_t)i] = (uint8_t)(v >> shift);
	}
	if (at + (size_t)bytes > f->size)
		f->size = at + (size_t)bytes;
}

static void put_pixels(struct file *f)
{
	f->size = f->start;
	for (int i = 0; i < PIXELS; i++) {
		if (f->packed && i % RUN == 0)
			put(f, f->size, RUN - 1, 1);
		put(f, f->size, (uint64_t)(i * 73 + i / 7 * 29) & 255, 1);
	}
	f->data = f->size - f->start;
}

static int tag_of(const char *word)
{
	return atoi(word + (*word == '-'));
}

/* Splits TEXT at blanks. Returns how many words. */
static int split(char **word, char *text)
{
	int n = 0;

	for (char *w = strtok(text, " "); w && n < MAX_WORDS; w = strtok(NULL, " "))
		word[n++] = w;
	return n;
}

static bool changes_tag(char **change, int n, int tag)
{
	for (int i = 0; i < n; i++)
		if (tag_of(change[i]) == tag)
			return true;
	return false;
}

/* Puts W behind the words of its tag and those of lower ones. */
static int insert(char **word, int n, char *w)
{
	int i = n;

	for (; i > 0 && tag_of(word[i - 1]) > tag_of(w); i--)
		word[i] = word[i - 1];
	word[i] = w;
	return n + 1;
}

/* WORD: those of BASE that CHANGES let be, and the changed ones, by tag. Returns how many. */
static int edit(char **word, char *words, char *changes, char *packbits)
{
	char *old[MAX_WORDS], *change[MAX_WORDS];
	int m = split(old, words), k = split(change, changes), n = 0;

	for (int i = 0; i < m; i++)
		if (!changes_tag(change, k, tag_of(old[i])))
			n = insert(word, n, packbits && tag_of(old[i]) == 259 ? packbits : old[i]);
	for (int i = 0; i < k; i++)
		if (*change[i] != '-')
			n = insert(word, n, change[i]);
	return n;
}

static int type_bytes(int type)
{
	static const uint8_t bytes[] = { 0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4, 0, 0, 8 };

	return type < (int)sizeof bytes ? bytes[type] : 4;
}

static uint64_t number(const struct file *f, const char *text)
{
	uint64_t v;

	if (*text == '#')
		return f->data;
	if (*text != '@')
		return strtoull(text, NULL, 10);
	v = strtoull(text + 1, NULL, 10);
	return f->start + (f->packed ? v / RUN * (RUN + 1) : v);
}

/* Values from V on, at AT. Returns how many. */
static int put_values(struct file *f, size_t at, const char *v, int bytes)
{
	int n = 0;

	for (; v; v = strchr(v, ','), v = v ? v + 1 : NULL)
		put(f, at + (size_t)(n++ * bytes), number(f, v), bytes);
	return n;
}

static int count_values(const char *v)
{
	int n = 1;

	for (; *v; v++)
		n += *v == ',';
	return n;
}

static void put_entry(struct file *f, size_t at, const char *word)
{
	int room = f->big ? 8 : 4, type = atoi(strchr(word, ':') + 1), bytes = type_bytes(type), n;
	const char *v = strrchr(word, ':') + 1, *equals = strchr(v, '=');
	size_t field = at + (f->big ? 12 : 8), end;

	put(f, at, (uint64_t)tag_of(word), 2);
	put(f, at + 2, (uint64_t)type, 2);
	if (equals) {
		put(f, at + 4, strtoull(v, NULL, 10), room);
		put(f, field, strtoull(equals + 1, NULL, 10), f->big ? 8 : 4);
		return;
	}
	n = count_values(v);
	put(f, at + 4, (uint64_t)(type == 5 || type == 10 ? n / 2 : n), room);
	if (n * bytes <= room) {
		put_values(f, field, v, bytes);
		return;
	}
	end = f->size;
	put(f, field, end, room);
	put_values(f, end, v, bytes);
	f->size += -(f->size - end) % 8;
}

static void build(struct file *f, const char *order, bool packed, char **word, int n)
{
	size_t ifd, entry;

	memset(f, 0, sizeof *f);
	f->big_endian = *order == 'M';
	f->big = order[2] == '+';
	f->packed = packed;
	f->start = f->big ? 16 : 8;
	entry = f->big ? 20 : 12;
	memcpy(f->byte, order, 2);
	put_pixels(f);
	ifd = f->size;
	put(f, 2, f->big ? 43 : 42, 2);
	if (f->big)
		put(f, 4, 8, 2);
	put(f, f->start / 2, ifd, (int)f->start / 2);
	put(f, ifd, (uint64_t)n, f->big ? 8 : 2);
	ifd += f->big ? 8 : 2;
	f->size = ifd + (size_t)n * entry + (f->big ? 8 : 4);
	for (int i = 0; i < n; i++)
		put_entry(f, ifd + (size_t)i * entry, word[i]);
}

/* ---- asking ---- */

static void ask(char answer[ANSWER], const struct file *f, struct err *e)
{
	struct image im = {0};
	struct sha256 s;
	char hex[SHA256_HEX];
	uint8_t *exact = xmalloc(f->size, 1);           /* so that reading beyond it shows */

	memcpy(exact, f->byte, f->size);
	if (image_read(&im, exact, f->size, e) < 0) {
		strcpy(answer, "refused");
	} else {
		sha256_init(&s);
		sha256_add(&s, im.pixels, (size_t)im.width * (size_t)im.height * IMAGE_CHANNELS);
		sha256_hex(&s, hex);
		snprintf(answer, ANSWER, "%d %d %.16s", im.width, im.height, hex);
	}
	image_release(&im);
	free(exact);
}

static struct base *find_base(const char *name)
{
	int i = 0;

	while (i < MAX_BASES - 1 && base[i].name && strcmp(base[i].name, name) != 0)
		i++;
	return &base[i];
}

static void add_base(char *name, char *words)
{
	struct base *b = find_base(name);

	b->name = xstrdup(name);
	b->words = xstrdup(words);
}

static bool try_file(struct base *b, const char *order, bool packed, const char *changes,
                     const char *want)
{
	char *words = xstrdup(b->words), *copy = xstrdup(changes), *word[2 * MAX_WORDS];
	char packbits[] = "259:3:32773", got[ANSWER];
	struct file *f = xmalloc(1, sizeof *f);
	struct err e = {0};
	int n = edit(word, words, copy, packed ? packbits : NULL);
	bool same;

	build(f, order, packed, word, n);
	ask(got, f, &e);
	if (!*changes && !strcmp(order, "II"))
		strcpy(b->answer[packed], got);
	same = !strcmp(got, *want == '=' ? b->answer[packed] : want);
	if (!same)
		ok(false, "%s %s %s %s: %s (%s), expected: %s", b->name, order,
		   packed ? "packbits" : "raw", changes, got, e.text, want);
	free(f);
	free(words);
	free(copy);
	return same;
}

/* A line of the table. Returns how many files it holds. */
static int try_line(char *line)
{
	char *field[4], *rest = line, *changes;
	int n = 0, good = 0;

	line[strcspn(line, "\n")] = 0;
	for (int i = 0; i < 4; i++)
		if (!(field[i] = strsep(&rest, "\t")) || (i == 2 && !strcmp(field[0], "base"))) {
			add_base(field[1], field[2]);
			return 0;
		}
	for (; (changes = strsep(&rest, "\t")); n++) {
		bool refused = *changes == '!';         /* by us alone */

		good += try_file(find_base(field[0]), field[1], !strcmp(field[2], "packbits"),
		                 changes + refused, refused ? "refused" : field[3]);
	}
	ok(good == n, "%s %s %s: %d times %s", field[0], field[1], field[2], good, field[3]);
	return n;
}

int main(void)
{
	FILE *f = fopen("tests/data/images/tiff_tags.tsv", "r");
	char *line = NULL;
	size_t room = 0;
	int files = 0;

	while (f && getline(&line, &room, f) > 0)
		files += try_line(line);
	ok(files > 7000, "%d files", files);
	free(line);
	if (f)
		fclose(f);
	for (int i = 0; i < MAX_BASES; i++) {
		free(base[i].name);
		free(base[i].words);
	}
	return tap_end();
}
