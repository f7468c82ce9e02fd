/* Datasets shared out: every image once, folds, groups, and what cannot be shared. */
#include "data/parts.h"

#include <sys/stat.h>

#include "scratch.h"
#include "tap.h"

enum { IMAGES = 20, CLASSES = 4, PARTS = 3 };

static struct dataset from;

static void deal(struct parts *p, enum split side, const char *groups, const char *message)
{
	struct err e = {0};
	int result = parts_deal(p, PARTITION_STRATIFIED, 0, side, 1, groups, &e);

	if (message)
		ok(result == -1 && strstr(e.text, message), "refused: %s", e.text);
	else
		ok(result == 0, "dealt %s", e.text);
}

/* Images of part K, on disk. */
static struct dataset part_of(const char *folder, int k)
{
	struct dataset d = {0};
	char *path = xasprintf("%s/partition%d", folder, k);
	struct err e = {0};

	ok(dataset_open(&d, path, &e) == 0, "part %d %s", k, e.text);
	free(path);
	return d;
}

static void test_shares(void)
{
	struct parts p = { .from = &from, .parts = PARTS, .quiet = true };
	const char *folder = scratch_path("shares");
	size_t all = 0, *counts;
	struct err e = {0};

	mkdir(folder, 0777);
	deal(&p, SPLIT_ALL, NULL, NULL);
	is_int((long long)p.count, IMAGES, "all images");
	ok(parts_write(&p, folder, &e) == 0, "written %s", e.text);
	counts = parts_count(&p);
	for (int k = 0; k < PARTS; k++) {
		struct dataset d = part_of(folder, k);

		is_int((long long)d.count, (long long)counts[k * (1 + CLASSES)], "its images");
		ok(d.count == IMAGES / PARTS || d.count == IMAGES / PARTS + 1, "a third of them");
		ok(!d.has_split, "no split");
		all += d.count;
		dataset_release(&d);
	}
	is_int((long long)all, IMAGES, "each is in one part");
	ok(parts_write(&p, folder, &e) == -1, "not twice into one folder: %s", e.text);
	free(counts);
	parts_release(&p);
	parts_release(&p);
}

static void test_folds(void)
{
	struct parts p = { .from = &from, .parts = PARTS, .folds = true, .quiet = true };
	const char *folder = scratch_path("folds");
	int held_out = 0;
	struct err e = {0};

	mkdir(folder, 0777);
	deal(&p, SPLIT_ALL, NULL, NULL);
	ok(parts_write(&p, folder, &e) == 0, "written %s", e.text);
	for (int k = 0; k < PARTS; k++) {
		struct dataset d = part_of(folder, k);

		is_int((long long)d.count, IMAGES, "a fold has all images");
		for (size_t i = 0; d.has_split && i < d.count; i++)
			held_out += d.part[i] == DATASET_VALID;
		dataset_release(&d);
	}
	is_int(held_out, IMAGES, "each is held out once");
	parts_release(&p);
}

static void test_split(void)
{
	struct parts p = { .from = &from, .parts = 2 };

	deal(&p, SPLIT_VALID, NULL, NULL);
	is_int((long long)p.count, IMAGES / 10, "the validation images alone");
	parts_release(&p);
	p = (struct parts){ .from = &from, .parts = PARTS };
	deal(&p, SPLIT_VALID, NULL, "data: 2 images for 3 parts");
	parts_release(&p);
}

/* Groups of two: images 0 and 1, 2 and 3, ... */
static void test_groups(void)
{
	struct parts p = { .from = &from, .parts = 2 };
	const char *path = scratch_path("groups.tsv");
	FILE *f = fopen(path, "w");
	int apart = 0;

	for (size_t i = 0; i < from.count; i++)
		fprintf(f, "%s\tg%zu\n", from.ids[i], i / 2);
	fclose(f);
	deal(&p, SPLIT_ALL, path, NULL);
	for (size_t i = 0; i < p.count; i += 2)
		apart += p.part[i] != p.part[i + 1];
	is_int(apart, 0, "groups stay together");
	parts_release(&p);
	p = (struct parts){ .from = &from, .parts = IMAGES / 2 + 1 };
	deal(&p, SPLIT_ALL, path, "groups.tsv: 10 groups for 11 parts");
	parts_release(&p);
}

int main(void)
{
	struct err e = {0};

	scratch_begin();
	scratch_dataset(scratch_path("data"), IMAGES, 3, CLASSES, true, false);
	ok(dataset_open(&from, scratch_path("data"), &e) == 0, "data %s", e.text);
	test_shares();
	test_folds();
	test_split();
	test_groups();
	dataset_release(&from);
	return tap_end();
}
