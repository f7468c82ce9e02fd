/* The figure of a confusion matrix: what is drawn, and that it fits. */
#include "drawn_text.h"
#include "tap.h"

#include "figure/confusion_figure.h"
#include "figure/svg.h"

enum { MOST_CLASSES = 256 };

/* N classes with codes of CODE_FORMAT, N counts of COUNT on the diagonal, some beside it. */
static struct confusion matrix(int n, const char *code_format, int64_t count)
{
	char list[MOST_CLASSES * CLASS_CODE_BYTES] = "";
	struct classes classes = {0};
	struct confusion c;
	struct err e;
	size_t used = 0;

	for (int i = 0; i < n; i++) {
		used += (size_t)snprintf(list + used, sizeof list - used, "%s", i ? "," : "");
		used += (size_t)snprintf(list + used, sizeof list - used, code_format, i);
	}
	if (classes_parse(&classes, list, &e) < 0)
		puts(e.text);
	confusion_init(&c, &classes);
	classes_release(&classes);
	for (int i = 0; i < n; i++) {
		*confusion_at(&c, i, i) = count;
		*confusion_at(&c, i, (i + 1) % n) += count / 7;
	}
	return c;
}

/* The rectangle under the text, the last that was painted there before it. */
static struct color color_under(const struct drawing *d, const char *text)
{
	struct color color = { 0, 0, 0 };
	struct box b = { 0, 0, 0, 0 };

	for (size_t i = 0; i < d->count; i++)
		if (d->shapes[i].type == DRAW_TEXT && !strcmp(d->shapes[i].text, text)) {
			b = box_of_text(&d->shapes[i]);
			break;
		}
	for (size_t i = 0; i < d->count; i++) {
		const struct shape *s = &d->shapes[i];

		if (s->type == DRAW_TEXT && !strcmp(s->text, text))
			break;
		if (s->type == DRAW_RECT && s->at.x <= b.x0 && s->at.y <= b.y0
		    && s->at.x + s->size.x >= b.x1 && s->at.y + s->size.y >= b.y1)
			color = s->color;
	}
	return color;
}

static int lightness(struct color c)
{
	return 2 * c.r + 5 * c.g + c.b;
}

static void test_fits(int n, const char *code_format, int64_t count, const char *title)
{
	struct confusion c = matrix(n, code_format, count);
	struct drawing d;

	confusion_figure(&d, &c, CONFUSION_FIGURE_OF_COLUMN, true, title);
	is_int(texts_outside(&d), 0, "no text leaves the picture");
	is_int(texts_that_overlap(&d), 0, "no text lies over another");
	draw_release(&d);
	confusion_release(&c);
}

static void test_contents(void)
{
	struct confusion c = {0};
	struct drawing d;
	struct err e;

	confusion_load(&c, "tests/data/report/fifteen.tsv", &e);
	confusion_figure(&d, &c, CONFUSION_FIGURE_OF_COLUMN, true, "Cells");
	is_int(times_drawn(&d, "Cells"), 1, "the title");
	is_int(times_drawn(&d, "PMO"), 2, "a code above and beside");
	is_int(times_drawn(&d, "promyelocyte"), 1, "the full name");
	is_int(times_drawn(&d, "total"), 2, "a column and a row of totals");
	is_int(times_drawn(&d, "120"), 1, "the total of all");
	is_int(times_drawn(&d, "0"), 0, "empty cells stay empty");
	is_int(times_drawn(&d, "true class"), 1, "title of the rows");
	is_int(times_drawn(&d, "predicted class"), 1, "title of the columns");
	is_int(times_drawn(&d, "100 %"), 1, "dark end of the scale");
	is_int(times_drawn(&d, "10 %"), 1, "a tick of the scale");
	is_int(times_drawn(&d, "1 %"), 1, "light end of the scale");
	draw_release(&d);
	confusion_release(&c);
}

/* Each a tenth of the one before, all in one column: one step down a logarithmic scale. */
static void test_colors(void)
{
	struct confusion c = matrix(4, "C%d", 0);
	struct drawing d;
	int light[4];

	*confusion_at(&c, 0, 0) = 90000;
	*confusion_at(&c, 1, 0) = 9000;
	*confusion_at(&c, 2, 0) = 900;
	*confusion_at(&c, 3, 0) = 90;
	*confusion_at(&c, 0, 1) = 7;
	confusion_figure(&d, &c, CONFUSION_FIGURE_OF_COLUMN, true, "");
	light[0] = lightness(color_under(&d, "7"));
	light[1] = lightness(color_under(&d, "9000"));
	light[2] = lightness(color_under(&d, "900"));
	light[3] = lightness(color_under(&d, "90"));
	ok(light[0] < light[1] && light[1] < light[2] && light[2] < light[3],
	   "the smaller the share of the column, the lighter: %d %d %d %d", light[0], light[1],
	   light[2], light[3]);
	ok(light[2] - light[1] > 100, "a tenth of the share is a clear step");
	draw_release(&d);
	confusion_release(&c);
}

/* Made, and looked at, by: cd tests/data/report && aml-confmat -o absent.svg absent.tsv */
static void test_golden(void)
{
	static const char counts[] = "tests/data/report/absent.tsv";
	static char want[1 << 18];
	struct confusion c = {0};
	struct drawing d;
	struct err e;
	char *got = NULL;
	size_t size;
	FILE *f = fopen("tests/data/report/absent.svg", "r");

	if (!ok(f && confusion_load(&c, counts, &e) == 0, "golden files are there"))
		return;
	want[fread(want, 1, sizeof want - 1, f)] = '\0';
	fclose(f);
	f = open_memstream(&got, &size);
	confusion_figure(&d, &c, CONFUSION_FIGURE_OF_COLUMN, true, "Confusion matrix");
	svg_write(&d, f);
	fclose(f);
	ok(!strcmp(got, want), "tests/data/report/absent.svg, byte for byte");
	free(got);
	draw_release(&d);
	confusion_release(&c);
}

int main(void)
{
	test_fits(1, "C%d", 0, "");
	test_fits(3, "C%d", 50, "A title that is much wider than the matrix: the picture widens");
	test_fits(15, "C%02d", 1234, "Confusion matrix");
	test_fits(40, "C%02d", 99999, "Confusion matrix");
	test_fits(5, "a code of thirty letters %d", 3, "Confusion matrix");
	test_fits(2, "C%d", CONFUSION_CELL_MAX / 2, "Confusion matrix");
	test_contents();
	test_colors();
	test_golden();
	return tap_end();
}
