#pragma once
/*
 * Server optimisers: the mean of the clients' models is not taken as it is, its distance
 * from the model that was sent out is used as a gradient. FEDn's formulas and defaults (fedopt),
 * after S. Reddi and others, Adaptive Federated Optimization, 2021.
 * With w the model sent out and y the mean:
 *
 *   d = y - w
 *   m starts at 0 and becomes beta1 m + (1 - beta1) d
 *   v starts at tau^2 and becomes
 *       adam      beta2 v + (1 - beta2) d^2
 *       yogi      v - (1 - beta2) d^2 sign(v - d^2)
 *       adagrad   v + d^2
 *   w' = w + rate m / (sqrt(v) + tau)            without bias correction
 */
#include <stdbool.h>
#include <stddef.h>

enum serveropt_rule { SERVEROPT_NONE, SERVEROPT_ADAM, SERVEROPT_YOGI, SERVEROPT_ADAGRAD };
#define SERVEROPT_RULES "none|adam|yogi|adagrad"        /* their names, in this order */
extern const char *const serveropt_name[];

struct serveropt {
	enum serveropt_rule rule;
	double rate, beta1, beta2, tau;
};

extern const struct serveropt serveropt_defaults;       /* none, 1e-3, .9, .99, 1e-4 */

/* M and V [N] before the first round. */
void serveropt_start(const struct serveropt *o, float *m, float *v, size_t n);

/*
 * One round: from MEAN [N] and the model sent out W [N], plus LOW [N] if that is not NULL
 * (FEDn keeps its own model in double), to the next one NEXT [N], which may be W; M and V
 * [N] are updated. Computed in double, kept as float32. Returns false if something left
 * float32's range.
 */
bool serveropt_step(const struct serveropt *o, const double *mean, const float *w,
                    const float *low, float *m, float *v, float *next, size_t n);
