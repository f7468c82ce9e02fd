/* A model: the numbers of a weights file, whole; see model.h. */
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/mem.h"
#include "model/facts.h"
#include "model/model_file.h"
#include "model/model_writer.h"
#include "model/values.h"

/* ---- loading ---- */

/* As FEDn writes it: doubles in C order, lowest byte first. */
static bool is_f8(const struct npy *a)
{
	return a->kind == 'f' && a->item_bytes == sizeof(double) && !a->big_endian && !a->fortran;
}

static int keep_low(struct model *m, int k, const struct npy *a, struct err *e)
{
	size_t count = npy_count(a);

	m->low[k] = mem_try(count, sizeof(float), e);
	if (!m->low[k])
		return model_file_in_array(e, k);
	for (size_t i = 0; i < count; i++) {
		double whole;

		memcpy(&whole, (const char *)a->data + i * sizeof whole, sizeof whole);
		m->low[k][i] = (float)(whole - m->w[k][i]);
	}
	return 0;
}

/* The array as float32 in C order: as it lies in the file if possible, converted otherwise. */
static int take_array(struct model *m, int k, struct npy *a, int flags, struct err *e)
{
	bool aligned = (uintptr_t)a->data % sizeof(float) == 0;

	if (npy_is_f4(a) && aligned) {
		m->w[k] = a->data;
		m->owned[k] = a->owned;         /* NULL where borrowed from the archive */
		a->owned = NULL;
		return 0;
	}
	m->w[k] = m->owned[k] = mem_try(npy_count(a), sizeof(float), e);
	if (!m->owned[k] || npy_to_f4(a, m->owned[k], e) < 0)
		return model_file_in_array(e, k);
	return flags & MODEL_LOW && is_f8(a) ? keep_low(m, k, a, e) : 0;
}

static int read_array(struct model *m, const struct model_file *f, int k, int flags, struct err *e)
{
	int npz_flags = flags & MODEL_UNCHECKED ? NPZ_UNCHECKED : 0, result;
	size_t count = net_count(&m->net, (enum net_array)k);
	char name[MODEL_FILE_NAME];
	struct npy a = {0};

	model_file_name(name, k, model_file_part(f, k));
	if (npz_read(f->archive, name, &a, npz_limit(count), npz_flags, e) < 0)
		return model_file_in_array(e, k);
	result = model_file_check_shape(f, k, &a, e);
	if (result == 0)
		result = take_array(m, k, &a, flags, e);
	npy_release(&a);
	return result;
}

static int read_arrays(struct model *m, const struct model_file *f, int flags, struct err *e)
{
	for (int k = 0; k < NET_ARRAYS; k++)
		if (read_array(m, f, k, flags, e) < 0)
			return -1;
	if (values_check_variance(BN_VAR, m->w[BN_VAR], 0, net_count(&m->net, BN_VAR), e) < 0)
		return model_file_in_array(e, BN_VAR);
	return flags & MODEL_UNCHECKED ? 0 : values_check(&m->net, m->w, e);
}

int model_load(struct model *m, const char *path, int flags, struct err *e)
{
	struct model_file f;
	struct model got;
	int result = -1;

	if (model_file_open(&f, path, NULL, e) < 0)
		return -1;
	got = (struct model){ .net = f.net, .facts = f.facts, .archive = f.archive };
	if (f.delta)
		err_set(e, "holds differences from a parent, expected weights");
	else
		result = read_arrays(&got, &f, flags, e);
	if (result < 0) {
		model_release(&got);
		return err_in(e, infile_name(path));
	}
	*m = got;
	return 0;
}

int model_check_sums(const struct model *m, const char *path, struct err *e)
{
	for (size_t i = 0; i < npz_count(m->archive); i++)
		if (npz_check(m->archive, i, e) < 0) {
			model_file_in_array(e, model_file_index(npz_name(m->archive, i)));
			return err_in(e, infile_name(path));
		}
	return 0;
}

void model_release(struct model *m)
{
	for (int k = 0; k < NET_ARRAYS; k++) {
		free(m->owned[k]);
		free(m->low[k]);
	}
	json_free(m->facts);
	npz_close(m->archive);
	*m = (struct model){0};
}

void model_drop_pages(const struct model *m)
{
	if (m->archive)
		npz_drop_pages(m->archive);
}

int model_save(const char *path, const struct net *net, const float *const w[NET_ARRAYS],
               const char *facts, struct err *e)
{
	struct model_writer *m = model_writer_open(path, net, e);

	return m ? model_writer_end(m, w, facts, e) : -1;
}

bool model_size_guessed(const struct model *m, const char *path, struct err *warning)
{
	int least, most;

	if (!m->net.size_guessed)
		return false;
	net_sizes(&m->net, &least, &most);
	err_set(warning,
	        "%s: does not tell the size of its images: %d is a guess, its arrays fit %d to %d",
	        infile_name(path), m->net.size, least, most);
	return true;
}

/* ---- for a dataset ---- */

int model_check_classes(const struct model *m, const char *path, const struct classes *c,
                        const char *whose, struct err *e)
{
	struct classes own;
	bool known = facts_class_list(m->facts, m->net.classes, &own);
	int result = 0;

	if (c->count != m->net.classes) {
		result = err_set(e, "%s: has %d classes, %s has %d", whose, c->count,
		                 infile_name(path), m->net.classes);
	} else if (known && !classes_equal(&own, c)) {
		char *theirs = classes_codes(&own), *ours = classes_codes(c);

		result = err_set(e, "%s: its classes are %s, those of %s are %s",
		                 infile_name(path), theirs, whose, ours);
		free(theirs);
		free(ours);
	}
	classes_release(&own);
	return result;
}

static int wrong_images(const struct net *net, const char *path, const struct dataset *d,
                        struct err *e)
{
	int least, most;
	char larger[64] = "";

	net_sizes(net, &least, &most);
	if (most > least)
		snprintf(larger, sizeof larger, " to %d x %d x %d", most, most, net->channels);
	return err_set(e, "%s: images are %d x %d x %d, %s takes %d x %d x %d%s", d->path,
	               d->height, d->width, d->channels, path, least, least, net->channels, larger);
}

int model_check_dataset(struct model *m, const char *path, const struct dataset *d,
                        struct err *e)
{
	struct net *net = &m->net;

	if (!net_size_fits(net, d->height) || d->width != d->height || d->channels != net->channels)
		return wrong_images(net, path, d, e);
	if (model_check_classes(m, path, &d->classes, d->path, e) < 0)
		return -1;
	net_set_size(net, d->height);
	return 0;
}
