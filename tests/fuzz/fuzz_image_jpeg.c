/* A JPEG file, decoded; every byte of the picture is looked at. */
#include "image/image_jpeg.h"
#include "image/image_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image im = {0};
	struct err e;

	if (image_is_jpeg(data, size))
		image_read(&im, data, size, &e);
	image_release(&im);
	return 0;
}
