#pragma once
/* How a report looks: on screens of any width, light and dark, and on paper. */

/* What an element style holds. */
extern const char style_sheet[];
