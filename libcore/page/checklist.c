/* Items of CLAIM and TRIPOD+AI; see checklist.h. */
#include "page/checklist.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/facts.h"

/* ---- answers ---- */

static char *kind(const struct evidence *v)
{
	return xasprintf("Deep learning: a convolutional network that sorts pictures of single "
	                 "leukocytes into %d classes.", v->classes.count);
}

static char *main_result(const struct evidence *v)
{
	const struct interval *i = &v->card.overall[SCORECARD_ACCURACY];

	return xasprintf("%.1f\u00a0%% of %" PRId64 " cells get their right class (95\u00a0%% "
	                                            "interval %.1f to %.1f).",
	100 * i->value, v->card.images, 100 * i->low, 100 * i->high);
}

static char *source(const struct evidence *v)
{
	if (!v->files->dataset)
		return NULL;
	return xasprintf("A dataset of %zu images; its digest begins with %.12s.",
	                 v->dataset.count, v->dataset.digest);
}

static char *preparation(const struct evidence *v)
{
	if (!v->files->dataset)
		return NULL;
	return xasprintf("Pictures of %d × %d pixels in %d channels, stored as %s; the network "
	                 "takes values from 0 to 1.", v->dataset.width, v->dataset.height,
	                 v->dataset.channels, v->dataset.bytes ? "bytes" : "floats from 0 to 1");
}

static char *subset(const struct evidence *v)
{
	if (!v->files->dataset)
		return NULL;
	return xasprintf("%zu of the dataset's %zu images were scored.", v->cases->count,
	                 v->dataset.count);
}

static char *missing(const struct evidence *v)
{
	(void)v;
	return xasprintf("Every image that is scored has a class and all its probabilities; the "
	                 "tools refuse others and fill in nothing.");
}

static char *partition(const struct evidence *v)
{
	if (!v->files->dataset || !v->dataset.has_split)
		return NULL;
	return xasprintf("By lists in the dataset: %zu images for training, %zu for validation, "
	                 "%zu for neither.", evidence_images(v, -1, DATASET_TRAIN),
	                 evidence_images(v, -1, DATASET_VALID),
	                 evidence_images(v, -1, DATASET_NEITHER));
}

static char *disjoint(const struct evidence *v)
{
	if (!v->own_data || !v->whole_trail)
		return NULL;
	return xasprintf("Between images: %zu of the %zu scored images were also training images.",
	                 v->trained, v->cases->count);
}

static char *size(const struct evidence *v)
{
	if (v->card.patients)
		return xasprintf("%" PRId64 " cells of %zu patients, in %d classes.",
		                 v->card.images,
		                 v->card.patients, v->card.occurring);
	return xasprintf("%" PRId64 " cells in %d classes.", v->card.images, v->card.occurring);
}

static char *network(const struct evidence *v)
{
	const struct net *n = &v->model.net;

	if (!v->files->model)
		return NULL;
	return xasprintf("Input %d × %d pixels, %d channels; two pairs of 3 × 3 convolutions "
	                 "with %d, %d and %d, %d filters, relu, and 2 × 2 max-pooling with "
	                 "dropout behind each pair; a layer of %d units with batch "
	                 "normalisation, relu, dropout; softmax over %d classes. %.1f million "
	                 "numbers; their digest begins with %.12s.", n->size,
	                 n->size, n->channels, n->filters[0], n->filters[1], n->filters[2],
	                 n->filters[3], n->dense, n->classes,
	                 (double)net_total(n) / 1e6, v->digest);
}

static char *software(const struct evidence *v)
{
	const char *tool = facts_text(v->model.facts, "tool");
	const char *version = facts_text(v->model.facts, "version");
	const char *kernels = facts_text(v->model.facts, "kernels");

	if (!tool || !version)
		return xasprintf("Scored and reported by aml %s.", AML_VERSION);
	return xasprintf("The model was made by %s %s%s%s; scored and reported by aml %s.", tool,
	                 version, kernels ? ", kernels " : "", kernels ? kernels : "",
	AML_VERSION);
}

/* The only model without parents that this one came from. */
static char *start(const struct evidence *v)
{
	const struct trail_model *first = NULL;

	for (size_t i = 0; i < v->trail.count; i++) {
		const struct trail_model *m = &v->trail.model[i];

		if (!v->ancestors[i] || m->parents || m->same_as >= 0)
			continue;
		if (first)
			return NULL;
		first = m;
	}
	if (!v->whole_trail || !first)
		return NULL;
	return xasprintf("Random weights by aml-init, with Keras's initialisers; the digest begins "
	                 "with %.12s.", first->digest);
}

/* Appends ", KEY VALUE" for each of KEYS that the facts hold. */
static char *list_facts(const struct json *facts, const char *const *keys, size_t n)
{
	char *text = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct json *fact = json_get(facts, keys[i]);
		char *value = fact ? json_line(fact) : NULL, *longer;

		if (!fact)
			continue;
		longer = xasprintf("%s%s%s %s", text ? text : "", text ? ", " : "", keys[i],
		                   fact->type == JSON_TEXT ? fact->text : value);
		free(text);
		free(value);
		text = longer;
	}
	return text;
}

static char *training(const struct evidence *v)
{
	static const char *const keys[] = {
		"epochs", "batch", "rate", "seed", "dropout", "shuffle", "augment", "class_weight",
		"proximal", "bn", "num_examples", "method", "server_opt"
	};
	char *list = list_facts(v->model.facts, keys, sizeof keys / sizeof *keys), *text;

	if (!list)
		return NULL;
	text = xasprintf("By the model's facts: %s.", list);
	free(list);
	return text;
}

static char *choice(const struct evidence *v)
{
	const char *keep = facts_text(v->model.facts, "keep");

	if (!keep)
		return NULL;
	return xstrdup(!strcmp(keep, "best") ? "The epoch of least validation loss was kept."
	                                     : "The last epoch was kept.");
}

static char *ensemble(const struct evidence *v)
{
	const struct json *parents = json_get(v->model.facts, "parents");

	if (!v->files->model)
		return NULL;
	if (parents && parents->count > 1)
		return xasprintf("One network, whose weights were made from those of %zu models.",
		                 parents->count);
	return xstrdup("None: one network.");
}

static char *measures(const struct evidence *v)
{
	return xasprintf("Accuracy, balanced accuracy, F1, kappa, Matthews correlation, log "
	                 "loss, Brier score and calibration error over all cells; sensitivity, "
	                 "specificity, predictive values, F1, ROC AUC and average precision of "
	                 "each class%s.",
	                 v->card.groups ? " and group" : "");
}

static char *uncertainty(const struct evidence *v)
{
	if (v->card.patients)
		return xasprintf("95\u00a0%% intervals over patients: standard errors by drawing "
		                 "patients again with all their cells (bootstrap, %d resamples, "
		                 "seed %" PRIu64
		                 "), Student's t on the logit scale.", v->files->resamples,
		                 v->files->seed);
	return xstrdup("95\u00a0% intervals over cells: score intervals (Wilson) for shares and "
	               "means of shares, DeLong's for areas under the curve.");
}

static char *explanation(const struct evidence *v)
{
	if (!v->files->dataset || !v->files->model)
		return NULL;
	return xstrdup("Grad-CAM of the answered class, beside each cell of this page.");
}

static char *internal(const struct evidence *v)
{
	if (!v->own_data || !v->whole_trail || v->trained)
		return NULL;
	return xstrdup("The scored cells are of the dataset that the model was trained on, but "
	               "were not among its training cells.");
}

static char *flow(const struct evidence *v)
{
	char *all = subset(v), *scored = size(v), *text;

	text = xasprintf("%s%s%s", scored, all ? " " : "", all ? all : "");
	free(all);
	free(scored);
	return text;
}

static char *characteristics(const struct evidence *v)
{
	return xasprintf("Classes%s: see “The cells”.",
	                 v->files->dataset ? " by partition" : "");
}

static char *estimates(const struct evidence *v)
{
	return xasprintf("See “Figures”, for each class%s with intervals.",
	                 v->card.groups ? " and group" : "");
}

static char *failures(const struct evidence *v)
{
	return xasprintf("See “What is taken for what”%s.",
	                 v->files->dataset ? " and the errors in “Cells to look at”" : "");
}

static char *clusters(const struct evidence *v)
{
	if (!v->card.patients)
		return NULL;
	return xstrdup("By patient: see “Differentials by patient”.");
}

static char *output(const struct evidence *v)
{
	return xasprintf("A probability for each of %d classes, which add up to 1; the answer is "
	                 "the class of the largest.", v->classes.count);
}

static char *imbalance(const struct evidence *v)
{
	const char *weight = facts_text(v->model.facts, "class_weight");

	if (!weight)
		return NULL;
	return xstrdup(strcmp(weight, "none") ? "Rare classes weighed more in training."
	                                      : "None: every training cell weighed the same.");
}

static char *differences(const struct evidence *v)
{
	if (!v->files->model || !v->files->dataset)
		return NULL;
	return xstrdup(v->own_data ? "Same dataset for training and evaluation."
	                           : "Another dataset than the one named by the model's facts.");
}

static char *identity(const struct evidence *v)
{
	if (!v->files->model)
		return NULL;
	return xasprintf("The model whose digest begins with %.12s.", v->digest);
}

static char *code(const struct evidence *v)
{
	(void)v;
	return xasprintf("aml %s, under the BSD 2-clause licence.", AML_VERSION);
}

/* ---- items ---- */

static const struct checklist_item claim[] = {
	{ "1", "name it as a study of artificial intelligence, and say of which kind",
	  kind, false },
	{ "2", "a structured abstract", main_result, false },
	{ "3", "background, intended use and clinical role", NULL, false },
	{ "4", "aims and hypotheses", NULL, false },
	{ "5", "prospective or retrospective", NULL, false },
	{ "6", "goal of the study", NULL, false },
	{ "7", "where the data come from", source, false },
	{ "8", "inclusion and exclusion", NULL, false },
	{ "9", "preprocessing", preparation, false },
	{ "10", "choice of subsets", subset, false },
	{ "11", "de-identification", NULL, false },
	{ "12", "missing data", missing, false },
	{ "13", "how the images were taken", NULL, false },
	{ "14", "what the reference standard is", NULL, false },
	{ "15", "why this reference standard", NULL, false },
	{ "16", "who annotated, with which qualification", NULL, false },
	{ "17", "how the test set was annotated", NULL, false },
	{ "18", "variability between and within annotators", NULL, false },
	{ "19", "how data were assigned to partitions", partition, false },
	{ "20", "at which level partitions are disjoint", disjoint, false },
	{ "21", "intended size of the test sample", size, false },
	{ "22", "the model in detail", network, true },
	{ "23", "software", software, true },
	{ "24", "initial parameters", start, true },
	{ "25", "training", training, false },
	{ "26", "how the final model was chosen", choice, false },
	{ "27", "ensembles", ensemble, true },
	{ "28", "measures of performance", measures, true },
	{ "29", "measures of uncertainty", uncertainty, true },
	{ "30", "robustness and sensitivity", NULL, false },
	{ "31", "methods to explain", explanation, true },
	{ "32", "evaluation on internal data", internal, false },
	{ "33", "testing on external data", NULL, false },
	{ "34", "registration of the trial", NULL, false },
	{ "35", "numbers included and excluded", flow, false },
	{ "36", "characteristics of the cases in each partition", characteristics, false },
	{ "37", "performance with uncertainty", main_result, true },
	{ "38", "diagnostic estimates and their precision", estimates, true },
	{ "39", "analysis of failures", failures, false },
	{ "40", "limitations", NULL, false },
	{ "41", "implications for practice", NULL, false },
	{ "42", "where the full protocol is", NULL, false },
	{ "43", "availability of software, model, data", identity, false },
	{ "44", "funding, and the funders' role", NULL, false },
};

static const struct checklist_item tripod[] = {
	{ "1", "name it as developing or evaluating a prediction model, its population and "
	       "outcome",
	  kind, false },
	{ "2", "abstract", main_result, false },
	{ "3a", "clinical context, and why the model", NULL, false },
	{ "3b", "target population, purpose, intended users", NULL, false },
	{ "3c", "known inequalities in health", NULL, false },
	{ "4", "objectives", NULL, false },
	{ "5a", "sources of data, for development and for evaluation", source, false },
	{ "5b", "dates of the data", NULL, false },
	{ "6a", "setting and number of centres", NULL, false },
	{ "6b", "eligibility", NULL, false },
	{ "6c", "treatments received", NULL, false },
	{ "7", "data preparation and quality checks", preparation, false },
	{ "8a", "the outcome, and how it was assessed", NULL, false },
	{ "8b", "qualification of those who assessed it", NULL, false },
	{ "8c", "blinding of the assessment", NULL, false },
	{ "9a", "choice of the predictors", NULL, false },
	{ "9b", "definition of the predictors", preparation, false },
	{ "9c", "qualification of those who assessed predictors", NULL, false },
	{ "10", "sample size, and why it suffices", size, false },
	{ "11", "missing data", missing, false },
	{ "12a", "use of the data, and partition", partition, false },
	{ "12b", "handling of the predictors", preparation, false },
	{ "12c", "type of model, steps of building, tuning", training, false },
	{ "12d", "differences between clusters", clusters, false },
	{ "12e", "measures of performance", measures, true },
	{ "12f", "updating of the model", NULL, false },
	{ "12g", "how predictions were calculated", identity, true },
	{ "13", "methods against imbalance of classes", imbalance, true },
	{ "14", "approaches to fairness", NULL, false },
	{ "15", "output of the model, and thresholds", output, true },
	{ "16", "differences between development and evaluation data", differences, false },
	{ "17", "ethical approval", NULL, false },
	{ "18a", "funding", NULL, false },
	{ "18b", "conflicts of interest", NULL, false },
	{ "18c", "protocol", NULL, false },
	{ "18d", "registration", NULL, false },
	{ "18e", "availability of data", NULL, false },
	{ "18f", "availability of code", code, false },
	{ "19", "involvement of patients and public", NULL, false },
	{ "20a", "flow of participants", flow, false },
	{ "20b", "characteristics of participants", characteristics, false },
	{ "20c", "comparison with the development data", NULL, false },
	{ "21", "numbers of participants and outcomes in each analysis", size, true },
	{ "22", "the full model, so that others can use it", network, false },
	{ "23a", "performance with intervals, also of key subgroups", main_result, false },
	{ "23b", "differences in performance between clusters", clusters, false },
	{ "24", "results of updating", NULL, false },
	{ "25", "interpretation, fairness included", NULL, false },
	{ "26", "limitations", NULL, false },
	{ "27a", "poor or missing input in use", NULL, false },
	{ "27b", "what users must do and know", NULL, false },
	{ "27c", "next steps of research", NULL, false },
};

const struct checklist *checklist_claim(void)
{
	static const struct checklist c = {
		"CLAIM 2024",
		"Tejani et al., Radiology: Artificial Intelligence 6 (2024)",
		claim, sizeof claim / sizeof *claim
	};

	return &c;
}

const struct checklist *checklist_tripod(void)
{
	static const struct checklist c = {
		"TRIPOD+AI", "Collins et al., BMJ 385 (2024)", tripod,
		sizeof tripod / sizeof *tripod
	};

	return &c;
}

char *checklist_answer(const struct checklist_item *i, const struct evidence *v)
{
	return i->answer ? i->answer(v) : NULL;
}
