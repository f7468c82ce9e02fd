#pragma once
/* The texts of a drawing: where they are, and whether they can be read. */
#include <stdio.h>
#include <string.h>

#include "figure/draw.h"
#include "figure/font.h"

struct box {
	double x0, y0, x1, y1;
};

/* Where a text's ink is, by the font's measures. */
static struct box box_of_text(const struct shape *s)
{
	const struct lettering *l = &s->lettering;
	double width = font_width(s->text, l->size, l->bold);
	double from = l->anchor == DRAW_START ? 0 : l->anchor == DRAW_MIDDLE ? -width / 2 : -width;
	double up = l->size * FONT_CAP_HEIGHT, y = s->at.y - from;

	if (l->upwards)
		return (struct box){ s->at.x - up, y - width, s->at.x, y };
	return (struct box){ s->at.x + from, s->at.y - up, s->at.x + from + width, s->at.y };
}

static bool overlap(struct box a, struct box b)
{
	return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

__attribute__((unused))
static int texts_outside(const struct drawing *d)
{
	int count = 0;

	for (size_t i = 0; i < d->count; i++) {
		struct box b;

		if (d->shapes[i].type != DRAW_TEXT)
			continue;
		b = box_of_text(&d->shapes[i]);
		if (b.x0 < 0 || b.y0 < 0 || b.x1 > d->width || b.y1 > d->height) {
			printf("#   outside: %s\n", d->shapes[i].text);
			count++;
		}
	}
	return count;
}

__attribute__((unused))
static int texts_that_overlap(const struct drawing *d)
{
	int count = 0;

	for (size_t i = 0; i < d->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct shape *a = &d->shapes[i], *b = &d->shapes[j];

			if (a->type != DRAW_TEXT || b->type != DRAW_TEXT)
				continue;
			if (overlap(box_of_text(a), box_of_text(b))) {
				printf("#   '%s' over '%s'\n", a->text, b->text);
				count++;
			}
		}
	return count;
}

__attribute__((unused))
static int times_drawn(const struct drawing *d, const char *text)
{
	int count = 0;

	for (size_t i = 0; i < d->count; i++)
		count += d->shapes[i].type == DRAW_TEXT && !strcmp(d->shapes[i].text, text);
	return count;
}
