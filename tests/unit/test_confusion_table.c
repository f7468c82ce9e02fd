/* The table of a confusion matrix, byte for byte. */
#include "score/confusion_table.h"

#include "must.h"
#include "scratch.h"
#include "tap.h"

static void writes(const char *counts, bool all, const char *want, const char *what)
{
	FILE *out;
	struct confusion c = {0};
	struct err e;
	char *got = NULL;
	size_t size;

	must(confusion_load(&c, scratch_text("x.tsv", counts), &e), &e);
	out = open_memstream(&got, &size);
	confusion_table_write(&c, all, out);
	fclose(out);
	is_text(got, want, what);
	free(got);
	confusion_release(&c);
}

int main(void)
{
	scratch_begin();
	writes("true\\predicted\tA\tBB\nA\t30\t10\nBB\t0\t5\n", true,
	       "true\\predicted     A    BB  total  recall\n"
	       "A                 30    10     40    0.75\n"
	       "BB                 .     5      5    1.00\n"
	       "total             30    15     45\n"
	       "precision       1.00  0.33\n"
	       "\n45 images, accuracy 0.778\n", "sums, recall, precision");
	writes("true\\predicted\tA\tB\nA\t0\t2\nB\t0\t0\n", true,
	       "true\\predicted  A     B  total  recall\n"
	       "A               .     2      2    0.00\n"
	       "B               .     .      .       -\n"
	       "total           .     2      2\n"
	       "precision       -  0.00\n"
	       "\n2 images, accuracy 0.000\n", "a dot for no images, a dash for no cases");
	writes("true\\predicted\tA\tB\tC\tD\nA\t1\t0\t2\t0\nB\t0\t0\t0\t0\nC\t0\t0\t0\t0\n"
	       "D\t0\t0\t0\t0\n", false,
	       "true\\predicted     A     C  total  recall\n"
	       "A                  1     2      3    0.33\n"
	       "C                  .     .      .       -\n"
	       "total              1     2      3\n"
	       "precision       1.00  0.00\n"
	       "\n3 images, accuracy 0.333\nnot there: B D\n",
	       "classes that do not occur are named");
	writes("true\\predicted\tA\nA\t0\n", false,
	       "true\\predicted  A  total  recall\n"
	       "A               .      .       -\n"
	       "total           .      .\n"
	       "precision       -\n"
	       "\n0 images, accuracy 0.000\n", "without images all classes are there");
	return tap_end();
}
