/* Labels of files on the command line. */
#include "tap.h"

#include "base/operand.h"

static void test_label(const char *operand, const char *label, const char *path)
{
	const char *got_path;
	char *got = operand_label(operand, ".tsv", &got_path);

	is_text(got, label, operand);
	is_text(got_path, path, "its file");
	free(got);
}

static void test_stem(const char *operand, const char *stem, const char *path)
{
	const char *got_path;
	char *got = operand_stem(operand, &got_path);

	is_text(got, stem, operand);
	is_text(got_path, path, "its file");
	free(got);
}

int main(void)
{
	test_label("site 1=a/b.tsv", "site 1", "a/b.tsv");
	test_label("a/b.tsv", "a/b", "a/b.tsv");
	test_label("a/b.txt", "a/b.txt", "a/b.txt");
	test_label("=x=y.tsv", "x=y", "x=y.tsv");
	test_label("a=b=c", "a", "b=c");
	test_label(".tsv", ".tsv", ".tsv");
	test_label("-", "-", "-");
	test_label("a=", "a", "");
	test_stem("site 1=a/b.npz", "site 1", "a/b.npz");
	test_stem("a.x/b.c.npz", "b.c", "a.x/b.c.npz");
	test_stem("a.x/b", "b", "a.x/b");
	test_stem("=a/x=y.npz", "x=y", "a/x=y.npz");
	test_stem("a/.npz", ".npz", "a/.npz");
	test_stem("-", "-", "-");
	test_stem("north=-", "north", "-");
	test_stem("a/", "", "a/");
	return tap_end();
}
