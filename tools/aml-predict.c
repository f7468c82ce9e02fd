/* aml-predict: the class of each image. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/threads.h"
#include "base/tool.h"
#include "data/picture.h"
#include "nn/softmax.h"
#include "fused/engine_pick.h"
#include "model/facts.h"
#include "model/model.h"
#include "score/predictions.h"

enum {
	CHUNK = 32,                     /* images a call, at most */
	READ_BYTES = 1 << 16,
};

struct args {
	int top, threads;
	bool json;
	const char *model;
	char **names;
};

/* The model with all that one chunk of images needs; made once, used for every chunk. */
struct predictor {
	const struct args *a;
	int chunk;                      /* images a call: room for no more than will come */
	struct model m;
	struct classes classes;
	struct threads *pool;
	const struct engine *engine;
	void *run;
	struct resize **resize;         /* [threads] */
	float *pixels;                  /* [chunk] images */
	float *logits;                  /* [chunk][classes] */
	char *const *name;              /* of the chunk under way */
	struct err error[CHUNK];        /* text empty: the image could be read */
	bool failed;                    /* an image could not */
};

static struct args parse(int argc, char **argv)
{
	struct args a = { .top = 1 };
	const struct opt opts[] = {
		OPT_INT('k', "top", &a.top, 1, CLASSES_MAX, "N", "print the N likeliest classes"),
		OPT_FLAG(0, "json", &a.json, "one JSON object a line"),
		OPT_INT('j', "jobs", &a.threads, 0, 1024, "N", "threads; 0: all processors"),
		OPT_END
	};
	const struct opt_tool tool = { "[OPTION]... MODEL IMAGE...",
		                       "print the class of each IMAGE (TIFF, PNG or npy; "
		                       "-: names on standard input)",
		                       2, -1, engine_pick_name };

	a.names = opt_parse(opts, &tool, argc, argv);
	a.model = *a.names++;
	return a;
}

static int chunk_of(char *const *name)
{
	int n = 0;

	for (; n < CHUNK && name[n]; n++)
		if (infile_is_stdin(name[n]))
			return CHUNK;
	return n;
}

static int predictor_init(struct predictor *p, const struct args *a, struct err *e)
{
	size_t pixels;

	*p = (struct predictor){ .a = a, .chunk = chunk_of(a->names) };
	if (model_load(&p->m, a->model, MODEL_UNCHECKED, e) < 0)
		return -1;
	p->engine = engine_pick(&p->m.net, e);
	if (!p->engine)
		return -1;
	facts_class_list(p->m.facts, p->m.net.classes, &p->classes);
	p->pool = threads_new(a->threads);
	p->run = p->engine->predictor_new(&p->m.net, p->m.w, p->chunk, p->pool);
	p->resize = xcalloc((size_t)threads_count(p->pool), sizeof(struct resize *));
	for (int i = 0; i < threads_count(p->pool); i++)
		p->resize[i] = resize_new(p->m.net.size, p->m.net.size, RESIZE_BICUBIC);
	pixels = (size_t)p->m.net.size * (size_t)p->m.net.size * (size_t)p->m.net.channels;
	p->pixels = xaligned((size_t)p->chunk * pixels, sizeof *p->pixels);
	p->logits = xaligned((size_t)p->chunk * (size_t)p->m.net.classes,
	                     sizeof *p->logits);
	return 0;
}

static void predictor_release(struct predictor *p)
{
	for (int i = 0; p->resize && i < threads_count(p->pool); i++)
		resize_free(p->resize[i]);
	free(p->resize);
	if (p->run)
		p->engine->predictor_free(p->run);
	threads_free(p->pool);
	free(p->pixels);
	free(p->logits);
	classes_release(&p->classes);
	model_release(&p->m);
}

static float *pixels_of(const struct predictor *p, size_t i)
{
	return p->pixels + i * (size_t)p->m.net.size * (size_t)p->m.net.size *
	                           (size_t)p->m.net.channels;
}

static void load_job(void *arg, size_t i, int worker)
{
	struct predictor *p = arg;
	const char *name = infile_is_stdin(p->name[i]) ? "./-" /* standard input holds names */
	                                               : p->name[i];

	p->error[i].text[0] = '\0';
	picture_load(pixels_of(p, i), name, p->m.net.size, p->m.net.channels, p->resize[worker],
	             &p->error[i]);
}

/* ---- output ---- */

/* The classes of PROBS from the likeliest on; the lowest index wins a tie. */
static void rank(int *order, const float *probs, int classes)
{
	for (int i = 0; i < classes; i++) {
		int at = i;

		for (; at > 0 && probs[i] > probs[order[at - 1]]; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

static void print_text(const struct predictor *p, const char *name, const int *order,
                       const float *probs, int top)
{
	predictions_id(stdout, name);
	for (int k = 0; k < top; k++)
		printf("\t%s\t%.6f", p->classes.entry[order[k]].code, probs[order[k]]);
	putchar('\n');
}

static void print_json(const struct predictor *p, const char *name, const int *order,
                       const float *probs, int top)
{
	struct json_writer j;

	json_start(&j, stdout, false);
	json_object(&j, NULL);
	json_text(&j, "file", name);
	json_array(&j, "predictions");
	for (int k = 0; k < top; k++) {
		json_object(&j, NULL);
		json_text(&j, "class", p->classes.entry[order[k]].code);
		json_float(&j, "probability", probs[order[k]]);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_close_object(&j);
	putchar('\n');
}

static void print_image(const struct predictor *p, const char *name, float *logits)
{
	int classes = p->m.net.classes, top = p->a->top < classes ? p->a->top : classes;
	int *order = xmalloc((size_t)classes, sizeof *order);

	softmax(logits, logits, classes);
	rank(order, logits, classes);
	(p->a->json ? print_json : print_text)(p, name, order, logits, top);
	free(order);
}

/* ---- a chunk ---- */

/* Loads, predicts and prints N images; those that cannot be read are reported and passed over. */
static void predict_chunk(struct predictor *p, char *const *name, int n)
{
	const float *image[CHUNK];
	int good = 0, classes = p->m.net.classes;

	p->name = name;
	threads_run(p->pool, (size_t)n, load_job, p);
	for (int i = 0; i < n; i++)
		if (!p->error[i].text[0])
			image[good++] = pixels_of(p, (size_t)i);
	if (good)
		p->engine->predictor_run(p->run, image, good, p->logits, NULL);
	good = 0;
	for (int i = 0; i < n; i++) {
		if (p->error[i].text[0]) {
			tool_warn(&p->error[i]);
			p->failed = true;
			continue;
		}
		print_image(p, name[i], p->logits + (size_t)good++ * (size_t)classes);
	}
	fflush(stdout);
}

static void predict_names(struct predictor *p, char *const *name, size_t n)
{
	size_t chunk = (size_t)p->chunk;

	for (size_t at = 0; at < n; at += chunk)
		predict_chunk(p, name + at, (int)(n - at < chunk ? n - at : chunk));
}

/* Predicts the whole lines in TEXT[0..*used-1] and keeps the rest. */
static void predict_lines(struct predictor *p, char *text, size_t *used)
{
	char **name = NULL, *line = text, *end;
	size_t n = 0, room = 0;

	while ((end = memchr(line, '\n', *used - (size_t)(line - text)))) {
		*end = '\0';
		if (n == room)
			name = xrealloc(name, room = room ? 2 * room : CHUNK, sizeof *name);
		if (*line)
			name[n++] = line;
		line = end + 1;
	}
	predict_names(p, name, n);
	free(name);
	*used -= (size_t)(line - text);
	memmove(text, line, *used);
}

/*
 * Names from standard input: all that have arrived are taken together, and answered
 * before more are read.
 */
static int predict_stream(struct predictor *p, struct err *e)
{
	size_t room = READ_BYTES, used = 0;
	char *text = xmalloc(room, 1);
	ssize_t got;

	while ((got = read(STDIN_FILENO, text + used, room - used - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		used += (size_t)got;
		predict_lines(p, text, &used);
		if (used + 1 >= room)
			text = xrealloc(text, room *= 2, 1);
	}
	if (got == 0 && used) {                 /* a last line without its newline */
		text[used++] = '\n';
		predict_lines(p, text, &used);
	}
	free(text);
	return got < 0 ? err_set(e, "standard input: %s", strerror(errno)) : 0;
}

static int predict(struct predictor *p, struct err *e)
{
	char **name = p->a->names;

	while (*name) {
		size_t n = 0;

		while (name[n] && !infile_is_stdin(name[n]))
			n++;
		predict_names(p, name, n);
		name += n;
		if (!*name)
			break;
		if (predict_stream(p, e) < 0)
			return -1;
		name++;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct args a = parse(argc, argv);
	struct predictor p;
	struct err e;
	int status;

	if (predictor_init(&p, &a, &e) < 0 || predict(&p, &e) < 0)
		status = tool_fail(&e);
	else
		status = p.failed;
	predictor_release(&p);
	return tool_end(status);
}
