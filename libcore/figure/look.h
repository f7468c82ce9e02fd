#pragma once
/* What all figures share: colours, letters, distances. */
#include "figure/draw.h"

/* Pixels. */
enum {
	LOOK_MARGIN = 24,               /* around the figure */
	LOOK_GAP = 8,                   /* between a label and what it belongs to */
	LOOK_LINE = 22,                 /* from one line of text to the next */
	LOOK_TITLE_TEXT = 20, LOOK_PLAIN_TEXT = 13, LOOK_SMALL_TEXT = 12,
};

extern const struct color look_ink, look_pale, look_white;
extern const struct lettering look_title, look_plain, look_faint, look_small;

/* L, with ANCHOR at its place. */
struct lettering look_anchored(struct lettering l, enum draw_anchor anchor);

/* Width of TEXT in look_plain. */
double look_width(const char *text);
