/* Pages: what comes from outside stays text, elements close in order. */
#include "tap.h"

#include "page/html.h"

struct page {
	struct html h;
	FILE *f;
	char *text;
	size_t size;
};

static void begin(struct page *p)
{
	p->f = open_memstream(&p->text, &p->size);
	html_start(&p->h, p->f);
}

/* What follows the doctype is WANT. */
static void ends(struct page *p, const char *want, const char *what)
{
	fclose(p->f);
	is_text(p->text + strlen("<!DOCTYPE html>\n"), want, what);
	free(p->text);
}

static void test_elements(void)
{
	struct page p;

	begin(&p);
	html_begin(&p.h, "div", "class", "x", "hidden", "");
	html_put(&p.h, "b", "%d", 3);
	html_void(&p.h, "meta", "charset", "utf-8");
	html_end(&p.h, "div");
	ends(&p, "<div class=\"x\" hidden><b>3</b><meta charset=\"utf-8\">\n</div>\n", "elements");
}

static void test_escapes(void)
{
	struct page p;

	begin(&p);
	html_begin(&p.h, "p", "title", "\"><script>&'");
	html_text(&p.h, "%s", "</p><script>alert(\"1\")</script>&amp;'");
	html_end(&p.h, "p");
	ends(&p, "<p title=\"&quot;&gt;&lt;script&gt;&amp;'\">&lt;/p&gt;&lt;script&gt;"
	         "alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;'</p>\n",
	     "nothing breaks out of text or attribute");
}

static void test_characters(void)
{
	struct page p;

	begin(&p);
	html_text(&p.h, "%s", "é€😀\t\n|\x01|\x7f|\xc2\x85|\xff|\xed\xa0\x80|\xef\xbf\xbe|"
	                      "\xef\xb7\x90|\xf0\x9f\xbf\xbf");
	ends(&p, "é€😀\t\n|\ufffd|\ufffd|\ufffd|\ufffd|\ufffd\ufffd\ufffd|\ufffd|\ufffd|"
	         "\ufffd",
	     "what a page cannot hold becomes U+FFFD");
	begin(&p);
	html_foreign(&p.h, "a\nb\x1b<\xe2\x80\xae");
	ends(&p, "<bdi>a\\nb\\033&lt;\xe2\x80\xae</bdi>",
	     "text that runs the other way is kept apart");
}

static void test_png(void)
{
	struct page p;

	begin(&p);
	html_png(&p.h, "foob", 4, 2, 3, "a \"cell\"");
	ends(&p, "<img width=\"2\" height=\"3\" alt=\"a &quot;cell&quot;\" "
	         "src=\"data:image/png;base64,Zm9vYg==\">", "an image inside the page");
}

int main(void)
{
	test_elements();
	test_escapes();
	test_characters();
	test_png();
	return tap_end();
}
