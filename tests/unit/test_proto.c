/*
 * Protocol-buffer messages: single fields by hand, and the two mini models (y = 2 x) of
 * tests/data/export whole.
 */
#include "format/proto.h"

#include "base/infile.h"
#include "tap.h"

enum { TEXT = 256 };

/* Writes M and releases it; the bytes are freed by the caller. */
static uint8_t *finish(struct proto *m, size_t *size)
{
	char *bytes = NULL;
	FILE *f = open_memstream(&bytes, size);
	struct err e = {0};
	uint64_t expected = m->size;

	if (proto_write(m, f, &e) < 0)
		ok(false, "written: %s", e.text);
	fclose(f);
	proto_release(m);
	is_int((long long)*size, (long long)expected, "the size was known");
	return (uint8_t *)bytes;
}

static void is_hex(struct proto *m, const char *want, const char *what)
{
	size_t size;
	uint8_t *bytes = finish(m, &size);
	char got[TEXT] = "";

	for (size_t i = 0; i < size && i < TEXT / 3; i++)
		snprintf(got + 3 * i, sizeof got - 3 * i, "%02x ", bytes[i]);
	is_text(got, want, what);
	free(bytes);
}

static void check_fields(void)
{
	struct proto m = {0}, part = {0}, inner = {0};

	proto_int(&m, 1, 0);
	is_hex(&m, "08 00 ", "zero");
	proto_int(&m, 1, 127);
	proto_int(&m, 1, 128);
	is_hex(&m, "08 7f 08 80 01 ", "one byte, two bytes");
	proto_int(&m, 2, -1);
	is_hex(&m, "10 ff ff ff ff ff ff ff ff ff 01 ", "a negative number takes ten");
	proto_int(&m, 20, 7);
	is_hex(&m, "a0 01 07 ", "a field above 15");
	proto_float(&m, 2, 2);
	is_hex(&m, "15 00 00 00 40 ", "a float");
	proto_text(&m, 4, "serve");
	proto_text(&m, 4, "");
	is_hex(&m, "22 05 73 65 72 76 65 22 00 ", "text");
	proto_packed(&m, 3, (const int64_t[]){ 1, 300, -1 }, 3);
	is_hex(&m, "1a 0d 01 ac 02 ff ff ff ff ff ff ff ff ff 01 ", "packed numbers");
	proto_message(&m, 5, &part);
	is_hex(&m, "2a 00 ", "an empty message");

	proto_int(&inner, 1, 1);
	proto_borrow(&inner, 2, "abc", 3);
	proto_int(&inner, 3, 2);
	proto_borrow(&part, 4, "de", 2);
	proto_message(&part, 5, &inner);
	proto_borrow(&part, 6, "f", 1);
	proto_text(&m, 7, "g");
	proto_message(&m, 8, &part);
	proto_text(&m, 9, "h");
	is_hex(&m, "3a 01 67 42 12 22 02 64 65 2a 09 08 01 12 03 61 62 63 18 02 32 01 66 4a 01 68 ",
	       "borrowed data in nested messages");
	is_hex(&m, "", "an empty message at the top");
}

static void is_file(struct proto *m, const char *path)
{
	struct infile want;
	struct err e = {0};
	size_t size;
	uint8_t *got = finish(m, &size);

	if (ok(infile_open(&want, path, 1 << 20, &e) == 0, "%s %s", path, e.text)) {
		ok(size == want.size && !memcmp(got, want.data, size), "%s: the same bytes", path);
		infile_release(&want);
	}
	free(got);
}

/* ValueInfoProto: float [N] */
static struct proto onnx_value(const char *name)
{
	struct proto info = {0}, type = {0}, tensor = {0}, shape = {0}, dim = {0};

	proto_text(&dim, 2, "N");
	proto_message(&shape, 1, &dim);
	proto_int(&tensor, 1, 1);
	proto_message(&tensor, 2, &shape);
	proto_message(&type, 1, &tensor);
	proto_text(&info, 1, name);
	proto_message(&info, 2, &type);
	return info;
}

static void check_mini_onnx(void)
{
	static const float two = 2;
	struct proto model = {0}, opset = {0}, graph = {0}, node = {0}, tensor = {0};
	struct proto x = onnx_value("x"), y = onnx_value("y");

	proto_text(&node, 1, "x");
	proto_text(&node, 1, "two");
	proto_text(&node, 2, "y");
	proto_text(&node, 3, "y");
	proto_text(&node, 4, "Mul");
	proto_int(&tensor, 1, 1);
	proto_int(&tensor, 2, 1);
	proto_text(&tensor, 8, "two");
	proto_borrow(&tensor, 9, &two, sizeof two);
	proto_message(&graph, 1, &node);
	proto_text(&graph, 2, "g");
	proto_message(&graph, 5, &tensor);
	proto_message(&graph, 11, &x);
	proto_message(&graph, 12, &y);
	proto_int(&opset, 2, 13);
	proto_int(&model, 1, 8);
	proto_message(&model, 8, &opset);
	proto_message(&model, 7, &graph);
	is_file(&model, "tests/data/export/mini.onnx");
}

static void check_too_large(void)
{
	struct proto m = {0}, part = {0};
	struct err e = {0};
	FILE *f = tmpfile();

	proto_borrow(&part, 1, "", 0x7ffffff0);         /* never read: the size decides first */
	proto_message(&m, 1, &part);
	is_int((long long)m.size, 0x7ffffff0LL + 12, "2 GiB less 16 bytes, and two heads");
	proto_text(&m, 2, "1");
	is_int((long long)m.size, 0x7fffffffLL, "the largest size");
	proto_text(&m, 2, "");
	ok(proto_write(&m, f, &e) < 0 && ftell(f) == 0, "more is refused: %s", e.text);
	fclose(f);
	proto_release(&m);
	proto_borrow(&m, 1, "", (size_t)1 << 40);
	ok(proto_write(&m, stderr, &e) < 0, "a terabyte: %s", e.text);
	proto_release(&m);
	proto_release(&m);
}

static void check_full_disk(void)
{
	struct proto m = {0};
	struct err e = {0};
	FILE *f = fopen("/dev/full", "wb");

	setvbuf(f, NULL, _IONBF, 0);
	proto_text(&m, 1, "text");
	ok(proto_write(&m, f, &e) < 0 && strstr(e.text, "No space left"), "a full disk: %s",
	   e.text);
	fclose(f);
	proto_release(&m);
}

int main(void)
{
	check_fields();
	check_mini_onnx();
	check_too_large();
	check_full_disk();
	return tap_end();
}
