#pragma once
/* What a figure has drawn. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "figure/draw.h"
#include "figure/font.h"

static double left_end(const struct shape *s)
{
	double width = font_width(s->text, s->lettering.size, s->lettering.bold);
	const double part[] = { [DRAW_START] = 0, [DRAW_MIDDLE] = 0.5, [DRAW_END] = 1 };

	return s->at.x - part[s->lettering.anchor] * width;
}

static double right_end(const struct shape *s)
{
	return left_end(s) + font_width(s->text, s->lettering.size, s->lettering.bold);
}

/* All text, and every point? */
static bool all_drawn_inside(const struct drawing *d)
{
	bool inside = true;

	for (size_t i = 0; i < d->count; i++) {
		const struct shape *s = &d->shapes[i];

		if (s->type == DRAW_TEXT &&
		    (left_end(s) < 0 || right_end(s) > d->width || s->at.y > d->height)) {
			printf("#   '%s' leaves the picture\n", s->text);
			inside = false;
		}
		for (size_t k = 0; k < s->count; k++)
			inside &= s->points[k].x >= 0 && s->points[k].x <= d->width
			          && s->points[k].y >= 0 && s->points[k].y <= d->height;
	}
	return inside;
}

/* The first text that has PART in it, or NULL. */
__attribute__((unused))
static const struct shape *find_text(const struct drawing *d, const char *part)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->shapes[i].type == DRAW_TEXT && strstr(d->shapes[i].text, part))
			return &d->shapes[i];
	return NULL;
}
