/* The floats of the images of a request; see images.h. */
#include "serve/images.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"

static const struct net *net_of(const struct images *im)
{
	return &predict_model(im->served->predict)->net;
}

void images_init(struct images *im, struct served *s)
{
	*im = (struct images){ .served = s };
	im->numbers = net_image_numbers(net_of(im));
}

void images_release(struct images *im)
{
	free(im->owned);
	*im = (struct images){0};
}

/* ---- what is not an image ---- */

/* "[1,28,28]" */
static void describe(char *text, size_t size, const struct json *v)
{
	size_t used = 0;

	for (int i = 0; i < v->rank && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%zu", i ? "," : "",
		                         v->shape[i]);
}

static int check_shape(const struct images *im, const struct json *v, int batch, struct err *e)
{
	size_t side = (size_t)net_of(im)->size, channels = (size_t)net_of(im)->channels;
	const size_t *shape = v->shape + batch;
	char text[192] = "";

	if (v->rank == batch + 3 && shape[0] == side && shape[1] == side && shape[2] == channels)
		return 0;
	describe(text, sizeof text, v);
	return err_set(e, "the input is [%s], the model takes [%s%zu,%zu,%zu]", text,
	               batch ? "N," : "", side, side, channels);
}

/* -1 with E set where two parts of one list differ in size. */
static int check_sizes(const struct json *a, const struct json *b, struct err *e)
{
	for (int k = 0; k < a->rank && k < b->rank; k++)
		if (a->shape[k] != b->shape[k])
			return err_set(e, "Encountered list at unexpected size: %zu expected size: "
			                  "%zu", b->shape[k], a->shape[k]);
	return 0;
}

/* A list that is no tensor: whose parts are the first that differ? */
static int explain_list(const struct json *v, struct err *e)
{
	const struct json *first = &v->items[0];

	for (size_t i = 0; i < v->count; i++) {
		const struct json *item = &v->items[i];

		if (item->type == JSON_ARRAY && item->count)
			return explain_list(item, e);
		if (check_sizes(first, item, e) < 0)
			return -1;
	}
	return err_set(e, "JSON Value: is not of expected type: float");
}

/* ---- what is one ---- */

static float *room(struct images *im)
{
	im->owned = xrealloc(im->owned, (im->count + 1) * im->numbers, sizeof *im->owned);
	im->pixels = im->owned;
	return im->owned + im->count * im->numbers;
}

static int add_picture(struct images *im, const char *text, struct err *e)
{
	size_t size = strlen(text);
	uint8_t *bytes = xmalloc(size / 4 * 3 + 3, 1);
	long n = base64_read(bytes, text, size, e);
	int result = -1;

	if (n >= 0)
		result = picture_read(predict_picture(im->served->predict), room(im),
		                      net_of(im)->channels, bytes, (size_t)n, e);
	free(bytes);
	picture_forget(predict_picture(im->served->predict));
	if (result < 0)
		return -1;
	im->count++;
	return 0;
}

int images_add(struct images *im, const struct json *v, struct err *e)
{
	const struct json *b64 = json_get(v, "b64");

	if (b64 && b64->type == JSON_TEXT && v->count == 1)
		return add_picture(im, b64->text, e);
	if (v->type == JSON_ARRAY && v->count)
		return explain_list(v, e);
	if (v->type != JSON_TENSOR)
		return err_set(e, "JSON Value: is not of expected type: float");
	if (check_shape(im, v, 0, e) < 0)
		return -1;
	memcpy(room(im), v->values, im->numbers * sizeof *v->values);
	im->count++;
	return 0;
}

int images_take(struct images *im, const struct json *v, struct err *e)
{
	if (v->type == JSON_OBJECT)
		return images_add(im, v, e);
	if (v->type == JSON_TENSOR) {
		if (check_shape(im, v, 1, e) < 0)
			return -1;
		im->pixels = v->values;
		im->count = v->shape[0];
		return 0;
	}
	if (v->type != JSON_ARRAY || !v->count)
		return err_set(e, "JSON Value: is not of expected type: float");
	for (size_t i = 0; i < v->count; i++) {
		if (v->items[i].type != JSON_OBJECT)
			return explain_list(v, e);
		if (images_add(im, &v->items[i], e) < 0)
			return -1;
	}
	return 0;
}
