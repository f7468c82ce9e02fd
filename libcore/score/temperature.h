#pragma once
/*
 * The temperature that makes a model as sure as it is right, as far as one number can: C.
 * Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, On calibration of modern neural networks,
 * ICML 2017.
 */
#include "base/err.h"
#include "score/calibration.h"
#include "score/cases.h"
#include "stats/interval.h"

/* Limits: beyond them hardly a softmax in float32 is neither 0, 1 nor flat. */
#define TEMPERATURE_LEAST 0.01
#define TEMPERATURE_MOST 100

/*
 * The temperature T at which softmax(log p / T) has the least mean log loss over the
 * cases, and its 95 % interval from the curvature of the loss in log T (so that those of
 * T and 1/T agree). Log p is the network's logit up to a constant. A p that float32
 * cannot tell from 0, below 2^-149, counts as that; nothing else is clipped, and the loss
 * is convex in 1/T. Returns 0, or -1 with E set: fewer than 2 cases; all probabilities of
 * each case are equal; the loss falls to the limits, as where every image is predicted
 * right (T would be 0) or the probabilities know nothing of the truth (T would be
 * infinite).
 */
int temperature_fit(struct interval *t, const struct cases *c, struct err *e);

/* P[k] = softmax(log p[k] / T) of the ROW p, CLASSES of them. P may be ROW. */
void temperature_row(double *p, const double *row, int classes, double t);

/* How good probabilities are; NaN without cases. */
struct temperature_scores {
	struct calibration calibration;
	double ece;                     /* calibration_ece */
	double log_loss, brier;         /* means over images of calibration.h's */
};

/*
 * Of the cases C with their probabilities at temperature T; at 1 they are as they were
 * read. An image is right where C says that it was predicted right.
 */
void temperature_scores(struct temperature_scores *s, const struct cases *c, double t);
