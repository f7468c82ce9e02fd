/* Labels and ids as numpy 1.16, 1.26 and 2.5 pickle them (tests/data/labels), and as we do. */
#include "format/pickle.h"

#include <stdint.h>
#include <unistd.h>

#include "format/npy_ids.h"
#include "golden_labels.h"
#include "scratch.h"
#include "tap.h"

static bool loads(struct pickle_dict *d, const char *path)
{
	struct err e = {0};
	bool good = pickle_load_labels(d, path, &e) == 0;

	ok(good, "%s is read %s", path, e.text);
	return good;
}

static void check_many(const char *what, const char *tag, size_t count)
{
	struct pickle_dict d;
	char path[TEXT];
	size_t wrong = 0;

	if (!loads(&d, golden_path(path, what, tag)))
		return;
	is_int((long long)d.count, (long long)count, path);
	for (size_t i = 0; i < d.count; i++)
		wrong += !is_golden_id(d.keys[i], i) || d.values[i] != golden_class(i);
	is_int((long long)wrong, 0, "wrong entries");
	pickle_dict_release(&d);
}

static void check_sizes(const char *tag)
{
	static const int64_t values[] = { 255, 256, 65535, 65536, INT32_MAX, 3, 4 };
	static const char *const keys[] = { "a", "b", "c", "d", "e", "\xc3\xa5\xe4\xb8\xad" };
	struct pickle_dict d;
	char path[TEXT];

	if (!loads(&d, golden_path(path, "labels_sizes", tag)))
		return;
	is_int((long long)d.count, 7, "labels_sizes: entries");
	for (size_t i = 0; i < d.count; i++) {
		is_int(d.values[i], values[i], "labels_sizes: a value");
		if (i < 6)
			is_text(d.keys[i], keys[i], "labels_sizes: a key");
	}
	is_int((long long)strlen(d.keys[6]), 300, "labels_sizes: the long key");
	pickle_dict_release(&d);
}

static void check_golden_labels(void)
{
	struct pickle_dict d;
	char path[TEXT];

	for (int t = 0; t < TAG_COUNT; t++) {
		if (loads(&d, golden_path(path, "labels2", TAGS[t]))) {
			is_int((long long)d.count, 2, "two labels");
			is_text(d.keys[0], "BAS_0001", "the first");
			is_text(d.keys[1], "EBO_0002", "the second");
			is_int(d.values[0] * 10 + d.values[1], 1, "their classes");
			pickle_dict_release(&d);
		}
		if (loads(&d, golden_path(path, "labels1", TAGS[t]))) {
			is_int((long long)d.count, 1, "one label");
			pickle_dict_release(&d);
		}
		if (loads(&d, golden_path(path, "labels0", TAGS[t]))) {
			is_int((long long)d.count, 0, "no label");
			pickle_dict_release(&d);
		}
		check_many("labels1000", TAGS[t], 1000);
		check_many("labels_int64", TAGS[t], 30);
		check_sizes(TAGS[t]);
	}
	check_many("labels5001", "np25", 5001);
}

/* Ids and classes in the types that users' own code leaves in a dict. */
static void check_spelled(void)
{
	static const char *const what[] = {
		"str_p2", "str_p4", "bytes_p2", "bytes_p4", "nbytes_p2", "nbytes_p4", "whole_p2",
		"whole_p4", "scalars_p2", "scalars_p4", "ordered_p2", "ordered_p4", "default_p2",
		"default_p4"
	};

	for (size_t f = 0; f < sizeof what / sizeof *what; f++)
		check_many("spelled", what[f], 20);
}

/* ---- writing ---- */

static void check_minimal(void)
{
	static const uint8_t want[] =
		"\x80\x03" "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85"
		"C\x01" "b\x87R(K\x01)"
		"cnumpy\ndtype\nX\x02\x00\x00\x00O8\x89\x88\x87R(K\x03X\x01\x00\x00\x00|NNN"
		"J\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]}(X\x08\x00\x00\x00" "BAS_0001K\x00"
		"X\x08\x00\x00\x00" "EBO_0002K\x01uatb.";
	char *keys[] = { (char[]){ "BAS_0001" }, (char[]){ "EBO_0002" } };
	struct pickle_dict d = { .keys = keys, .values = (int64_t[]){ 0, 1 }, .count = 2 };
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	pickle_write_dict(f, &d);
	fclose(f);
	is_int((long long)size, 154, "two labels take 154 bytes");
	ok(size == sizeof want - 1 && !memcmp(text, want, size),
	   "the bytes that every numpy reads without a warning");
	free(text);
}

static void check_round_trip(void)
{
	static const int64_t numbers[] = {
		0, 255, 256, 65535, 65536, INT32_MAX, INT32_MIN, -1, INT64_MAX, INT64_MIN
	};
	enum { COUNT = sizeof numbers / sizeof *numbers };
	char key[COUNT][16], *keys[COUNT];
	struct pickle_dict d = { .keys = keys, .values = (int64_t *)numbers, .count = COUNT };
	struct pickle_dict got = {0};
	const char *path = scratch_path("labels.npy");
	struct err e = {0};

	for (int i = 0; i < COUNT; i++) {
		snprintf(key[i], sizeof key[i], "\xe4\xb8\xad %d", i);
		keys[i] = key[i];
	}
	ok(pickle_save_labels(&d, path, &e) == 0, "labels are saved %s", e.text);
	ok(pickle_load_labels(&got, path, &e) == 0, "and read %s", e.text);
	is_int((long long)got.count, COUNT, "all of them");
	for (size_t i = 0; i < got.count; i++) {
		is_int(got.values[i], numbers[i], "a number");
		is_text(got.keys[i], key[i], "a key");
	}
	pickle_dict_release(&got);
	keys[0] = (char[]){ "\xff" };
	ok(pickle_save_labels(&d, path, &e) < 0 && strstr(e.text, "not UTF-8"),
	   "an id that is no UTF-8: %s", e.text);
}

/* ---- small pickles by hand ---- */

static void check_dict(const char *what, const char *pickle, size_t size, const char *want)
{
	struct pickle_dict d = {0};
	struct err e = {0};
	char got[sizeof e.text] = "";

	if (pickle_read_dict(&d, (const uint8_t *)pickle, size, &e) < 0)
		snprintf(got, sizeof got, "%s", e.text);
	for (size_t i = 0; i < d.count; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s=%lld ", d.keys[i],
		         (long long)d.values[i]);
	is_text(got, want, what);
	pickle_dict_release(&d);
}
#define DICT(what, pickle, want) check_dict(what, pickle, sizeof(pickle) - 1, want)

static void check_small(void)
{
	DICT("bare dict", "\x80\x02}X\1\0\0\0aK\1s.", "a=1 ");
	DICT("bare dict of protocol 5", "\x80\x05\x95\x0b\0\0\0\0\0\0\0}\x94\x8c\1a\x94K\7s.",
	     "a=7 ");
	DICT("empty batch", "}(X\1\0\0\0aK\1u(u.", "a=1 ");
	DICT("a key again: first place, last value", "}(\x8c\1aK\1\x8c\1bK\2\x8c\1aK\3u.",
	     "a=3 b=2 ");
	DICT("the same key object again", "}(\x8c\1aq\0K\1h\0K\2h\0K\3u.", "a=3 ");
	DICT("LONG1", "}(\x8c\1a\x8a\0\x8c\1b\x8a\1\xff\x8c\1c\x8a\5\0\0\0\0\1u.",
	     "a=0 b=-1 c=4294967296 ");
	DICT("negative BININT", "}\x8c\1aJ\xfe\xff\xff\xffs.", "a=-2 ");
	DICT("memo that overwrites", "}\x8c\1aq\0\x8c\1bq\0\x85\x85h\0K\1.",
	     "the pickle holds no dict");
	DICT("surrogates pass", "}\x8c\3\xed\xb2\x80K\1s.", "\xed\xb2\x80=1 ");

	DICT("bytes", "}C\1aK\1s.", "a=1 ");
	DICT("bytes of protocol 2", "}c_codecs\nencode\n\x8c\3\xc3\xa5" "b\x8c\6latin1\x86RK\1s.",
	     "an id holds bytes that are no UTF-8");
	DICT("bytes again", "}(C\1aK\1\x8c\1bK\2C\1aK\3u.", "a=3 b=2 ");
	DICT("str and bytes", "}(C\1aK\1\x8c\1aK\2u.",
	     "the id 'a' is there as str and as bytes");
	DICT("bytes that are no UTF-8", "}C\1\xe5K\1s.", "an id holds bytes that are no UTF-8");
	DICT("a NUL in bytes", "}C\2a\0K\1s.", "an id holds a NUL");
	DICT("more than Latin-1",
	     "}c_codecs\nencode\n\x8c\3\xe4\xb8\xad\x8c\6latin1\x86RK\1s.",
	     "bytes that are no Latin-1");
	DICT("OrderedDict", "ccollections\nOrderedDict\n)R\x8c\1aK\1s.", "a=1 ");
	DICT("defaultdict without a default", "ccollections\ndefaultdict\n)R\x8c\1aK\1s.",
	     "a=1 ");
	DICT("defaultdict(None)", "ccollections\ndefaultdict\nN\x85R\x8c\1aK\1s.", "a=1 ");

	DICT("OrderedDict of a list", "ccollections\nOrderedDict\n]\x85R.",
	     "the pickle makes a dict in a way that Python does not");
	DICT("defaultdict of a class", "ccollections\ndefaultdict\ncnumpy\nndarray\n\x85R.",
	     "the pickle makes a dict in a way that Python does not");
	DICT("defaultdict of a function", "ccollections\ndefaultdict\ncos\nsystem\n\x85R.",
	     "refuses global os.system");
	DICT("int called", "cbuiltins\nint\n)R.",
	     "the pickle calls numpy with arguments that numpy does not write");
	DICT("int as a label", "}\x8c\1acbuiltins\nint\ns.", "the label of 'a' is no integer");
	DICT("os.system", "\x80\3cos\nsystem\nX\2\0\0\0ls\x85R.", "refuses global os.system");
	DICT("builtins.eval", "\x80\3cbuiltins\neval\n.", "refuses global builtins.eval");
	DICT("by STACK_GLOBAL", "\x80\4\x8c\5posix\x8c\6system\x93.",
	     "refuses global posix.system");
	DICT("numpy.load", "cnumpy\nload\n.", "refuses global numpy.load");
	DICT("numpy's neighbour", "cnumpy.core.multiarrayx\nscalar\n.",
	     "refuses global numpy.core.multiarrayx.scalar");
	DICT("an opcode", "\x80\2}\x81.", "refuses pickle opcode 0x81");
	DICT("protocol 9", "\x80\x09}.", "pickle protocol 9 is unknown");

	DICT("empty", "", "the pickle is cut off");
	DICT("no STOP", "}", "the pickle is cut off");
	DICT("two pickles", "}.}.", "2 bytes follow the pickle");
	DICT("cut off in a length", "}X\1\0\0", "the pickle is cut off");
	DICT("a length past the end", "}X\xff\xff\xff\xff" "aK\1s.", "the pickle is cut off");
	DICT("a name without end", "cnumpy\n", "the pickle is cut off");
	DICT("nothing to pop", ".", "the pickle takes a value where none is");
	DICT("a mark is no value", "(.", "the pickle takes a value where none is");
	DICT("TUPLE2 of one", "K\1\x86.", "the pickle takes a value where none is");
	DICT("TUPLE without mark", "K\1t.", "the pickle lacks a mark");
	DICT("SETITEM of a list", "]K\1K\1s.", "the pickle fills what is no dict");
	DICT("APPEND to a dict", "}K\1a.", "the pickle fills what is no list");
	DICT("odd SETITEMS", "}(K\1u.", "the pickle fills what is no dict");
	DICT("memo never filled", "h\7.", "the pickle uses value 7 before it makes it");
	DICT("memo index out of all proportion", "}r\xff\xff\xff\x7f.",
	     "the pickle numbers a value 2147483647");
	DICT("a list", "].", "the pickle holds no dict");
	DICT("a key that is a number", "}K\1K\1s.", "id 0 is neither str nor bytes");
	DICT("a value that is text", "}\x8c\1a\x8c\1bs.", "the label of 'a' is no integer");
	DICT("a value that is True", "}\x8c\1a\x88s.", "the label of 'a' is no integer");
	DICT("a NUL in a key", "}\x8c\1\0K\1s.", "an id holds a NUL");
	DICT("a key that is no UTF-8", "}\x8c\1\xffK\1s.", "an id holds bytes that are no UTF-8");
	DICT("an overlong key", "}\x8c\2\xc0\x80K\1s.", "an id holds bytes that are no UTF-8");
	DICT("a number of 9 bytes", "}\x8c\1a\x8a\x09" "123456789s.",
	     "the pickle holds a number of 9 bytes");
}

static void check_calls(void)
{
	DICT("REDUCE of text", "\x8c\1a)R.", "the pickle calls what is no function");
	DICT("ndarray called", "cnumpy\nndarray\n)R.",
	     "the pickle calls numpy with arguments that numpy does not write");
	DICT("dtype of nothing", "cnumpy\ndtype\n)R.",
	     "the pickle calls numpy with arguments that numpy does not write");
	DICT("an array that was never built", "cnumpy.core.multiarray\n_reconstruct\n)R.",
	     "an object array without elements");
}

/* numpy scalars: dtype I8 of ORDER with these BYTES. */
static void check_scalar(const char *type, const char *order, const char *bytes, int size,
                         const char *want)
{
	char pickle[TEXT];
	int n = snprintf(pickle, sizeof pickle,
	                 "}\x8c%ca" "cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n\x8c%c%s\x85R",
	                 1, (int)strlen(type), type);

	n += snprintf(pickle + n, sizeof pickle - (size_t)n,
	              "(K%c\x8c%c%stb" "C%c", 3, 1, order, size);
	memcpy(pickle + n, bytes, (size_t)size);
	n += size;
	n += snprintf(pickle + n, sizeof pickle - (size_t)n, "\x86Rs.");
	check_dict(type, pickle, (size_t)n, want);
}

static void check_scalars(void)
{
	check_scalar("i8", "<", "\xfe\xff\xff\xff\xff\xff\xff\xff", 8, "a=-2 ");
	check_scalar("i8", ">", "\xff\xff\xff\xff\xff\xff\xff\xfe", 8, "a=-2 ");
	check_scalar("u4", "<", "\xfe\xff\xff\xff", 4, "a=4294967294 ");
	check_scalar("u8", "<", "\1\0\0\0\0\0\0\0", 8, "a=1 ");
	check_scalar("u1", "|", "\xff", 1, "a=255 ");
	check_scalar("i2", "<", "\1\1", 2, "a=257 ");
	check_scalar("u8", "<", "\0\0\0\0\0\0\0\x80", 8,
	             "the pickle holds an integer of 2^63 or more");
	check_scalar("S1", "|", "a", 1, "the label of 'a' is no integer");
	check_scalar("U1", "<", "a\0\0\0", 4, "the label of 'a' is no integer");
	check_scalar("f8", "<", "\0\0\0\0\0\0\0\0", 8,
	             "the pickle holds a number of type 'f8', expected an integer");
	check_scalar("i9", "<", "\1\1", 2,
	             "the pickle holds a number of type 'i9', expected an integer");
	check_scalar("i8", "<", "\1\1", 2,
	             "the pickle calls numpy with arguments that numpy does not write");
}

/* ---- pickles that would like to grow ---- */

/* A list of COUNT times the same str of LENGTH bytes. */
static int read_repeated(size_t count, size_t length, struct err *e)
{
	char **ids = NULL, *text;
	size_t n = 0, size;
	FILE *f = open_memstream(&text, &size);
	int result;

	fprintf(f, "](");
	putc('X', f);
	fwrite((uint32_t[]){ (uint32_t)length }, 1, 4, f);
	for (size_t i = 0; i < length; i++)
		putc('x', f);
	fwrite("q\0", 1, 2, f);
	for (size_t i = 1; i < count; i++)
		fwrite("h\0", 1, 2, f);
	fputs("e.", f);
	fclose(f);
	result = pickle_read_list(&ids, &n, (uint8_t *)text, size, e);
	if (result == 0)
		npy_ids_free(ids, n);
	free(text);
	return result;
}

static void check_growth(void)
{
	struct err e = {0};
	char **ids;
	size_t n;
	static const uint8_t loop[] = "]q\0h\0a.";
	static const uint8_t tower[] = "]q\0h\0h\0h\0\x87q\1h\1h\1h\1\x87q\2h\2h\2h\2\x87.";

	ok(read_repeated(100, 8, &e) == 0, "a str fetched 100 times: %s", e.text);
	ok(read_repeated(20000, 60000, &e) < 0 && strstr(e.text, "many times longer"),
	   "1.2 GB from a pickle of 100 kB: %s", e.text);
	ok(pickle_read_list(&ids, &n, loop, sizeof loop - 1, &e) < 0, "a list in itself: %s",
	   e.text);
	ok(pickle_read_list(&ids, &n, tower, sizeof tower - 1, &e) < 0, "tuples of tuples: %s",
	   e.text);
}

int main(void)
{
	scratch_begin();
	check_golden_labels();
	check_minimal();
	check_round_trip();
	check_spelled();
	check_small();
	check_calls();
	check_scalars();
	check_growth();
	return tap_end();
}
