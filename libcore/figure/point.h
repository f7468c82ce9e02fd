#pragma once
/* A place in a drawing, or in a glyph. */
struct point {
	double x, y;
};
