/* A drawing as SVG: numbers, escapes, attributes. */
#include "tap.h"

#include "figure/svg.h"

static const struct color blue = { 0, 0x10, 0xff };

static char *svg_of(struct drawing *d)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	svg_write(d, f);
	fclose(f);
	draw_release(d);
	return text;
}

static void has(const char *text, const char *part)
{
	bool pass = strstr(text, part) != NULL;

	ok(pass, "has %s", part);
	if (!pass)
		printf("#   in: %s\n", text);
}

static void test_shapes(void)
{
	const struct point bend[] = { { 0, -0.004 }, { 1.005, 2.5 }, { -0.25, 3 } };
	struct drawing d;
	char *text;

	draw_init(&d, 100, 50.5, "a < b & c");
	draw_rect(&d, 1.5, 2, 3.125, 4, blue);
	draw_path(&d, bend, 3, (struct pen){ blue, 1.5, 5 });
	draw_area(&d, bend, 3, blue, 0.15);
	draw_text(&d, 7, 8, "x", (struct lettering){ 13, true, true, DRAW_END, blue });
	text = svg_of(&d);
	ok(!strncmp(text, "<?xml version=\"1.0\"", 19), "begins with a declaration");
	has(text, " width=\"100\" height=\"50.5\" viewBox=\"0 0 100 50.5\"");
	has(text, "<title>a &lt; b &amp; c</title>");
	has(text, "<rect x=\"1.5\" y=\"2\" width=\"3.13\" height=\"4\" fill=\"#0010ff\"/>");
	has(text, "<path d=\"M0 0L1 2.5L-0.25 3\" stroke=\"#0010ff\" stroke-width=\"1.5\""
	          " stroke-dasharray=\"5\"/>");
	has(text, "<path d=\"M0 0L1 2.5L-0.25 3Z\" fill-rule=\"evenodd\" fill=\"#0010ff\""
	          " fill-opacity=\"0.15\"/>");
	has(text, "<text x=\"7\" y=\"8\" font-size=\"13\" fill=\"#0010ff\" font-weight=\"bold\""
	          " text-anchor=\"end\" transform=\"rotate(-90 7 8)\">x</text>");
	has(text, "</svg>\n");
	free(text);
}

/* Nothing in a text makes the file anything but well-formed. */
static void test_escapes(void)
{
	struct drawing d;
	char *text;

	draw_init(&d, 1, 1, "");
	draw_text(&d, 0, 0, "<é>&\x01\xff\"\xef\xbf\xbf€😀", (struct lettering){ .size = 1 });
	text = svg_of(&d);
	has(text, ">&lt;é&gt;&amp;��&quot;�€😀</text>");
	free(text);
}

/* Inside a page: no declaration, no address of a namespace, a description. */
static void test_inline(void)
{
	struct drawing d;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	draw_init(&d, 2, 3, "a");
	draw_rect(&d, 1, 1, 1, 1, blue);
	svg_write_inline(&d, "b < c", f);
	fclose(f);
	draw_release(&d);
	ok(!strncmp(text, "<svg width=\"2\" height=\"3\" viewBox=\"0 0 2 3\" role=\"img\"", 52),
	   "begins with the element");
	has(text, "<title>a</title>");
	has(text, "<desc>b &lt; c</desc>");
	has(text, "<rect x=\"1\"");
	has(text, "</svg>\n");
	ok(!strstr(text, "//"), "names no address");
	free(text);
}

int main(void)
{
	test_shapes();
	test_escapes();
	test_inline();
	return tap_end();
}
