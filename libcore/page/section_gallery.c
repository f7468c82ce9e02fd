/* The gallery of a report; see section.h. */
#include <math.h>
#include <stdlib.h>

#include "base/infile.h"
#include "base/mem.h"
#include "image/thumbnail.h"
#include "data/picture.h"
#include "nn/gradcam.h"
#include "fused/engine_pick.h"
#include "figure/overlay.h"
#include "page/gallery.h"
#include "page/pieces.h"
#include "page/section.h"

enum {
	MOST = 12,                      /* errors, and hits */
	LIKELIEST = 3,                  /* classes whose probability is told */
	/* Larger pictures are made smaller: those of 24 cells and 15 typical ones, with their
	 * overlays, then keep the page below 3 MB. */
	SIDE_MOST = 112,
};

/* The model's probabilities and the table's may differ by this much: engines round differently. */
#define SAME_MODEL .001

struct easel {
	struct html *h;
	const struct evidence *v;
	struct gradcam *gradcam;        /* NULL: none */
	float *input;                   /* the image, height x width x channels */
	struct image image;             /* as it is shown */
	float *map;                     /* [image.height][image.width] */
};

static int easel_init(struct easel *s, struct err *e)
{
	const struct model *m = &s->v->model;
	const struct engine *engine;

	s->input = xaligned(dataset_image_numbers(&s->v->dataset), sizeof *s->input);
	if (!s->v->files->model)
		return 0;
	engine = engine_pick(&m->net, e);
	if (!engine)
		return -1;
	s->gradcam = gradcam_new(engine, &m->net, m->w);
	return 0;
}

static void easel_release(struct easel *s)
{
	gradcam_free(s->gradcam);
	image_release(&s->image);
	free(s->input);
	free(s->map);
}

/* ---- pictures ---- */

/* Image I of the dataset: its floats, and as it is shown. */
static int load(struct easel *s, size_t i, struct err *e)
{
	const struct dataset *d = &s->v->dataset;
	size_t pixels;

	if (dataset_image(d, i, s->input, e) < 0)
		return -1;
	if (picture_from_floats(&s->image, s->input, d->width, d->height, d->channels, e) < 0 ||
	    thumbnail_fit(&s->image, SIDE_MOST, e) < 0)
		return err_in(e, d->path);
	pixels = (size_t)s->image.width * (size_t)s->image.height;
	s->map = xrealloc(s->map, pixels, sizeof *s->map);
	return 0;
}

/* With MAP over it, if that is not NULL. */
static int put_picture(struct easel *s, const float *map, const char *alt, struct err *e)
{
	char *png;
	size_t size;
	FILE *f = xmemstream(&png, &size);
	int result;

	result = overlay_write(f, &s->image, map, e);
	xmemclose(f);
	if (result == 0)
		html_png(s->h, png, size, s->image.width, s->image.height, alt);
	free(png);
	return result;
}

/* Is the table's row I what the model says of the image? */
static int check_row(struct easel *s, size_t i, const float *p, struct err *e)
{
	const struct cases *c = s->v->cases;
	const double *told = cases_row(c, i);

	for (int k = 0; k < c->classes.count; k++)
		if (!(fabs((double)p[k] - told[k]) <= SAME_MODEL))
			return err_set(e, "%s: not the model of these predictions: image '%s' is "
			                  "%s with %.4f by the model, with %.4f in the table",
			               infile_name(s->v->files->model), cases_id(c, i),
			               c->classes.entry[k].code, (double)p[k], told[k]);
	return 0;
}

static int put_overlay(struct easel *s, size_t i, struct err *e)
{
	const struct cases *c = s->v->cases;
	const struct class_entry *answer = &s->v->classes.entry[c->predicted[i]];
	char *alt;
	int result;

	if (check_row(s, i, gradcam_forward(s->gradcam, s->input), e) < 0)
		return -1;
	if (gradcam_picture(s->gradcam, c->predicted[i], s->map, s->image.width, s->image.height,
	                    e) < 0)
		return err_in(e, cases_id(c, i));
	alt = xasprintf("Where the network looked for %s in cell %s",
	                answer->code, cases_id(c, i));
	result = put_picture(s, s->map, alt, e);
	free(alt);
	return result;
}

static int put_pictures(struct easel *s, size_t i, struct err *e)
{
	const struct cases *c = s->v->cases;
	const struct class_entry *entry = s->v->classes.entry;
	char *alt;
	int result;

	if (load(s, s->v->place[i], e) < 0)
		return -1;
	html_begin(s->h, "div", "class", "pictures");
	alt = xasprintf("Cell %s, %s", cases_id(c, i), entry[c->actual[i]].name);
	result = put_picture(s, NULL, alt, e);
	free(alt);
	if (result == 0 && s->gradcam)
		result = put_overlay(s, i, e);
	html_end(s->h, "div");
	return result;
}

/* ---- what is said of a cell ---- */

static void put_class(struct html *h, const char *what, const struct class_entry *entry)
{
	html_put(h, "dt", "%s", what);
	html_begin(h, "dd");
	html_put(h, "b", "%s", entry->code);
	html_text(h, " ");
	html_put(h, "small", "%s", entry->name);
	html_end(h, "dd");
}

/* The class of the Nth largest probability, N from 0; of equal ones the lowest index. */
static int likeliest(const struct cases *c, size_t i, int n)
{
	const double *p = cases_row(c, i);

	for (int k = 0; k < c->classes.count; k++) {
		int before = 0;

		for (int j = 0; j < c->classes.count; j++)
			before += j < k ? p[j] >= p[k] : p[j] > p[k];
		if (before == n)
			return k;
	}
	return 0;
}

static void put_probability(struct html *h, const struct cases *c, size_t i, int k)
{
	double percent = 100 * cases_row(c, i)[k];
	char *style = xasprintf("--p:%.1f%%", percent);

	html_begin(h, "li", "style", style, "class", k == c->actual[i] ? "true" : "other");
	html_put(h, "span", "%s", c->classes.entry[k].code);
	html_text(h, " %.1f\u00a0%%", percent);
	html_end(h, "li");
	free(style);
}

static void put_probabilities(struct html *h, const struct cases *c, size_t i)
{
	bool truth = false;
	char *label = xasprintf("Probabilities of cell %s", cases_id(c, i));

	html_begin(h, "ol", "class", "probabilities", "aria-label", label);
	for (int n = 0; n < LIKELIEST && n < c->classes.count; n++) {
		int k = likeliest(c, i, n);

		put_probability(h, c, i, k);
		truth |= k == c->actual[i];
	}
	if (!truth)
		put_probability(h, c, i, c->actual[i]);
	html_end(h, "ol");
	free(label);
}

static int put_cell(struct easel *s, size_t i, struct err *e)
{
	const struct cases *c = s->v->cases;
	const struct class_entry *entry = s->v->classes.entry;
	struct html *h = s->h;

	html_begin(h, "li", "class", "cell");
	if (put_pictures(s, i, e) < 0)
		return -1;
	html_begin(h, "dl");
	put_class(h, "is", &entry[c->actual[i]]);
	put_class(h, "called", &entry[c->predicted[i]]);
	html_end(h, "dl");
	put_probabilities(h, c, i);
	html_begin(h, "p", "class", "id");
	html_foreign(h, cases_id(c, i));
	html_end(h, "p");
	html_end(h, "li");
	return 0;
}

static int put_cells(struct easel *s, const size_t *list, size_t n, struct err *e)
{
	html_begin(s->h, "ul", "class", "gallery");
	for (size_t i = 0; i < n; i++)
		if (list[i] != GALLERY_NONE && put_cell(s, list[i], e) < 0)
			return -1;
	html_end(s->h, "ul");
	return 0;
}

/* ---- the three lists ---- */

static void list_unrecognised(struct html *h, const struct evidence *v, const struct gallery *g)
{
	int none = 0;

	for (int k = 0; k < v->classes.count; k++)
		if (g->typical[k] == GALLERY_NONE && v->card.rows[k].occurs)
			html_text(h, "%s %s", none++ ? "," : "No cell is recognised of:",
			          v->classes.entry[k].code);
	if (none)
		html_text(h, ".");
}

static int put_lists(struct easel *s, const struct gallery *g, struct err *e)
{
	struct html *h = s->h;

	html_put(h, "h3", "Errors it was surest of");
	if (g->errors_count == 0)
		pieces_say(h, "There is no error.");
	else if (put_cells(s, g->errors, g->errors_count, e) < 0)
		return -1;
	html_put(h, "h3", "Right answers it was least sure of");
	if (g->hits_count == 0)
		pieces_say(h, "There is no right answer.");
	else if (put_cells(s, g->hits, g->hits_count, e) < 0)
		return -1;
	html_put(h, "h3", "A typical cell of each class");
	html_begin(h, "p");
	html_text(h, "Of the cells of a class that are recognised, the one of middling "
	             "probability: as many are easier for the model as are harder. ");
	list_unrecognised(h, s->v, g);
	html_end(h, "p");
	return put_cells(s, g->typical, (size_t)s->v->classes.count, e);
}

int section_gallery(struct html *h, const struct evidence *v, struct err *e)
{
	struct easel s = { .h = h, .v = v };
	struct gallery g = {0};
	int result;

	if (v->files->model)
		pieces_say(h, "Beside each cell stands where the network looked for the class "
		              "that it called (Grad-CAM): the more yellow, the more a place "
		              "spoke for that class. It tells where, not why.");
	else
		pieces_say(h, "Bars: the model's probabilities; the true class is marked.");
	result = easel_init(&s, e);
	if (result == 0) {
		gallery_init(&g, v->cases, MOST);
		result = put_lists(&s, &g, e);
	}
	gallery_release(&g);
	easel_release(&s);
	return result;
}
