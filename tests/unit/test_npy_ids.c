/* Lists of ids as numpy 1.16, 1.26 and 2.5 write them (tests/data/labels), and as we do. */
#include "format/npy_ids.h"

#include <stdint.h>
#include <unistd.h>

#include "base/outfile.h"
#include "format/npy.h"
#include "golden_labels.h"
#include "npy_file.h"
#include "scratch.h"
#include "tap.h"

static void check_golden_ids(const char *what, size_t count)
{
	for (int t = 0; t < TAG_COUNT; t++) {
		struct err e = {0};
		char path[TEXT], **ids;
		size_t n, wrong = 0;

		if (!ok(npy_ids_load(golden_path(path, what, TAGS[t]), &ids, &n, &e) == 0,
		        "%s: %s", path, e.text))
			continue;
		is_int((long long)n, (long long)count, path);
		for (size_t i = 0; i < n; i++)
			wrong += !is_golden_id(ids[i], i);
		is_int((long long)wrong, 0, "wrong ids");
		npy_ids_free(ids, n);
	}
}

static void check_spelled(void)
{
	static const char *const what[] = {
		"ids_bytes_p2", "ids_bytes_p4", "ids_str_p2", "ids_str_p4", "ids_nbytes_p2",
		"ids_nbytes_p4", "ids_mixed_p2", "ids_mixed_p4", "ids_s"
	};

	for (size_t f = 0; f < sizeof what / sizeof *what; f++) {
		struct err e = {0};
		char path[TEXT], **ids;
		size_t n, wrong = 0;

		if (!ok(npy_ids_load(golden_path(path, "spelled", what[f]), &ids, &n, &e) == 0,
		        "%s: %s", path, e.text))
			continue;
		for (size_t i = 0; i < n; i++)
			wrong += !is_golden_id(ids[i], i);
		ok(n == 20 && wrong == 0, "%s: %zu ids, %zu wrong", path, n, wrong);
		npy_ids_free(ids, n);
	}
}

static void check_ids_round_trip(void)
{
	char *ids[] = { (char[]){ "BAS_0001" }, (char[]){ "" },
	                (char[]){ "\xc3\xa5\xe4\xb8\xad\xf0\x9f\x94\xac" } };
	char *bad[] = { (char[]){ "\xc0\x80" } };
	const char *path = scratch_path("ids.npy");
	char **got = NULL, text[TEXT];
	struct npy a = {0};
	struct err e = {0};
	size_t n = 0;

	ok(npy_ids_save(path, ids, 3, &e) == 0, "ids saved %s", e.text);
	ok(npy_file(&a, path, 1000, &e) == 0, "an array %s", e.text);
	is_text(npy_describe(&a, text, sizeof text), "3 of <U8", "of the longest id");
	ok(!memcmp(a.data, "B\0\0\0A\0\0\0S\0\0\0_\0\0\0", 16), "four bytes a character");
	npy_release(&a);
	ok(npy_ids_load(path, &got, &n, &e) == 0 && n == 3, "ids loaded %s", e.text);
	for (size_t i = 0; i < n; i++)
		is_text(got[i], ids[i], "an id");
	npy_ids_free(got, n);

	ok(npy_ids_save(path, NULL, 0, &e) == 0, "no ids saved %s", e.text);
	ok(npy_file(&a, path, 1000, &e) == 0, "an array %s", e.text);
	is_text(npy_describe(&a, text, sizeof text), "0 of <f8", "as numpy has it");
	npy_release(&a);
	ok(npy_ids_load(path, &got, &n, &e) == 0 && n == 0, "no ids loaded %s", e.text);
	npy_ids_free(got, n);
	ok(npy_ids_save(path, bad, 1, &e) < 0, "an id that is no UTF-8: %s", e.text);
}

static void check_ids_file(const char *header, const void *data, size_t size, const char *want)
{
	enum { START = 10 };
	const char *path = scratch_path("ids.npy");
	char **ids = NULL;
	uint8_t file[TEXT] = "\x93NUMPY\1";
	size_t n = 0, length = START + strlen(header) + size;
	struct err e = {0};

	file[8] = (uint8_t)strlen(header);
	memcpy(file + START, header, strlen(header));
	memcpy(file + START + strlen(header), data, size);
	outfile_save(path, file, length, &e);
	if (npy_ids_load(path, &ids, &n, &e) < 0)
		ok(strstr(e.text, want) != NULL, "%s: %s", want, e.text);
	else
		is_text(n ? ids[0] : "none", want, "the first id");
	npy_ids_free(ids, n);
}

static void check_odd_ids(void)
{
	static const char u2[] = "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }\n";
	static const char objects[] = "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n";

	check_ids_file(u2, "a\0\0\0b\0\0\0c\0\0\0d\0\0\0", 16, "holds 8 bytes more than 1 of <U2");
	check_ids_file("{'descr': '>U2', 'fortran_order': False, 'shape': (1,), }\n",
	               "\0\0\0a\0\0\0b", 8, "ab");
	check_ids_file(u2, "a\0\0\0\0\0\0\0", 8, "a");
	check_ids_file(u2, "\0\0\0\0b\0\0\0", 8, "id 0 holds a NUL");
	check_ids_file(u2, "\0\0\x11\0b\0\0\0", 8, "id 0 holds what is no character");
	check_ids_file(u2, "\x12\xdc\0\0b\0\0\0", 8, "\xed\xb0\x92" "b");
	check_ids_file("{'descr': '|S2', 'fortran_order': False, 'shape': (2,), }\n", "a\0b\0", 4,
	               "a");
	check_ids_file("{'descr': '|S2', 'fortran_order': False, 'shape': (1,), }\n", "\0b", 2,
	               "id 0 holds a NUL");
	check_ids_file("{'descr': '|S2', 'fortran_order': False, 'shape': (1,), }\n", "\xe5" "b",
	               2, "id 0 holds bytes that are no UTF-8");
	check_ids_file(objects, "](\x8c\1aq\0h\0e.", 11, "a");
	check_ids_file(objects, "]\x8c\1aa.", 6, "holds 1 ids, the header says 2");
	check_ids_file(objects, "]K\1a.", 5, "id 0 is neither str nor bytes");
	check_ids_file("{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }\n", "", 0,
	               "none");
	check_ids_file("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n", "12345678", 8,
	               "holds 1 of <f8, expected a list of ids");
	check_ids_file("{'descr': '<U1', 'fortran_order': False, 'shape': (1, 1), }\n",
	               "a\0\0\0", 4, "expected a list of ids");
	check_ids_file("{'descr': '<U1', 'fortran_order': False, 'shape': (), }\n", "a\0\0\0", 4,
	               "holds a scalar of <U1, expected a list of ids");
}

int main(void)
{
	scratch_begin();
	check_golden_ids("trainids", 20);
	check_golden_ids("trainids_object", 20);
	check_golden_ids("trainids_empty", 0);
	check_spelled();
	check_ids_round_trip();
	check_odd_ids();
	return tap_end();
}
