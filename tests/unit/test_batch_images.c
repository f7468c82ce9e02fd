/*
 * Batches: images as the dataset has them in any form, and their likenesses: each
 * symmetry equally often, rotations by any angle.
 */
#include "data/batch_images.h"

#include <math.h>

#include "data/dataset.h"
#include "must.h"
#include "scratch.h"
#include "tap.h"

enum { IMAGES = 6, SIDE = 5, C = 4, NUMBERS = SIDE * SIDE * C, SYMMETRIES = 8 };

static struct err e;
static struct threads *pool;

static void open_dataset(struct dataset *d, const char *name)
{
	must(dataset_open(d, scratch_path(name), &e), &e);
}

/* ---- forms ---- */

static void forms(void)
{
	static const char *const name[] = { "f4", "u1", "f4 packed", "u1 packed" };
	static const uint32_t index[] = { 3, 0, 5, 3 };
	float first[4][NUMBERS];

	for (int i = 0; i < 4; i++) {
		struct batch_images b;
		struct dataset d = {0};
		bool same = true;

		scratch_dataset(scratch_path(name[i]), IMAGES, SIDE, 3, i % 2, i >= 2);
		open_dataset(&d, name[i]);
		batch_images_init(&b, &d, pool, 4);
		must(batch_images_fill(&b, index, 4, AUGMENT_NONE, 0, 0, &e), &e);
		for (int k = 0; k < 4; k++) {
			if (!i)
				memcpy(first[k], b.image[k], sizeof first[k]);
			same = same && !memcmp(first[k], b.image[k], sizeof first[k]) &&
			       b.label[k] == (int)index[k] % 3;
		}
		ok(same, "%s: the same images and labels", name[i]);
		must(batch_images_fill(&b, index + 1, 1, AUGMENT_NONE, 0, 0, &e), &e);
		ok(!memcmp(first[1], b.image[0], sizeof first[1]),
		   "%s: a smaller batch after it", name[i]);
		batch_images_release(&b);
		batch_images_release(&b);
		dataset_release(&d);
	}
	ok(memcmp(first[0], first[1], sizeof first[0]) &&
	           !memcmp(first[0], first[3], sizeof first[0]),
	   "the images are those of the index");
}

static void unreadable(void)
{
	static const uint32_t index[] = { 0, 1, 2, 3, 4, 5 };
	struct batch_images b;
	struct dataset d = {0};

	scratch_dataset(scratch_path("bad"), IMAGES, SIDE, 3, false, false);
	open_dataset(&d, "bad");
	scratch_write(scratch_path("bad/data_singlets/image_00004.npy"), "x", 1);
	unlink(scratch_path("bad/data_singlets/image_00002.npy"));
	batch_images_init(&b, &d, pool, IMAGES);
	is_int(batch_images_fill(&b, index, IMAGES, AUGMENT_NONE, 0, 0, &e), -1,
	       "images that cannot be read");
	ok(strstr(e.text, "image_00002.npy") != NULL, "the first is named: %s", e.text);
	is_int(batch_images_fill(&b, index + 4, 1, AUGMENT_DIHEDRAL, 0, 0, &e), -1,
	       "the same when augmented");
	ok(strstr(e.text, "image_00004.npy") != NULL, "%s", e.text);
	is_int(batch_images_fill(&b, index, 2, AUGMENT_NONE, 0, 0, &e), 0, "the others can");
	batch_images_release(&b);
	dataset_release(&d);
}

/* ---- symmetries ---- */

/*
 * Which of the eight IMAGE is of PLAIN; -1: none. Written as mirrorings after quarter
 * turns, not as the code has it.
 */
static int symmetry_of(const float *image, const float *plain)
{
	for (int k = 0; k < SYMMETRIES; k++) {
		bool same = true;

		for (int p = 0; p < SIDE * SIDE && same; p++) {
			int i = p / SIDE, j = p % SIDE;

			for (int turn = 0; turn < k % 4; turn++) {
				int t = i;

				i = j;
				j = SIDE - 1 - t;
			}
			if (k >= 4)
				i = SIDE - 1 - i;
			same = !memcmp(image + p * C, plain + (i * SIDE + j) * C,
			               C * sizeof *image);
		}
		if (same)
			return k;
	}
	return -1;
}

static void symmetries(const struct dataset *d)
{
	enum { EPOCHS = 1000 };
	static const uint32_t index[] = { 0, 1, 2, 3, 4, 5 };
	int count[SYMMETRIES + 1] = {0}, pairs[SYMMETRIES * SYMMETRIES] = {0};
	static float plain[IMAGES][NUMBERS];
	struct batch_images b;
	double chi = 0;

	batch_images_init(&b, d, pool, IMAGES);
	must(batch_images_fill(&b, index, IMAGES, AUGMENT_NONE, 0, 0, &e), &e);
	for (int i = 0; i < IMAGES; i++)
		memcpy(plain[i], b.image[i], sizeof plain[i]);
	for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
		int k[IMAGES];

		must(batch_images_fill(&b, index, IMAGES, AUGMENT_DIHEDRAL, 5, epoch, &e), &e);
		for (int i = 0; i < IMAGES; i++) {
			k[i] = symmetry_of(b.image[i], plain[i]);
			count[k[i] + 1]++;
		}
		if (k[0] >= 0 && k[1] >= 0)
			pairs[k[0] * SYMMETRIES + k[1]]++;
	}
	is_int(count[0], 0, "dihedral: nothing but symmetries");
	for (int k = 1; k <= SYMMETRIES; k++)
		chi += pow(count[k] - EPOCHS * IMAGES / 8., 2) / (EPOCHS * IMAGES / 8.);
	is_near((chi - 7) / sqrt(14), 0, 5, "dihedral: each equally often, chi-square");
	chi = 0;
	for (int k = 0; k < SYMMETRIES * SYMMETRIES; k++)
		chi += pow(pairs[k] - EPOCHS / 64., 2) / (EPOCHS / 64.);
	is_near((chi - 63) / sqrt(126), 0, 5, "dihedral: images by themselves, chi-square");
	batch_images_release(&b);
}

/* What an image becomes does not depend on its place in the batch, nor on the number of threads. */
static void places(const struct dataset *d, enum augment kind)
{
	static const uint32_t forth[] = { 0, 1, 2, 3, 4, 5 }, back[] = { 5, 4, 3, 2, 1, 0 };
	struct threads *alone = threads_new(1);
	struct batch_images a, b;
	bool same = true, moved = false;

	batch_images_init(&a, d, pool, IMAGES);
	batch_images_init(&b, d, alone, IMAGES);
	must(batch_images_fill(&a, forth, IMAGES, kind, 1, 2, &e), &e);
	must(batch_images_fill(&b, back, IMAGES, kind, 1, 2, &e), &e);
	for (int i = 0; i < IMAGES; i++)
		same = same && !memcmp(a.image[i], b.image[IMAGES - 1 - i],
		                       NUMBERS * sizeof(float));
	ok(same, "the same wherever it stands in the batch");
	must(batch_images_fill(&b, forth, IMAGES, kind, 2, 2, &e), &e);
	for (int i = 0; i < IMAGES; i++)
		moved = moved || memcmp(a.image[i], b.image[i], NUMBERS * sizeof(float));
	ok(moved, "another seed, another likeness");
	batch_images_release(&a);
	batch_images_release(&b);
	threads_free(alone);
}

/* ---- rotation ---- */

/*
 * An image whose first channel is a ramp keeps a ramp, of another direction: the angle
 * can be read off it.
 */
static void write_ramp(const char *name)
{
	struct dataset_form form = { SIDE, SIDE, C, false, false, "a ramp" };
	static const int label = 0;
	char *id = (char *)"ramp";
	float x[NUMBERS];
	struct classes classes;
	struct dataset_writer *w;

	for (int p = 0; p < SIDE * SIDE; p++) {
		x[p * C] = (float)(p / SIDE) / 10 + .3f;
		x[p * C + 1] = (float)(p % SIDE) / 10 + .3f;
		x[p * C + 2] = .5f;
		x[p * C + 3] = 1;
	}
	classes_numbered(&classes, 1);
	w = dataset_writer_open(scratch_path(name), &form, &classes, &id, 1, &e);
	must(w ? dataset_writer_add(w, 0, x, &e) : -1, &e);
	must(dataset_writer_end(w, &label, &e), &e);
	classes_release(&classes);
}

static void rotations(void)
{
	enum { EPOCHS = 4000, CELLS = 16 };
	static const uint32_t index = 0;
	int count[CELLS] = {0}, flat = 0, length = 0, square = 0, within = 0;
	struct batch_images b;
	struct dataset d = {0};
	double chi = 0;

	write_ramp("ramp");
	open_dataset(&d, "ramp");
	batch_images_init(&b, &d, pool, 1);
	for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
		const float *x, *centre;
		double down, right, down1, right1;

		must(batch_images_fill(&b, &index, 1, AUGMENT_ROTATE, 3, epoch, &e), &e);
		x = b.image[0];
		centre = x + (SIDE / 2 * SIDE + SIDE / 2) * C;
		/* 0.1 a pixel: two pixels give 1 */
		down = (centre[SIDE * C] - centre[-SIDE * C]) * 5;
		right = (centre[C] - centre[-C]) * 5;
		down1 = (centre[SIDE * C + 1] - centre[-SIDE * C + 1]) * 5;
		right1 = (centre[C + 1] - centre[-C + 1]) * 5;
		length += fabs(hypot(down, right) - 1) > 1e-4;
		square += fabs(down * down1 + right * right1) > 1e-4;
		count[(int)((atan2(right, down) / M_PI + 1) * CELLS / 2) % CELLS]++;
		for (int p = 0; p < SIDE * SIDE; p++) {
			flat += fabs(x[p * C + 2] - .5) > 1e-6 || fabs(x[p * C + 3] - 1) > 1e-6;
			within += !(x[p * C] >= .3f - 1e-6f && x[p * C] <= .7f + 1e-6f);
		}
	}
	is_int(flat, 0, "rotate: what is flat stays flat, at the border too");
	is_int(within, 0, "rotate: no value that was not there");
	is_int(length, 0, "rotate: slopes keep their length");
	is_int(square, 0, "rotate: what is at right angles stays so");
	for (int k = 0; k < CELLS; k++)
		chi += pow(count[k] - EPOCHS / (double)CELLS, 2) / (EPOCHS / (double)CELLS);
	is_near((chi - (CELLS - 1)) / sqrt(2. * (CELLS - 1)), 0, 5,
	        "rotate: all angles, chi-square");
	batch_images_release(&b);
	dataset_release(&d);
}

int main(void)
{
	struct dataset d = {0};

	scratch_begin();
	pool = threads_new(2);
	forms();
	unreadable();
	open_dataset(&d, "f4");
	symmetries(&d);
	places(&d, AUGMENT_DIHEDRAL);
	places(&d, AUGMENT_ROTATE);
	dataset_release(&d);
	rotations();
	threads_free(pool);
	return tap_end();
}
