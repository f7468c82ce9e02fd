#pragma once
/*
 * A drawing: rectangles, paths, areas and text in the order in which they are painted. Figures
 * build it, svg.c and raster.c turn it into a picture. Units are CSS pixels, y grows downwards.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "figure/point.h"

struct color {
	uint8_t r, g, b;
};

struct pen {
	struct color color;
	double width;
	double dash;                    /* length of dashes and of gaps; 0: a whole line */
};

enum draw_anchor { DRAW_START, DRAW_MIDDLE, DRAW_END };

struct lettering {
	double size;                    /* of the em square */
	bool bold;
	bool upwards;                   /* turned by 90 degrees, read from below */
	enum draw_anchor anchor;        /* which point of the text lies at its place */
	struct color color;
};

enum shape_type { DRAW_RECT, DRAW_PATH, DRAW_AREA, DRAW_TEXT };

struct shape {
	enum shape_type type;
	struct point at;                /* rectangle: upper left; text: on the baseline */
	struct point size;              /* rectangle */
	struct color color;             /* rectangle, area */
	double opacity;                 /* area: 0 to 1 */
	struct point *points;           /* COUNT of them; a path has round caps and joins */
	size_t count;
	struct pen pen;
	char *text;                     /* UTF-8 */
	struct lettering lettering;
};

struct drawing {
	double width, height;
	char *title;                    /* for readers who do not see the picture */
	struct shape *shapes;
	size_t count, room;
};

/* A white drawing; copies TITLE. */
void draw_init(struct drawing *d, double width, double height, const char *title);
void draw_release(struct drawing *d);

/* These copy what they are given. */
void draw_rect(struct drawing *d, double x, double y, double width, double height,
               struct color color);
void draw_path(struct drawing *d, const struct point *points, size_t count,
               struct pen pen);
/* What POINTS enclose, an odd number of times, mixed with what lies below it. */
void draw_area(struct drawing *d, const struct point *points, size_t count, struct color color,
               double opacity);
void draw_line(struct drawing *d, struct point from, struct point to, struct pen pen);
void draw_dot(struct drawing *d, struct point at, double diameter, struct color color);
void draw_text(struct drawing *d, double x, double y, const char *text,
               struct lettering l);

/* The same, with Y (X of text that runs upwards) in the middle of its capital letters. */
void draw_text_centred(struct drawing *d, double x, double y, const char *text,
                       struct lettering l);
