/* Training logs, read and drawn. */
#include <stdint.h>
#include <stdio.h>

#include "memfile.h"
#include "figure/curve.h"
#include "figure/svg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(const struct learning *log)
{
	struct curve curve = { "input", *log };
	struct drawing d;
	FILE *f = fopen("/dev/null", "w");

	if (!f)
		return;
	curve_figure(&d, &curve, 1, &(struct curve_style){ CURVE_BOTH, "epoch", false }, "title");
	svg_write(&d, f);
	draw_release(&d);
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct learning log;
	struct err e;

	if (learning_load(&log, memfile(data, size), &e) == 0) {
		draw(&log);
		learning_release(&log);
	}
	return 0;
}
