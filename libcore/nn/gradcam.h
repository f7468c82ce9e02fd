#pragma once
/*
 * Grad-CAM (Selvaraju et al., ICCV 2017): where an image made a network say a class. With A the
 * output of the last convolution after relu, z the class's logit, P the positions of A:
 *   weight[k] = 1 / P sum over i, j of dz / dA[i,j,k]
 *   map[i,j]  = max(0, sum over k of weight[k] A[i,j,k]), divided by its largest number
 * Inference throughout: moving statistics, no dropout.
 */
#include "base/err.h"
#include "nn/engine.h"
#include "nn/net.h"

struct gradcam;

/*
 * Over the weights W, which are borrowed and must outlive it, as must ENGINE. It takes a pass over
 * them, images after it about as long as a prediction. Starts no threads; one thread at a time may
 * use it, others have their own.
 */
struct gradcam *gradcam_new(const struct engine *engine, const struct net *net,
                            const float *const w[NET_ARRAYS]);
void gradcam_free(struct gradcam *g);           /* NULL is allowed */

/*
 * Looks at IMAGE [S][S][C]. Returns the probabilities [classes], which are valid until the next
 * image.
 */
const float *gradcam_forward(struct gradcam *g, const float *image);

/*
 * The map of class LABEL for the image that was looked at last: MAP [conv4_size][conv4_size],
 * 0..1; all zero where nothing speaks for the class. Returns 0, or -1 with E set: numbers too
 * large for the network's arithmetic.
 */
int gradcam_map(struct gradcam *g, int label, float *map, struct err *e);

/* The same, resized (bilinear, as Pillow) to a picture: MAP [height][width]. */
int gradcam_picture(struct gradcam *g, int label, float *map, int width, int height, struct err *e);
