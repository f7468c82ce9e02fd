/* aml-partition: shares out a dataset's images among several datasets. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/confine_outputs.h"
#include "base/infile.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/outfolder.h"
#include "base/progress.h"
#include "base/tool.h"
#include "data/dataset.h"
#include "data/dataset_names.h"
#include "data/partition.h"
#include "data/parts.h"
#include "data/parts_check.h"
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
		.operands = "DATASET OUT",
		.min = 2,
		.max = 2,
		.summary = "split DATASET into the partitions OUT/partition0 to OUT/partition(N-1)",
		.example = "aml-partition -n 3 dataset clinics",
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

/* OUT is there: may it be taken for done? */
static int check_parts(const struct parts *p, const char *out, struct err *e)
{
	struct err why;

	if (parts_check(p, out, &why) < 0)
		return err_set(e, "%s: exists and is not an empty folder, nor this partition (%s)",
		               out, why.text);
	progress_line(p->quiet, "%s: was there already", out);
	return 0;
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

/*
 * Is something in OUT, which an earlier run put there, or somebody else? -1 with E set if that
 * cannot be said. What is no folder is left to outfolder_open.
 */
static int is_filled(const char *out, struct err *e)
{
	struct stat st;
	int empty;

	if (stat(out, &st) < 0)
		return errno == ENOENT ? 0 : err_machine(e, "%s: %s", out, strerror(errno));
	empty = S_ISDIR(st.st_mode) ? outfolder_is_empty(out, e) : 1;
	return empty < 0 ? -1 : !empty;
}

static int deal_and_write(const struct args *a, struct parts *p, struct err *e)
{
	int filled;

	if (parts_deal(p, a->scheme, a->alpha, (enum split)a->split, a->seed, a->groups, e) < 0)
		return -1;
	filled = is_filled(a->out, e);
	if (filled < 0)
		return -1;
	return (filled ? check_parts : write_parts)(p, a->out, e);
}

/* An earlier run has begun to remove DATASET, or has done so: all that it held is in OUT. */
static int gather(const struct args *a, const struct parts *p, struct dataset *d, struct err *e)
{
	int half, removed;

	if (parts_gather(d, a->dataset, p, a->out, e) < 0)
		return -1;
	half = subset_is_half_removed(a->dataset, e);
	if (half)
		return half < 0 ? -1 : subset_check_half_removed(d, e);
	removed = subset_is_removed(d, e);
	if (removed)
		return removed < 0 ? -1 : 0;
	dataset_release(d);
	return dataset_open(d, a->dataset, e);
}

/* Has an earlier run begun to remove DATASET? -1 with E set if that cannot be said. */
static int was_moved(const struct args *a, struct err *e)
{
	char *labels = xasprintf("%s/labels.npy", a->dataset);
	int there = a->move ? infile_exists(labels, e) : 1;

	free(labels);
	return there < 0 ? -1 : there ? 0 : is_filled(a->out, e);
}

static int open_source(const struct args *a, const struct parts *p, struct dataset *d,
                       struct err *e)
{
	int moved = was_moved(a, e);

	if (moved < 0)
		return -1;
	return moved ? gather(a, p, d, e) : dataset_open(d, a->dataset, e);
}

static int run(const struct args *a, struct dataset *d, struct err *e)
{
	struct parts p = { .from = d,
		           .parts = a->parts,
		           .folds = a->folds,
		           .copy = a->copy,
		           .quiet = a->quiet,
		           .stop = &stopped };
	int result = open_source(a, &p, d, e);

	if (result == 0)
		result = deal_and_write(a, &p, e);
	if (result == 0)
		print_counts(&p, a->out);
	if (result == 0 && a->move)
		result = subset_remove(d, e);
	parts_release(&p);
	return result;
}

static int check_names(const struct args *a, struct err *e)
{
	struct distinct d = {0};

	dataset_names_add(&d, "DATASET", a->dataset);
	distinct_add(&d, DISTINCT_INPUT, "--groups", a->groups);
	distinct_add(&d, DISTINCT_OUTPUT, "OUT", a->out);
	return distinct_end(&d, e);
}

/*
 * Landlock lets a file be linked only from where it may be written, too; images that DATASET has as
 * symbolic links to elsewhere are therefore copied.
 */
static int confine_parts(const struct args *a, struct err *e)
{
	char *singlets = xasprintf("%s/data_singlets", a->dataset),
	     *images = xasprintf("%s/images.npy", a->dataset);
	const char *const path[] = { a->out, singlets, images, a->dataset };
	int result = confine_outputs(path, a->copy ? 1 : a->move ? 4 : 3, e);

	free(singlets);
	free(images);
	return result;
}

/*
 * Of two that move one dataset, each would take the images of the other. *LOCK becomes -1 where an
 * earlier run has moved it. Returns 0, or -1 with E set.
 */
static int lock_source(const struct args *a, int *lock, struct err *e)
{
	int there = a->move ? infile_exists(a->dataset, e) : 0;

	*lock = there > 0 ? lock_folder(a->dataset, e) : -1;
	return there < 0 || (there && *lock < 0) ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct dataset d = {0};
	struct err e;
	int lock = -1, result = check_names(&a, &e);

	catch_signals();
	if (result == 0)
		result = confine_parts(&a, &e);
	if (result == 0)
		result = lock_source(&a, &lock, &e);
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
