/* Ledgers: what is read, how the chain is judged, what is appended and what stays as it was. */
#include "fed/ledger.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "corpus.h"
#include "scratch.h"
#include "tap.h"

static struct err e;

static void take_first(void *arg, const struct err *why)
{
	struct err *first = arg;

	if (!first->text[0])
		*first = *why;
}

static int read_ledger(const char *path, struct err *why)
{
	struct ledger l;
	int faults;

	*why = (struct err){0};
	if (ledger_load(&l, path, why) < 0)
		return -1;
	faults = ledger_check(&l, path, take_first, why);
	ledger_release(&l);
	ledger_release(&l);
	return faults ? -1 : 0;
}

static void members(void)
{
	struct ledger l;

	if (!ok(ledger_load(&l, "tests/fuzz/corpus/ledger/good-three", &e) == 0, "loaded"))
		return;
	is_int((long)l.count, 3, "its lines");
	is_int(l.line[2].round, 3, "the last round");
	is_text(l.line[2].before, l.line[1].hash, "after the second");
	is_text(l.line[0].before, ledger_origin, "the first is after none");
	is_int(l.line[1].inputs, 2, "two sites");
	is_text(l.line[1].input[1].site, "north", "the second");
	ok(l.line[1].input[1].is_signed && !l.line[1].input[0].is_signed, "which signed");
	ok(l.line[1].input[0].norm == 1.5 && l.line[1].input[0].cosine == .25, "numbers");
	is_int(ledger_find(&l, l.line[1].hash), 1, "found by its hash");
	is_int(ledger_find(&l, ledger_origin), -1, "no such line");
	ledger_release(&l);
}

static int append(const char *path, const char *text)
{
	struct ledger l;
	int result = ledger_load(&l, path, &e);

	if (result == 0)
		result = ledger_append(&l, path, text, &e);
	ledger_release(&l);
	return result;
}

static void appends(void)
{
	const char *path = scratch_path("new");
	struct ledger l;

	is_int(append(path, "one"), 0, "to a file that is not there");
	scratch_holds("new", "one\n", "a line");
	is_int(append(path, "two"), 0, "to one that is");
	scratch_holds("new", "one\ntwo\n", "two lines");
	scratch_text("new", "one\ntw");
	is_int(append(path, "two"), 0, "to a torn line that is its beginning");
	scratch_holds("new", "one\ntwo\n", "which is mended");
	scratch_write(path, "one\nt\0\0\0", 8);
	is_int(append(path, "two"), 0, "to one whose end is zeros");
	scratch_holds("new", "one\ntwo\n", "which is mended");
	scratch_text("new", "one\ntx");
	is_int(append(path, "two"), -1, "to another torn line");
	is_text(scratch_told(&e), "new: line 2: ends without a newline: it was cut off, and not by "
	                          "this round", "is refused");
	scratch_holds("new", "one\ntx", "which stays");
	scratch_text("new", "one\ntwo, and more");
	is_int(append(path, "two"), -1, "to a longer one");
	scratch_text("new", "one\n");
	ledger_load(&l, path, &e);
	scratch_text("new", "one\ntwo\n");
	is_int(ledger_append(&l, path, "two", &e), -1, "what was appended to meanwhile");
	is_text(scratch_told(&e), "new: was changed since it was read", "is refused");
	ledger_release(&l);
}

/* A limit of the size of files stands for a disk that is full. */
static void append_to_full(void *name)
{
	struct rlimit limit = { 6, 6 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	_exit(append(scratch_path(name), "a line that does not fit") < 0 ? 3 : 0);
}

static void full_disk(void)
{
	scratch_text("full", "one\n");
	is_int(scratch_run(append_to_full, (void *)"full"), 3, "a full disk");
	scratch_holds("full", "one\n", "leaves the lines that were there");
	is_int(scratch_run(append_to_full, (void *)"none"), 3, "a full disk, no file");
	ok(access(scratch_path("none"), F_OK) < 0, "leaves none");
}

int main(void)
{
	scratch_begin();
	corpus_check("ledger", read_ledger);
	members();
	appends();
	full_disk();
	return tap_end();
}
