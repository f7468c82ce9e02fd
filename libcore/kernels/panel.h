#pragma once
/* How kernels group channels, and the weights of dense layers. */

enum {
	PANEL_WIDTH = 32,       /* channels are handled in groups of this many: 2, 4 or 8 vectors */
	PANEL_ROWS = 64,        /* rows of a block of dense weights, PANEL_WIDTH wide: 8 KB */
};
