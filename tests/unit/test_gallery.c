/* Which cells are worth a look, against a table small enough to be read. */
#include "cases_text.h"
#include "must.h"
#include "tap.h"

#include "page/gallery.h"

/* Errors: e1 .9, e2 and e3 .8, e4 .6. Hits of A: .55 .6 .6 .7 .95; of B: .51 .99; of C: none. */
static const char table[] = "id\ttrue\tpredicted\tA\tB\tC\n"
                            "e4\tA\tB\t0.4\t0.6\t0\n"
                            "e3\tB\tA\t0.8\t0.2\t0\n"
                            "h5\tA\tA\t0.95\t0.05\t0\n"
                            "e1\tC\tA\t0.9\t0\t0.1\n"
                            "h2\tA\tA\t0.6\t0.4\t0\n"
                            "h1\tA\tA\t0.55\t0.45\t0\n"
                            "e2\tA\tB\t0.2\t0.8\t0\n"
                            "h4\tA\tA\t0.7\t0.3\t0\n"
                            "h3\tA\tA\t0.6\t0.1\t0.3\n"
                            "k2\tB\tB\t0.01\t0.99\t0\n"
                            "k1\tB\tB\t0\t0.51\t0.49\n";

/* The ids of N cases, behind each other. */
static const char *spelled(const struct cases *c, const size_t *list, size_t n)
{
	static char text[128];
	char *to = text;

	*to = '\0';
	for (size_t i = 0; i < n; i++)
		to += sprintf(to, "%s%s", i ? " " : "",
		              list[i] == GALLERY_NONE ? "-" : cases_id(c, list[i]));
	return text;
}

static void test_lists(void)
{
	struct cases c = {0};
	struct gallery g;
	struct err e = {0};

	must(read_text(&c, table, &e), &e);
	gallery_init(&g, &c, 3);
	is_text(spelled(&c, g.errors, g.errors_count), "e1 e2 e3",
	        "the surest errors, equal ones in the order of their ids");
	is_text(spelled(&c, g.hits, g.hits_count), "k1 h1 h2", "the least sure hits");
	is_text(spelled(&c, g.typical, 3), "h3 k1 -",
	        "the middle hit, of two the lower; none of a class that is never recognised");
	gallery_release(&g);
	gallery_init(&g, &c, 100);
	is_text(spelled(&c, g.errors, g.errors_count), "e1 e2 e3 e4", "all errors");
	is_text(spelled(&c, g.hits, g.hits_count), "k1 h1 h2 h3 h4 h5 k2", "all hits");
	gallery_release(&g);
	cases_release(&c);
	gallery_release(&g);
	ok(!g.errors && !g.hits && !g.typical, "released");
}

int main(void)
{
	scratch_begin();
	test_lists();
	return tap_end();
}
