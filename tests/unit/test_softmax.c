/* Softmax, cross-entropy and its gradient. */
#include "nn/softmax.h"

#include "gradient.h"
#include "layers_double.h"

struct softmax_case {
	double z[7];
	int label, classes;
};

static double softmax_case_loss(const void *arg)
{
	const struct softmax_case *t = arg;

	return .25 * loss_double(t->z, t->label, t->classes);
}

static void softmax_of(struct rng *r, int classes, int label, double scale)
{
	struct softmax_case t = { .label = label, .classes = classes };
	float z[7], dz[7], p[7];
	double sum = 0;

	for (int k = 0; k < classes; k++)
		t.z[k] = z[k] = (float)(scale * rng_normal(r));
	is_near(softmax_loss(z, label, classes), 4 * softmax_case_loss(&t), 1e-12, "softmax: loss");
	softmax_gradient(dz, z, label, .25f, classes);
	check_gradient(dz, t.z, (size_t)classes, softmax_case_loss, &t, "softmax: gradient");
	softmax(p, z, classes);
	for (int k = 0; k < classes; k++)
		sum += p[k];
	is_near(sum, 1, 1e-6, "softmax: probabilities add up to 1");
}

static void softmax_details(void)
{
	static const float large[3] = { 1000, 999, -1000 }, tie[4] = { 1, 3, 3, 2 },
			   sure[2] = { 0, 60 };
	float p[3];

	softmax(p, large, 3);
	is_near(p[0], 1 / (1 + exp(-1)), 1e-7, "softmax: logits of a thousand do not overflow");
	is_near(softmax_loss(sure, 0, 2), 60, 1e-9, "softmax: the loss is not clipped");
	is_int(softmax_argmax(tie, 4), 1, "the lowest index wins a tie");
}

int main(void)
{
	struct rng r;

	rng_init(&r, 1, 1, 1);
	softmax_of(&r, 2, 1, 1);
	softmax_of(&r, 7, 0, 5);
	softmax_details();
	return tap_end();
}
