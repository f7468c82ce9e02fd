/* The two formats of a drawing; see render.h. */
#include "figure/render.h"

#include <stdbool.h>
#include <string.h>

#include "image/png_write.h"
#include "figure/raster.h"
#include "figure/svg.h"

/* Pixels a unit: sharp on dense screens and in print, unless the picture grows huge. */
enum { SCALE = 2, SCALE_OF_HUGE = 1 };
#define HUGE_PIXELS 6.4e7

static bool ends_in(const char *path, const char *ending)
{
	size_t n = strlen(path), k = strlen(ending);

	return n > k && !strcmp(path + n - k, ending);
}

enum render_format render_format(const char *path)
{
	if (ends_in(path, ".svg"))
		return RENDER_SVG;
	return ends_in(path, ".png") ? RENDER_PNG : RENDER_NONE;
}

enum render_format render_format_or_tsv(const char *path)
{
	return ends_in(path, ".tsv") ? RENDER_TSV : render_format(path);
}

enum render_format render_choose(const char *path, enum render_format asked)
{
	return asked == RENDER_NONE ? render_format(path) : asked;
}

static int write_png(const struct drawing *d, FILE *f, struct err *e)
{
	bool huge = d->width * d->height * SCALE * SCALE > HUGE_PIXELS;
	struct raster r;
	int result;

	if (raster_paint(&r, d, huge ? SCALE_OF_HUGE : SCALE, e) < 0)
		return -1;
	result = png_write_rgb(f, r.rgb, r.width, r.height, PNG_WRITE_DRAWING, e);
	raster_release(&r);
	return result;
}

int render_write(const struct drawing *d, enum render_format format, FILE *f,
                 struct err *e)
{
	if (format == RENDER_PNG)
		return write_png(d, f, e);
	svg_write(d, f);
	return 0;
}
