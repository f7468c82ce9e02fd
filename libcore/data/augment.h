#pragma once
/* Images turned at random while a network trains on them. */
#include <stdint.h>

/*
 * DIHEDRAL: one of the 8 symmetries of the square. ROTATE: besides one of them any angle,
 * bilinear, the border repeated. A cell has no up and no left, so all are as likely as
 * the picture itself.
 */
enum augment { AUGMENT_NONE, AUGMENT_DIHEDRAL, AUGMENT_ROTATE };

/*
 * Replaces X, the image of this INDEX, side x side x channels, by one of its likenesses; KIND is
 * not AUGMENT_NONE. SPARE: as much room. Which one depends on (SEED, EPOCH, INDEX) alone.
 */
void augment_image(float *x, float *spare, int side, int channels, enum augment kind, uint64_t seed,
                   uint32_t epoch, uint32_t index);
