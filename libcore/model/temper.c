/* The last layer divided by a temperature; see temper.h. */
#include "model/temper.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/values.h"

static void write_kept(struct facts *f, const struct json *facts)
{
	static const char *const kept[] = { "batch", "num_examples", "split", "split_seed",
		                            "dataset" };

	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const struct json *v = json_get(facts, kept[i]);

		if (v)
			json_value(&f->j, kept[i], v);
	}
}

static char *write_facts(const struct model *m, const float *const w[NET_ARRAYS],
                         double temperature, int64_t images, const struct classes *c)
{
	char parent[SHA256_HEX], weights[SHA256_HEX];
	const char *one[] = { parent };
	struct facts f;

	digest_numbers(&m->net, m->w, parent);
	digest_numbers(&m->net, w, weights);
	facts_start(&f, "aml-calibrate");
	json_number(&f.j, "temperature", temperature);
	json_int(&f.j, "temperature_images", images);
	write_kept(&f, m->facts);
	if (!m->net.size_guessed)
		json_int(&f.j, "size", m->net.size);
	facts_classes(&f, c);
	json_text(&f.j, "weights", weights);
	facts_parents(&f, one, 1);
	return facts_end(&f);
}

/* In new memory. */
static float *divided(const float_any *w, size_t count, double divisor)
{
	float *result = xmalloc(count, sizeof *result);

	for (size_t i = 0; i < count; i++)
		result[i] = (float)((double)w[i] / divisor);
	return result;
}

int temper_save(const char *path, const struct model *m, double temperature,
                int64_t images, const struct classes *c, struct err *e)
{
	float *weights = divided(m->w[DENSE2_W], net_count(&m->net, DENSE2_W), temperature);
	float *bias = divided(m->w[DENSE2_B], net_count(&m->net, DENSE2_B), temperature);
	const float *w[NET_ARRAYS];
	int result = -1;

	memcpy(w, m->w, sizeof w);
	w[DENSE2_W] = weights;
	w[DENSE2_B] = bias;
	if (values_check(&m->net, w, e) < 0) {
		err_in(e, path);
	} else {
		char *facts = write_facts(m, w, temperature, images, c);

		result = model_save(path, &m->net, w, facts, e);
		free(facts);
	}
	free(weights);
	free(bias);
	return result;
}
