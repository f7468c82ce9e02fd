/* Training logs: what they hold, what is not known, the best epoch, and what is refused. */
#include "train/learning.h"

#include "corpus.h"
#include "read_log.h"
#include "tap.h"

static void test_log(void)
{
	struct learning l = read_log("1\t3\t.1\t4\t.2\n2\t2\t.3\t2.5\t.4\n3\t1\t.5\t2.5\t.3\n");

	is_int((long long)l.count, 3, "rows of a log");
	is_near(l.rows[1].value[LEARNING_VALID_ACCURACY], 0.4, 0, "a value");
	is_int(learning_best(&l, LEARNING_VALID_LOSS)->epoch, 2, "least loss, the first of two");
	is_int(learning_best(&l, LEARNING_VALID_ACCURACY)->epoch, 2, "greatest accuracy");
	is_int(learning_best(&l, LEARNING_LOSS)->epoch, 3, "least training loss");
	learning_release(&l);
	l = read_log("1\t3\t.1\t-\t\n5\tnan\t.3\tinf\t-nan\n2\t1\t1\t-\t-\n2\t1\t1\t-\t-\n");
	ok(isnan(l.rows[0].value[LEARNING_VALID_LOSS]) && isnan(l.rows[1].value[LEARNING_LOSS])
	   && isnan(l.rows[1].value[LEARNING_VALID_LOSS]), "what is not known or not finite");
	ok(!learning_best(&l, LEARNING_VALID_LOSS), "no best without validation");
	is_int(l.rows[2].epoch, 7, "a second training counts on");
	is_int(l.rows[3].epoch, 9, "and a third");
	learning_release(&l);
	learning_release(&l);
}

static int read_file(const char *path, struct err *e)
{
	struct learning l = {0};
	int result = learning_load(&l, path, e);

	learning_release(&l);
	return result;
}

int main(void)
{
	scratch_begin();
	test_log();
	corpus_check("learning", read_file);
	return tap_end();
}
