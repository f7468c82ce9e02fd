/* aml-partition: shares out a dataset's images among several datasets. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/opt.h"
#include "base/outfolder.h"
#include "base/tool.h"
#include "data/dataset.h"
#include "data/partition.h"
#include "data/parts.h"
#include "data/split.h"
#include "data/subset.h"

struct args {
	int parts;
	const char *scheme_text, *groups;
	uint64_t seed;
	bool copy, link, move, quiet;
	int split;
	const char *dataset, *out;
	/* what SCHEME_TEXT says: */
	enum partition_scheme scheme;
	double alpha;
	bool folds;
};

static volatile sig_atomic_t stopped;   /* by this signal */

static struct args parse(int argc, char **argv)
{
	struct args a = { .scheme_text = "iid" };
	const struct opt opts[] = {
		OPT_REQUIRED(INT, 'n', "parts", &a.parts, 1, 1000000, "N", "number of partitions"),
		OPT_TEXT('S', "scheme", &a.scheme_text, "SCHEME",
		         "iid, stratified, dirichlet:ALPHA or folds"),
		OPT_TEXT(0, "groups", &a.groups, "FILE.tsv",
		         "lines of id and group; keep groups together"),
		OPT_SEED('s', "seed", &a.seed, "random seed"),
		OPT_FLAG(0, "copy", &a.copy, "copy the images"),
		OPT_FLAG(0, "link", &a.link,
		         "link the images, copy across devices (default)"),
		OPT_FLAG(0, "move", &a.move, "link the images, then remove DATASET"),
		OPT_CHOICE(0, "split", &a.split, "all|train|valid",
		           "images to split"),
		OPT_FLAG('q', "quiet", &a.quiet, "show no progress"),
		OPT_END
	};
	const struct opt_tool tool = {
		.synopsis = "-n N [OPTION]... DATASET OUT",
		.min = 2,
		.max = 2,
		.summary = "split DATASET into the partitions OUT/partition0 to OUT/partition(N-1)",
	};
	char **rest = opt_parse(opts, &tool, argc, argv);
	struct err e;

	a.dataset = rest[0];
	a.out = rest[1];
	if (a.copy + a.link + a.move > 1)
		opt_wrong("--copy, --link and --move exclude each other");
	if (partition_parse(&a.scheme, &a.alpha, &a.folds, a.scheme_text, &e) < 0)
		opt_wrong("%s", e.text);
	if (a.groups && a.scheme == PARTITION_DIRICHLET)
		opt_wrong("--groups does not go with dirichlet");
	if (a.folds && a.parts < 2)
		opt_wrong("folds need at least 2 parts");
	if (a.move && a.split != SPLIT_ALL)
		opt_wrong("--move needs --split all: it removes the whole of DATASET");
	return a;
}

/* One row a part; for folds of the images held out. */
static void print_counts(const struct parts *p, const char *out)
{
	int classes = p->from->classes.count;
	size_t *counts = parts_count(p), *row = counts;

	printf("partition\timages");
	for (int c = 0; c < classes; c++)
		printf("\t%s", p->from->classes.entry[c].code);
	for (int k = 0; k < p->parts; k++, row += 1 + classes) {
		struct err e;

		printf("\npartition%d", k);
		for (int c = 0; c < 1 + classes; c++)
			printf("\t%zu", row[c]);
		err_set(&e, "%s/partition%d: no images", out, k);
		if (row[0] == 0)
			tool_warn(&e);
	}
	putchar('\n');
	free(counts);
}

static int write_parts(const struct parts *p, const char *out, struct err *e)
{
	struct outfolder *o = outfolder_open(out, e);

	if (!o)
		return -1;
	if (parts_write(p, outfolder_path(o), e) < 0) {
		outfolder_abandon(o);
		return -1;
	}
	return outfolder_commit(o, e);
}

static void note_signal(int number)
{
	stopped = number;
}

/* A signal that is ignored (nohup) stays so. */
static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction old, act = { .sa_handler = note_signal };

		sigaction(numbers[i], NULL, &old);
		if (old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &act, NULL);
	}
}

static int run(const struct args *a, struct dataset *d, struct err *e)
{
	struct parts p = { .from = d,
		           .parts = a->parts,
		           .folds = a->folds,
		           .copy = a->copy,
		           .quiet = a->quiet,
		           .stop = &stopped };
	int result = parts_deal(&p, a->scheme, a->alpha, (enum split)a->split, a->seed,
	                        a->groups, e);

	if (result == 0)
		result = write_parts(&p, a->out, e);
	if (result == 0)
		print_counts(&p, a->out);
	if (result == 0 && a->move)
		result = subset_remove(d, e);
	parts_release(&p);
	return result;
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct dataset d = {0};
	struct err e;
	int lock, result;

	catch_signals();
	/* of two that move one dataset, each would take the images of the other */
	lock = a.move ? lock_folder(a.dataset, &e) : -1;
	result = a.move && lock < 0 ? -1 : dataset_open(&d, a.dataset, &e);
	if (result == 0)
		result = run(&a, &d, &e);
	dataset_release(&d);
	if (lock >= 0)
		close(lock);
	if (result < 0 && stopped) {
		signal(stopped, SIG_DFL);
		raise(stopped);
	}
	return tool_end(result < 0 ? tool_fail(&e) : 0);
}
