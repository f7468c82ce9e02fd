/* The order of a report; see report.h. */
#include "page/report.h"

#include <inttypes.h>

#include "page/html.h"
#include "page/pieces.h"
#include "page/section.h"
#include "page/style.h"

static bool always(const struct evidence *v)
{
	(void)v;
	return true;
}

static bool has_groups(const struct evidence *v)
{
	return v->card.groups > 0;
}

static bool has_patients(const struct evidence *v)
{
	return v->files->patients;
}

static bool has_dataset(const struct evidence *v)
{
	return v->files->dataset;
}

static bool has_logs(const struct evidence *v)
{
	return v->curves_count > 0;
}

static bool has_model(const struct evidence *v)
{
	return v->files->model;
}

/* NULL in WRITE: the gallery, which alone can fail. */
static const struct {
	const char *id, *title;
	bool (*there)(const struct evidence *v);
	void (*write)(struct html *h, const struct evidence *v);
} sections[] = {
	{ "glance", "At a glance", always, section_glance },
	{ "data", "The cells", always, section_data },
	{ "figures", "Figures", always, section_scores },
	{ "confusion", "What is taken for what", always, section_confusion },
	{ "groups", "How well groups are told apart", has_groups, section_roc },
	{ "calibration", "Are its probabilities to be believed?", always, section_calibration },
	{ "patients", "Differentials by patient", has_patients, section_differential },
	{ "gallery", "Cells to look at", has_dataset, NULL },
	{ "learning", "How it learned", has_logs, section_learning },
	{ "model", "The model", has_model, section_model },
	{ "checklists", "For the paper: CLAIM and TRIPOD+AI", always, section_checklists },
	{ "notes", "How to read this page", always, section_notes },
};

enum { SECTIONS = sizeof sections / sizeof *sections };

static void put_head(struct html *h, const char *title)
{
	html_begin(h, "head");
	html_void(h, "meta", "charset", "utf-8");
	/* Nothing is fetched and nothing runs, whatever a name in the data says. */
	html_void(h, "meta", "http-equiv", "Content-Security-Policy", "content",
	          "default-src 'none'; img-src data:; style-src 'unsafe-inline'");
	html_void(h, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
	html_void(h, "meta", "name", "color-scheme", "content", "light dark");
	html_put(h, "title", "%s", title);
	html_begin(h, "style");
	html_raw(h, style_sheet);
	html_end(h, "style");
	html_end(h, "head");
}

static void put_banner(struct html *h, const struct evidence *v)
{
	html_begin(h, "a", "class", "skip", "href", "#main");
	html_text(h, "Skip to the report");
	html_end(h, "a");
	html_begin(h, "header");
	html_put(h, "h1", "%s", v->files->title);
	html_begin(h, "p", "class", "state");
	html_text(h, "For research, not for diagnosis.");
	html_end(h, "p");
	html_put(h, "p",
	         "What a model answers for pictures of %" PRId64 " white blood cells, compared "
	         "with "
	         "the classes that people gave them.",
	         v->card.images);
	html_end(h, "header");
}

static void put_contents(struct html *h, const struct evidence *v)
{
	html_begin(h, "nav", "aria-labelledby", "contents");
	html_begin(h, "h2", "id", "contents");
	html_text(h, "Contents");
	html_end(h, "h2");
	html_begin(h, "ol");
	for (int i = 0; i < SECTIONS; i++) {
		char link[32];

		if (!sections[i].there(v))
			continue;
		snprintf(link, sizeof link, "#%s", sections[i].id);
		html_begin(h, "li");
		html_begin(h, "a", "href", link);
		html_text(h, "%s", sections[i].title);
		html_end(h, "a");
		html_end(h, "li");
	}
	html_end(h, "ol");
	html_end(h, "nav");
}

static int put_sections(struct html *h, const struct evidence *v, struct err *e)
{
	for (int i = 0; i < SECTIONS; i++) {
		if (!sections[i].there(v))
			continue;
		pieces_section(h, sections[i].id, sections[i].title);
		if (sections[i].write)
			sections[i].write(h, v);
		else if (section_gallery(h, v, e) < 0)
			return -1;
		pieces_section_end(h);
	}
	return 0;
}

int report_write(const struct evidence *v, FILE *f, struct err *e)
{
	struct html h;

	html_start(&h, f);
	html_begin(&h, "html", "lang", "en");
	put_head(&h, v->files->title);
	html_begin(&h, "body");
	put_banner(&h, v);
	put_contents(&h, v);
	html_begin(&h, "main", "id", "main", "tabindex", "-1");
	if (put_sections(&h, v, e) < 0)
		return -1;
	html_end(&h, "main");
	html_begin(&h, "footer");
	html_put(&h, "p", "Made by aml-report %s. For research, not for diagnosis.", AML_VERSION);
	html_end(&h, "footer");
	html_end(&h, "body");
	html_end(&h, "html");
	return 0;
}
