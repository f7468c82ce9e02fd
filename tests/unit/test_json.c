/*
 * JSON: what the reader accepts and refuses, what the writer makes of odd values, and one
 * through the other.
 */
#include "base/json.h"

#include "base/mem.h"
#include "tap.h"

static struct err e;

static struct json *parse(const char *text)
{
	return json_parse(text, strlen(text), &e);
}

/* TEXT as it comes back from reader and writer. */
static void round_trip(const char *text, const char *want)
{
	struct json *v = parse(text);
	struct json_writer j;
	char *got = NULL;
	size_t size;
	FILE *f;

	if (!v) {
		ok(false, "%s: %s", text, e.text);
		return;
	}
	f = open_memstream(&got, &size);
	json_start(&j, f, false);
	json_value(&j, NULL, v);
	fclose(f);
	is_text(got, want, text);
	free(got);
	json_free(v);
}

static void refused(const char *text, const char *why)
{
	struct json *v = parse(text);

	ok(!v && strstr(e.text, why), "refused: %s", text);
	if (v || !strstr(e.text, why))
		printf("#   got:      %s\n#   expected: %s\n", v ? "accepted" : e.text, why);
	json_free(v);
}

static void good(void)
{
	round_trip("null", "null");
	round_trip(" \t\r\n true \n", "true");
	round_trip("false", "false");
	round_trip("[]", "[]");
	round_trip("{}", "{}");
	round_trip("[1,2 , 3]", "[1, 2, 3]");
	round_trip("{\"a\":{\"b\":[null,[]]},\"c\":\"\"}",
	           "{\"a\": {\"b\": [null, []]}, \"c\": \"\"}");
	round_trip("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\u0008\\u000c\\n\\u000d\\t\"");
	round_trip("\"\\u0041\\u00e4\\u20AC\\ud83d\\ude00\"",
	           "\"A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
	round_trip("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"",
	           "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
	round_trip("\"\x7f\"", "\"\x7f\"");
}

static void numbers(void)
{
	round_trip("0", "0");
	round_trip("-7", "-7");
	round_trip("-0", "-0");
	round_trip("-0.0", "-0");
	round_trip("9223372036854775807", "9223372036854775807");
	round_trip("-9223372036854775808", "-9223372036854775808");
	round_trip("9223372036854775808", "9223372036854775808");
	round_trip("18446744073709551615", "18446744073709551615");
	round_trip("-9223372036854775809", "-9223372036854775809");
	round_trip("[123456789012345678901234567890, 1]", "[123456789012345678901234567890, 1]");
	round_trip("18446744073709551615.0", "1.8446744073709552e+19");
	round_trip("0.1", "0.1");
	round_trip("1.0", "1");
	round_trip("-1.5E+2", "-150");
	round_trip("1e-7", "1e-07");
	round_trip("0.30000000000000004", "0.30000000000000004");
	round_trip("5e-324", "4.94065645841247e-324");
	round_trip("1.7976931348623157e308", "1.7976931348623157e+308");
	refused("1e309", "out of range");
	refused("01", "expected a value");
	refused("+1", "expected a value");
	refused(".5", "expected a value");
	refused("5.", "expected a value");
	refused("1e", "expected a value");
	refused("0x10", "text after the value");
	refused("-", "expected a value");
	refused("NaN", "expected a value");
	refused("Infinity", "expected a value");
	refused("1 2", "text after the value");
	refused("1111111111111111111111111111111111111111111111111111111111111111",
	        "expected a value");
}

static void bad(void)
{
	refused("", "at byte 0");
	refused("   ", "at byte 3");
	refused("nul", "expected a value");
	refused("[1,]", "expected a value");
	refused("[1", "expected ',' or the closing bracket");
	refused("[1}", "expected ',' or the closing bracket");
	refused("[1 2]", "expected ',' or the closing bracket");
	refused("{\"a\"}", "expected ':'");
	refused("{\"a\":1,}", "expected a name in quotes");
	refused("{a:1}", "expected a name in quotes");
	refused("{1:1}", "expected a name in quotes");
	refused("{\"a\":1,\"b\":2,\"a\":3}", "the same name twice");
	refused("{\"a\":1,\"\\u0061\":3}", "the same name twice");
	refused("\"a", "does not end");
	refused("\"a\\\"", "does not end");
	refused("\"\\", "does not end");
	refused("\"a\nb\"", "control character");
	refused("\"\\x\"", "unknown escape");
	refused("\"\\u12g4\"", "four hexadecimal digits");
	refused("\"\\u123\"", "four hexadecimal digits");
	refused("\"\\u0000\"", "a NUL");
	refused("\"\\ud800\"", "surrogate");
	refused("\"\\ud800\\u0041\"", "surrogate");
	refused("\"\\udc00\"", "surrogate");
	refused("'a'", "expected a value");
	refused("// a\n1", "expected a value");
}

static void sizes(void)
{
	static const char nul[] = "\"a\0b\"", blank[] = "1\0";
	struct json *v = json_parse(nul, sizeof nul - 1, &e);

	ok(!v, "a NUL byte in a text is refused");
	v = json_parse(blank, sizeof blank - 1, &e);
	ok(!v, "a NUL byte behind the value is refused");
	v = json_parse("12345", 3, &e);
	ok(v && v->whole == 123, "nothing is read beyond the size");
	json_free(v);
}

/* LEVELS brackets within one another. */
static struct json *nested(int levels)
{
	char *text = xcalloc((size_t)levels * 2 + 1, 1);
	struct json *v;

	memset(text, '[', (size_t)levels);
	memset(text + levels, ']', (size_t)levels);
	v = parse(text);
	free(text);
	return v;
}

static void depth(void)
{
	struct json *v = nested(32);

	ok(v != NULL, "32 levels");
	json_free(v);
	v = nested(34);
	ok(!v && strstr(e.text, "nested too deeply"), "34 levels");
	json_free(v);
	v = nested(1000000);
	ok(!v, "a million levels");
	json_free(v);
}

static void members(void)
{
	struct json *v = parse("{\"a\": 1, \"b\": 2.5, \"big\": 9223372036854775808, "
	                       "\"c\": \"x\", \"d\": [true]}");
	const struct json *list = json_get(v, "d");

	ok(json_get(v, "a")->integer && json_get(v, "a")->whole == 1, "a whole number");
	ok(!json_get(v, "b")->integer && json_get(v, "b")->number == 2.5, "a fraction");
	ok(!json_get(v, "big")->integer && json_get(v, "big")->number == 0x1p63,
	   "a whole number that does not fit is rounded");
	is_text(json_get(v, "c")->text, "x", "a text");
	ok(list->type == JSON_ARRAY && list->count == 1 && list->items[0].boolean, "an array");
	ok(!json_get(v, "e") && !json_get(NULL, "a") && !json_get(list, "a"), "what is not there");
	json_free(v);
	json_free(NULL);
}

/* ---- the writer ---- */

static void writer(void)
{
	struct json_writer j;
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	json_start(&j, f, true);
	json_object(&j, NULL);
	json_text(&j, "text", "a\"\\\n\t\x01\xff\xc3\xa4");
	json_int(&j, "least", INT64_MIN);
	json_number(&j, "nan", NAN);
	json_number(&j, "infinity", -INFINITY);
	json_float(&j, "float", .1f);
	json_float(&j, "longer", 1.0000001f);
	json_bool(&j, "true", true);
	json_null(&j, "null");
	json_array(&j, "list");
	json_int(&j, NULL, 1);
	json_object(&j, NULL);
	json_close_object(&j);
	json_close_array(&j);
	json_close_object(&j);
	fclose(f);
	is_text(got,
	        "{\n"
	        "  \"text\": \"a\\\"\\\\\\n\\t\\u0001\xef\xbf\xbd\xc3\xa4\",\n"
	        "  \"least\": -9223372036854775808,\n"
	        "  \"nan\": null,\n"
	        "  \"infinity\": null,\n"
	        "  \"float\": 0.1,\n"
	        "  \"longer\": 1.0000001,\n"
	        "  \"true\": true,\n"
	        "  \"null\": null,\n"
	        "  \"list\": [\n"
	        "    1,\n"
	        "    {}\n"
	        "  ]\n"
	        "}\n", "all kinds, with new lines");
	free(got);
}

/* Bytes that are no UTF-8, each replaced; and that the result is valid. */
static void invalid_utf8(void)
{
	static const char *const text[] = { "\x80",
		                            "\xc3",
		                            "\xc0\xaf",
		                            "\xe0\x80\x80",
		                            "\xed\xa0\x80",
		                            "\xf0\x80\x80\x80",
		                            "\xf4\x90\x80\x80",
		                            "\xf5\x80\x80\x80",
		                            "\xe2\x82",
		                            "\xfe" };

	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		char want[64] = "\"", *got = NULL;
		struct json_writer j;
		size_t size;
		FILE *f = open_memstream(&got, &size);

		for (size_t k = 0; k < strlen(text[i]); k++)
			strcat(want, "\xef\xbf\xbd");
		strcat(want, "\"");
		json_start(&j, f, false);
		json_text(&j, NULL, text[i]);
		fclose(f);
		is_text(got, want, "bytes that are no UTF-8");
		free(got);
	}
}

/* NaN and byte order marks: refused, but from other programs. */
static void foreign(void)
{
	static const char text[] = "\xef\xbb\xbf"
	                           "{\"a\": NaN, \"b\": [Infinity, -Infinity], \"c\": -1}";
	struct json *v = json_parse_foreign(text, sizeof text - 1, &e);

	ok(v && json_get(v, "a")->type == JSON_NULL && json_get(v, "b")->count == 2 &&
	           json_get(v, "c")->whole == -1,
	   "what Python's json writes");
	json_free(v);
	ok(!json_parse(text, sizeof text - 1, &e), "is no JSON: %s", e.text);
	ok(!json_parse("NaN", 3, &e), "neither is NaN: %s", e.text);
	ok(!json_parse_foreign("Nan", 3, &e), "nor Nan, wherever it comes from: %s", e.text);
}

static struct json *parse_tensors(const char *text)
{
	return json_parse_tensors(text, strlen(text), &e);
}

/* The shape of the tensor that TEXT is, "2x3", and its first numbers; "no tensor". */
static char *tensor_of(const char *text)
{
	struct json *v = parse_tensors(text);
	size_t size, n = 1;
	char *got;
	FILE *f = xmemstream(&got, &size);

	if (!v || v->type != JSON_TENSOR) {
		fputs(v ? "no tensor" : e.text, f);
		n = 0;
	}
	for (int i = 0; n && i < v->rank; i++) {
		fprintf(f, "%s%zu", i ? "x" : "", v->shape[i]);
		n *= v->shape[i];
	}
	for (size_t i = 0; i < n; i++)
		fprintf(f, " %g", (double)v->values[i]);
	xmemclose(f);
	json_free(v);
	return got;
}

static void is_tensor(const char *text, const char *want)
{
	char *got = tensor_of(text);

	is_text(got, want, text);
	free(got);
}

static void tensors(void)
{
	struct json *v;
	char *long_list;
	size_t size;
	FILE *f;

	is_tensor("[1]", "1 1");
	is_tensor("[ 1 , -2.5,3e1 ]", "3 1 -2.5 30");
	is_tensor("[[1,2,3],[4,5,6]]", "2x3 1 2 3 4 5 6");
	is_tensor("[[[[[[[[7]]]]]]]]", "1x1x1x1x1x1x1x1 7");
	is_tensor("[1e39]", "1 inf");
	is_tensor("[[[[[[[[[7]]]]]]]]]", "no tensor");
	is_tensor("[]", "no tensor");
	is_tensor("[[],[]]", "no tensor");
	is_tensor("[[1,2],[3]]", "no tensor");
	is_tensor("[[1],2]", "no tensor");
	is_tensor("[1,[2]]", "no tensor");
	is_tensor("[[[1]],[2]]", "no tensor");
	is_tensor("[1,null]", "no tensor");
	is_tensor("[1,]", "no valid JSON at byte 3: expected a value");
	is_tensor("[1,NaN]", "no valid JSON at byte 3: expected a value");
	is_tensor("[1 2]", "no valid JSON at byte 3: expected ',' or the closing bracket");
	is_tensor("[[1,2],[3,4]", "no valid JSON at byte 12: expected ',' or the closing bracket");

	v = parse_tensors("{\"a\": [[1,2],[3]], \"b\": [{\"c\": [4,5]}, \"x\"]}");
	ok(v && json_get(v, "a")->type == JSON_ARRAY &&
	           json_get(v, "a")->items[1].type == JSON_TENSOR,
	   "a ragged list is a list of tensors");
	ok(v && json_get(&json_get(v, "b")->items[0], "c")->shape[0] == 2,
	   "a tensor in an object in a list");
	json_free(v);

	v = parse_tensors("[[[1,2.5]],[[-3,4]]]");
	long_list = json_line(v);
	is_text(long_list, "[[[1, 2.5]], [[-3, 4]]]", "a tensor is written as lists");
	free(long_list);
	json_free(v);

	f = xmemstream(&long_list, &size);
	for (int i = 0; i <= JSON_VALUES_MAX; i++)
		fprintf(f, "%s\"\"", i ? "," : "[");
	fputc(']', f);
	xmemclose(f);
	ok(!parse_tensors(long_list) && strstr(e.text, "too many values"), "too many values: %s",
	   e.text);
	free(long_list);
}

static void names(void)
{
	char *text;
	size_t size;
	FILE *f = xmemstream(&text, &size);

	for (int i = 0; i <= 10000; i++)
		fprintf(f, "%s\"%d\":0", i ? "," : "{", i);
	fputc('}', f);
	xmemclose(f);
	ok(!parse(text) && strstr(e.text, "too many names in one object"), "10001 names: %s",
	   e.text);
	free(text);
}

int main(void)
{
	tensors();
	names();
	good();
	numbers();
	bad();
	sizes();
	depth();
	members();
	writer();
	invalid_utf8();
	foreign();
	return tap_end();
}
