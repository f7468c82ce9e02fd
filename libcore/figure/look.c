/* The look of the figures; see look.h. */
#include "figure/look.h"

#include "figure/font.h"

#define INK { 0x1d, 0x1f, 0x24 }
#define PALE { 0x62, 0x66, 0x6e }

const struct color look_ink = INK, look_pale = PALE, look_white = { 255, 255, 255 };

const struct lettering look_title = { .size = LOOK_TITLE_TEXT, .bold = true, .color = INK };
const struct lettering look_plain = { .size = LOOK_PLAIN_TEXT, .color = INK };
const struct lettering look_faint = { .size = LOOK_PLAIN_TEXT, .color = PALE };
const struct lettering look_small = { .size = LOOK_SMALL_TEXT, .color = PALE };

struct lettering look_anchored(struct lettering l, enum draw_anchor anchor)
{
	l.anchor = anchor;
	return l;
}

double look_width(const char *text)
{
	return font_width(text, LOOK_PLAIN_TEXT, false);
}
