/* Building a drawing; see draw.h. */
#include "figure/draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "figure/font.h"

enum { FIRST_ROOM = 256 };

void draw_init(struct drawing *d, double width, double height, const char *title)
{
	*d = (struct drawing){ .width = width, .height = height };
	d->title = xstrdup(title);
}

void draw_release(struct drawing *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->shapes[i].points);
		free(d->shapes[i].text);
	}
	free(d->shapes);
	free(d->title);
	*d = (struct drawing){0};
}

static void add(struct drawing *d, struct shape s)
{
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : FIRST_ROOM;
		d->shapes = xrealloc(d->shapes, d->room, sizeof *d->shapes);
	}
	d->shapes[d->count++] = s;
}

void draw_rect(struct drawing *d, double x, double y, double width, double height,
               struct color color)
{
	add(d, (struct shape){
		.type = DRAW_RECT,
		.at = { x, y },
		.size = { width, height },
		.color = color,
	});
}

static struct point *copy_points(const struct point *points, size_t count)
{
	struct point *own = xmalloc(count, sizeof *own);

	memcpy(own, points, count * sizeof *own);
	return own;
}

void draw_path(struct drawing *d, const struct point *points, size_t count,
               struct pen pen)
{
	add(d, (struct shape){
		.type = DRAW_PATH,
		.points = copy_points(points, count),
		.count = count,
		.pen = pen,
	});
}

void draw_area(struct drawing *d, const struct point *points, size_t count, struct color color,
               double opacity)
{
	add(d, (struct shape){
		.type = DRAW_AREA,
		.points = copy_points(points, count),
		.count = count,
		.color = color,
		.opacity = opacity,
	});
}

void draw_line(struct drawing *d, struct point from, struct point to, struct pen pen)
{
	const struct point ends[] = { from, to };

	draw_path(d, ends, 2, pen);
}

void draw_dot(struct drawing *d, struct point at, double diameter, struct color color)
{
	draw_line(d, at, at, (struct pen){ .color = color, .width = diameter });
}

void draw_text(struct drawing *d, double x, double y, const char *text,
               struct lettering l)
{
	add(d, (struct shape){
		.type = DRAW_TEXT,
		.at = { x, y },
		.text = xstrdup(text),
		.lettering = l,
	});
}

void draw_text_centred(struct drawing *d, double x, double y, const char *text,
                       struct lettering l)
{
	double drop = l.size * FONT_CAP_HEIGHT / 2;

	draw_text(d, l.upwards ? x + drop : x, l.upwards ? y : y + drop, text, l);
}
