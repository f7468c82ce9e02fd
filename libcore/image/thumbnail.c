/* Pictures made smaller; see thumbnail.h. */
#include "image/thumbnail.h"

#include <math.h>

#include "image/resize.h"

static int side_of(int side, int longest, int most)
{
	int n = (int)lround((double)side * most / longest);

	return n ? n : 1;
}

int thumbnail_fit(struct image *im, int most, struct err *e)
{
	int longest = im->width > im->height ? im->width : im->height;
	int width = side_of(im->width, longest, most), height = side_of(im->height, longest, most);
	struct image small = {0};
	struct resize *r;
	int result;

	if (longest <= most)
		return 0;
	if (image_alloc(&small, (uint32_t)width, (uint32_t)height, 0, 0, 0, e) < 0)
		return -1;
	r = resize_new(width, height, RESIZE_BICUBIC);
	result = resize_run(r, small.pixels, im->pixels, im->width, im->height, im->opaque, e);
	resize_free(r);
	small.opaque = im->opaque;
	small.note = im->note;
	image_release(im);
	*im = small;
	return result;
}
