/* The record of a federation; see ledger.h. */
#include "fed/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/outfile.h"

const char ledger_origin[SHA256_HEX] =
	"0000000000000000000000000000000000000000000000000000000000000000";

void ledger_hash(const char *text, size_t size, char hash[SHA256_HEX])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, text, size);
	sha256_add(&s, "\n", 1);
	sha256_hex(&s, hash);
}

/* ---- members of a line ---- */

static const char *text_of(const struct json *v, const char *key)
{
	const struct json *m = json_get(v, key);

	return m && m->type == JSON_TEXT ? m->text : NULL;
}

/* 64 digits, or NULL. */
static const char *digest_of(const struct json *v, const char *key)
{
	const char *text = text_of(v, key);

	return text && strlen(text) == SHA256_HEX - 1 &&
	                       strspn(text, "0123456789abcdef") == SHA256_HEX - 1
	               ? text
	               : NULL;
}

/* A finite number, or NAN. */
static double number_of(const struct json *v, const char *key)
{
	const struct json *m = json_get(v, key);

	return m && m->type == JSON_NUMBER && isfinite(m->number) ? m->number : NAN;
}

static bool is_null(const struct json *v, const char *key)
{
	const struct json *m = json_get(v, key);

	return m && m->type == JSON_NULL;
}

static int64_t whole_of(const struct json *v, const char *key)
{
	const struct json *m = json_get(v, key);

	return m && m->type == JSON_NUMBER && m->integer && m->whole >= 0 ? m->whole : -1;
}

/* ---- reading a line ---- */

static bool take_input(struct ledger_input *in, const struct json *v)
{
	const struct json *is_signed = json_get(v, "signed");

	*in = (struct ledger_input){
		.site = text_of(v, "site"), .digest = digest_of(v, "digest"),
		.sha256 = digest_of(v, "sha256"), .examples = whole_of(v, "examples"),
		.weight = number_of(v, "weight"), .measured = !is_null(v, "norm"),
		.norm = number_of(v, "norm"), .cosine = number_of(v, "cosine"),
		.scale = json_get(v, "scale") ? number_of(v, "scale") : 1,
		.is_signed = is_signed && is_signed->boolean,
	};
	return in->site && in->digest && in->sha256 && in->weight > 0 && is_signed &&
	       is_signed->type == JSON_BOOL && (in->examples >= 0 || is_null(v, "examples")) &&
	       (!in->measured || (in->norm >= 0 && !isnan(in->cosine))) &&
	       in->scale >= 0 && in->scale <= 1;
}

static bool take_inputs(struct ledger_line *l, const struct json *list)
{
	if (!list || list->type != JSON_ARRAY || !list->count)
		return false;
	l->input = xcalloc(list->count, sizeof *l->input);
	l->inputs = (int)list->count;
	for (int i = 0; i < l->inputs; i++)
		if (!take_input(&l->input[i], &list->items[i]))
			return false;
	return true;
}

static bool is_texts(const struct json *list)
{
	if (!list || list->type != JSON_ARRAY)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].type != JSON_TEXT)
			return false;
	return true;
}

/* What is wrong with L->json, or NULL. */
static const char *take_members(struct ledger_line *l)
{
	const struct json *v = l->json;

	l->round = whole_of(v, "round");
	l->before = digest_of(v, "before");
	l->parent = digest_of(v, "parent");
	l->result = digest_of(v, "result");
	l->rule = text_of(v, "rule");
	l->weighing = text_of(v, "weighing");
	l->bn = text_of(v, "bn");
	l->clip = text_of(v, "clip");
	l->clip_norm = number_of(v, "clip_norm");
	l->server_opt = text_of(v, "server_opt");
	l->missing = json_get(v, "missing");
	if (l->round < 1 || !l->before || !l->result || (!l->parent && !is_null(v, "parent")))
		return "is not of a ledger: no round, before, parent or result";
	if (!l->rule || !l->weighing || !l->bn)
		return "is not of a ledger: no rule, weighing or bn";
	if (l->clip && !(l->clip_norm >= 0))
		return "is not of a ledger: no clip_norm";
	if (!take_inputs(l, json_get(v, "inputs")))
		return "is not of a ledger: its inputs";
	return is_texts(l->missing) ? NULL : "is not of a ledger: what is missing";
}

static void take_line(struct ledger_line *l, const char *text, size_t size)
{
	const char *wrong;
	struct err e;

	*l = (struct ledger_line){ .json = json_parse(text, size, &e) };
	ledger_hash(text, size, l->hash);
	wrong = l->json ? take_members(l) : e.text;
	if (!wrong)
		return;
	free(l->input);
	json_free(l->json);
	l->fault = xstrdup(wrong);
	*l = (struct ledger_line){ .fault = l->fault };
	ledger_hash(text, size, l->hash);
}

/* ---- the file ---- */

static void split(struct ledger *l, const char *text, size_t size)
{
	const char *at = text, *end;

	while ((end = memchr(at, '\n', size - l->whole))) {
		l->line = xrealloc(l->line, l->count + 1, sizeof *l->line);
		take_line(&l->line[l->count++], at, (size_t)(end - at));
		free(l->last);
		l->last = xmalloc((size_t)(end - at) + 1, 1);
		memcpy(l->last, at, (size_t)(end - at));
		l->last[end - at] = '\0';
		at = end + 1;
		l->whole = (size_t)(at - text);
	}
	l->torn_size = size - l->whole;
	l->torn = xmalloc(l->torn_size, 1);
	memcpy(l->torn, at, l->torn_size);
}

int ledger_load(struct ledger *l, const char *path, struct err *e)
{
	struct infile f;
	int there = infile_exists(path, e);
	struct stat st;

	*l = (struct ledger){0};
	if (there <= 0)
		return there;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, "%s: is no regular file, as a ledger is", path);
	if (infile_open(&f, path, SIZE_MAX, e) < 0)
		return -1;
	l->exists = true;
	split(l, (const char *)f.data, f.size);
	infile_release(&f);
	return 0;
}

void ledger_release(struct ledger *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->line[i].fault);
		free(l->line[i].input);
		json_free(l->line[i].json);
	}
	free(l->line);
	free(l->last);
	free(l->torn);
	*l = (struct ledger){0};
}

long ledger_find(const struct ledger *l, const char *hash)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->line[i].hash, hash))
			return (long)i;
	return -1;
}

/* ---- the chain ---- */

/* Line I, the second or a later one, is not after the line before it: what happened? */
static int explain(const struct ledger *l, size_t i, struct err *e)
{
	const struct ledger_line *at = &l->line[i], *up = &l->line[i - 1];
	long after = ledger_find(l, at->before);

	if (!strcmp(at->before, ledger_origin))
		return err_set(e, "is a first round: another ledger begins, or lines were moved");
	if (after >= (long)i)
		return err_set(e, "follows line %ld, which stands after it: lines were moved",
		               after + 1);
	if (after >= 0)
		return err_set(e, "follows line %ld: what is between was inserted or moved",
		               after + 1);
	if (up->fault || at->round == up->round + 1)
		return err_set(e, "follows another line than the one before it, which was altered");
	return err_set(e, "is round %lld after round %lld: lines were removed or moved",
	               (long long)at->round, (long long)up->round);
}

static int check_line(const struct ledger *l, size_t i, struct err *e)
{
	const struct ledger_line *at = &l->line[i], *up = i ? &l->line[i - 1] : NULL;

	if (at->fault)
		return err_set(e, "%s", at->fault);
	if (!up && strcmp(at->before, ledger_origin) != 0)
		return err_set(e, "is round %lld: what came before it was removed",
		               (long long)at->round);
	if (up && strcmp(at->before, up->hash) != 0)
		return explain(l, i, e);
	if (at->round != (up ? up->round + 1 : 1))
		return err_set(e, "is round %lld, expected %lld", (long long)at->round,
		               up ? (long long)up->round + 1 : 1LL);
	if (up && up->result && (!at->parent || strcmp(at->parent, up->result) != 0))
		return err_set(e, "begins from the model %s, the round before made %s",
		               at->parent ? at->parent : "(not known)", up->result);
	return 0;
}

/* Puts "PATH: line N: " in front, N from 1. Always returns -1. */
static int in_line(struct err *e, const char *path, size_t n)
{
	char place[32];

	snprintf(place, sizeof place, "line %zu", n);
	err_in(e, place);
	return err_in(e, path);
}

int ledger_check(const struct ledger *l, const char *path,
                 void (*report)(void *arg, const struct err *e), void *arg)
{
	struct err e;
	int n = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (check_line(l, i, &e) == 0)
			continue;
		n++;
		in_line(&e, path, i + 1);
		if (report)
			report(arg, &e);
	}
	if (!l->torn_size)
		return n;
	err_set(&e, "ends without a newline: it was cut off");
	in_line(&e, path, l->count + 1);
	if (report)
		report(arg, &e);
	return n + 1;
}

/* ---- appending ---- */

/* Is the torn line what is left of LINE, SIZE bytes? */
static bool is_rest(const struct ledger *l, const char *line, size_t size)
{
	if (l->torn_size > size)
		return false;
	for (size_t i = 0; i < l->torn_size; i++)
		if (l->torn[i] && l->torn[i] != line[i])
			return false;
	return true;
}

static int fail(const char *path, struct err *e)
{
	return err_machine(e, "%s: %s", path, strerror(errno));
}

/* A file that there was not before goes. */
static void undo(const struct ledger *l, int fd, const char *path)
{
	if (ftruncate(fd, (off_t)l->whole) < 0 || !l->exists)
		unlink(path);
}

static int write_line(const struct ledger *l, int fd, const char *path, const char *line,
                      size_t size, struct err *e)
{
	struct stat st;
	ssize_t put;

	if (fstat(fd, &st) < 0)
		return fail(path, e);
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size != l->whole + l->torn_size)
		return err_set(e, "%s: was changed since it was read", path);
	if (l->torn_size && ftruncate(fd, (off_t)l->whole) < 0)
		return fail(path, e);
	errno = ENOSPC;                 /* of a short write */
	put = write(fd, line, size);
	if (put == (ssize_t)size && fsync(fd) == 0)
		return 0;
	fail(path, e);
	undo(l, fd, path);
	return -1;
}

int ledger_append(const struct ledger *l, const char *path, const char *text, struct err *e)
{
	char *line = xasprintf("%s\n", text);
	size_t size = strlen(line);
	int fd, result = -1;

	if (!is_rest(l, line, size)) {
		err_set(e, "ends without a newline: it was cut off, and not by this round");
		in_line(e, path, l->count + 1);
		free(line);
		return -1;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0) {
		fail(path, e);
	} else {
		result = write_line(l, fd, path, line, size, e);
		close(fd);
	}
	free(line);
	if (result == 0 && !l->exists)
		outfile_sync_parent(path);
	return result;
}
