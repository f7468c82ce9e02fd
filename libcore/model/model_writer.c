/* Weights files, written early; see model_writer.h. */
#include "model/model_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/outfile.h"
#include "format/npz.h"
#include "model/model_file.h"
#include "model/parents.h"

struct model_writer {
	char *path;
	struct net net;
	struct outfile *out;
	struct npz_writer *archive;
	int k;                          /* the array that comes next */
	size_t at;                      /* its numbers that were written */
};

struct model_writer *model_writer_open(const char *path, const struct net *net, struct err *e)
{
	struct outfile *out = outfile_open(path, e);
	struct model_writer *m;

	if (!out)
		return NULL;
	m = xmalloc(1, sizeof *m);
	*m = (struct model_writer){
		.path = xstrdup(path), .net = *net, .out = out,
		.archive = npz_writer_new(outfile_stream(out), false),
	};
	return m;
}

static int in_file(const struct model_writer *m, struct err *e)
{
	return err_in(e, outfile_name(m->path));
}

static void forget(struct model_writer *m)
{
	free(m->path);
	free(m);
}

/* From where M is to number COUNT of array m->k. */
static int write_numbers(struct model_writer *m, const float *x, size_t count, struct err *e)
{
	enum net_array k = (enum net_array)m->k;
	size_t shape[4], all = net_count(&m->net, k), size = all * sizeof *x;
	int dims = net_shape(&m->net, k, shape);
	char name[MODEL_FILE_NAME];

	model_file_name(name, m->k, MODEL_FILE_NUMBERS);
	if (m->at == 0 && count == all) {
		m->k++;
		return npz_writer_add(m->archive, name, "<f4", dims, shape, x, size, e);
	}
	if (m->at == 0 && npz_writer_begin(m->archive, name, "<f4", dims, shape, size, e) < 0)
		return -1;
	if (npz_writer_append(m->archive, x + m->at, (count - m->at) * sizeof *x, e) < 0)
		return -1;
	m->at = count == all ? 0 : count;
	m->k += count == all;
	return 0;
}

int model_writer_put(struct model_writer *m, int k, const float *x, size_t count, struct err *e)
{
	if (!outfile_is_hidden(m->out))
		return 0;
	assert(k == m->k && count > m->at);
	if (write_numbers(m, x, count, e) < 0)
		return in_file(m, e);
	outfile_start_writeback(m->out);
	return 0;
}

int model_writer_end(struct model_writer *m, const float *const w[NET_ARRAYS], const char *facts,
                     struct err *e)
{
	int result = 0;

	while (m->k < NET_ARRAYS && result == 0)
		result = write_numbers(m, w[m->k], net_count(&m->net, (enum net_array)m->k), e);
	if (result == 0) {
		result = parents_end_archive(m->archive, facts, e);
		m->archive = NULL;
	}
	if (result < 0) {
		in_file(m, e);
		model_writer_abandon(m);
		return -1;
	}
	result = outfile_commit(m->out, true, e);
	forget(m);
	return result;
}

void model_writer_abandon(struct model_writer *m)
{
	if (!m)
		return;
	npz_writer_free(m->archive);
	outfile_abandon(m->out);
	forget(m);
}
