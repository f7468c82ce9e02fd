/*
 * ONNX: nodes, initializers, input and output of one graph; see onnx.h. Field numbers:
 * onnx/onnx.proto3.
 */
#include "export/onnx.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "format/proto.h"
#include "export/export.h"

enum {
	IR_VERSION = 8,                 /* these two: old enough for runtimes since 2021, */
	OPSET = 13,                     /* and Softmax means what it does since 13 */
	ELEMENT_FLOAT = 1,
	MAX_DIMS = 4,
	NAME_BYTES = 32,
	CONVS = 4,
};

enum {
	MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_GRAPH = 7, MODEL_OPSET = 8, OPSET_VERSION = 2,
	GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12,
	NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4, NODE_ATTRIBUTE = 5,
	ATTRIBUTE_NAME = 1, ATTRIBUTE_FLOAT = 2, ATTRIBUTE_INT = 3, ATTRIBUTE_INTS = 8,
	ATTRIBUTE_TYPE = 20,
	TENSOR_DIM = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9,
	VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1, TENSOR_SHAPE = 2,
	SHAPE_DIM = 1, DIM_VALUE = 1, DIM_NAME = 2,
};

enum attribute_type { FLOAT = 1, INT = 2, INTS = 7 };

struct builder {
	const struct net *net;
	const float *const *w;
	struct proto nodes;             /* fields of the graph; nodes come first in it */
	struct proto initializers;
	char last[NAME_BYTES];          /* output that the next node takes */
	float *kernels[CONVS];          /* rearranged; borrowed by INITIALIZERS */
};

/* ---- nodes ---- */

/*
 * A node that takes the last output and the initializers LAYER.A, LAYER.B, ...; PARTS ends with
 * NULL.
 */
static struct proto start_node(const struct builder *b, const char *layer, const char *const *parts)
{
	struct proto node = {0};
	char name[NAME_BYTES];

	proto_text(&node, NODE_INPUT, b->last);
	for (; *parts; parts++) {
		snprintf(name, sizeof name, "%s.%s", layer, *parts);
		proto_text(&node, NODE_INPUT, name);
	}
	return node;
}

static void name_node(struct builder *b, struct proto *node, const char *op, const char *output)
{
	snprintf(b->last, sizeof b->last, "%s", output);
	proto_text(node, NODE_OUTPUT, output);
	proto_text(node, NODE_NAME, output);
	proto_text(node, NODE_OP, op);
}

static void end_node(struct builder *b, struct proto *node)
{
	proto_message(&b->nodes, GRAPH_NODE, node);
}

static void end_attribute(struct proto *node, struct proto *attribute, enum attribute_type type)
{
	proto_int(attribute, ATTRIBUTE_TYPE, type);
	proto_message(node, NODE_ATTRIBUTE, attribute);
}

static void add_int(struct proto *node, const char *name, int64_t value)
{
	struct proto attribute = {0};

	proto_text(&attribute, ATTRIBUTE_NAME, name);
	proto_int(&attribute, ATTRIBUTE_INT, value);
	end_attribute(node, &attribute, INT);
}

static void add_float(struct proto *node, const char *name, float value)
{
	struct proto attribute = {0};

	proto_text(&attribute, ATTRIBUTE_NAME, name);
	proto_float(&attribute, ATTRIBUTE_FLOAT, value);
	end_attribute(node, &attribute, FLOAT);
}

static void add_ints(struct proto *node, const char *name, int count, const int64_t *values)
{
	struct proto attribute = {0};

	proto_text(&attribute, ATTRIBUTE_NAME, name);
	for (int i = 0; i < count; i++)
		proto_int(&attribute, ATTRIBUTE_INTS, values[i]);
	end_attribute(node, &attribute, INTS);
}

static const char *const NO_PARTS[] = { NULL };
static const char *const WEIGHT_AND_BIAS[] = { "weight", "bias", NULL };

/* A node without attributes. */
static void add_node(struct builder *b, const char *op, const char *output, const char *layer,
                     const char *const *parts)
{
	struct proto node = start_node(b, layer, parts);

	name_node(b, &node, op, output);
	end_node(b, &node);
}

static void add_transpose(struct builder *b, const char *output, const int64_t perm[4])
{
	struct proto node = start_node(b, "", NO_PARTS);

	name_node(b, &node, "Transpose", output);
	add_ints(&node, "perm", 4, perm);
	end_node(b, &node);
}

/* Flatten or Softmax, along axis 1. */
static void add_along_rows(struct builder *b, const char *op, const char *output)
{
	struct proto node = start_node(b, "", NO_PARTS);

	name_node(b, &node, op, output);
	add_int(&node, "axis", 1);
	end_node(b, &node);
}

/* ---- initializers ---- */

static void add_tensor(struct builder *b, const char *layer, const char *part, int dims,
                       const size_t *shape, const float *data)
{
	struct proto tensor = {0};
	size_t bytes = sizeof *data;
	char name[NAME_BYTES];

	for (int i = 0; i < dims; i++) {
		proto_int(&tensor, TENSOR_DIM, (int64_t)shape[i]);
		bytes *= shape[i];
	}
	snprintf(name, sizeof name, "%s.%s", layer, part);
	proto_int(&tensor, TENSOR_TYPE, ELEMENT_FLOAT);
	proto_text(&tensor, TENSOR_NAME, name);
	proto_borrow(&tensor, TENSOR_RAW, data, bytes);
	proto_message(&b->initializers, GRAPH_INITIALIZER, &tensor);
}

/* Weight array K as it is. */
static void add_array(struct builder *b, const char *layer, const char *part, enum net_array k)
{
	size_t shape[MAX_DIMS];
	int dims = net_shape(b->net, k, shape);

	add_tensor(b, layer, part, dims, shape, b->w[k]);
}

/* Keras [row][col][in][out] to ONNX [out][in][row][col]. */
static float *rearrange(const float *from, const size_t shape[4])
{
	size_t places = shape[0] * shape[1], in = shape[2], out = shape[3];
	float *to = xmalloc(places * in * out, sizeof *to);

	for (size_t k = 0; k < out; k++)
		for (size_t c = 0; c < in; c++)
			for (size_t p = 0; p < places; p++)
				to[(k * in + c) * places + p] = from[(p * in + c) * out + k];
	return to;
}

static void add_kernel(struct builder *b, const char *layer, int i)
{
	size_t s[MAX_DIMS];

	net_shape(b->net, CONV1_W + 2 * i, s);
	b->kernels[i] = rearrange(b->w[CONV1_W + 2 * i], s);
	add_tensor(b, layer, "weight", MAX_DIMS, (const size_t[]){ s[3], s[2], s[0], s[1] },
	           b->kernels[i]);
}

/* ---- layers ---- */

static void add_conv(struct builder *b, int i)
{
	static const int64_t same[4] = { 1, 1, 1, 1 }, valid[4] = { 0, 0, 0, 0 };
	const char *layer = (const char *[]){ "conv1", "conv2", "conv3", "conv4" }[i];
	struct proto node = start_node(b, layer, WEIGHT_AND_BIAS);
	char relu[NAME_BYTES];

	add_kernel(b, layer, i);
	add_array(b, layer, "bias", CONV1_B + 2 * i);
	name_node(b, &node, "Conv", layer);
	add_ints(&node, "kernel_shape", 2, (const int64_t[]){ 3, 3 });
	add_ints(&node, "pads", 4, i % 2 ? valid : same);
	add_ints(&node, "strides", 2, (const int64_t[]){ 1, 1 });
	end_node(b, &node);
	snprintf(relu, sizeof relu, "%s.relu", layer);
	add_node(b, "Relu", relu, "", NO_PARTS);
}

static void add_pool(struct builder *b, const char *name)
{
	struct proto node = start_node(b, "", NO_PARTS);

	name_node(b, &node, "MaxPool", name);
	add_ints(&node, "kernel_shape", 2, (const int64_t[]){ 2, 2 });
	add_ints(&node, "strides", 2, (const int64_t[]){ 2, 2 });
	end_node(b, &node);
}

static void add_dense(struct builder *b, const char *layer, enum net_array weight)
{
	add_array(b, layer, "weight", weight);
	add_array(b, layer, "bias", weight + 1);
	add_node(b, "Gemm", layer, layer, WEIGHT_AND_BIAS);
}

static void add_norm(struct builder *b)
{
	static const char *const parts[] = { "gamma", "beta", "mean", "var", NULL };
	struct proto node = start_node(b, "bn", parts);

	for (int i = 0; parts[i]; i++)
		add_array(b, "bn", parts[i], BN_GAMMA + i);
	name_node(b, &node, "BatchNormalization", "bn");
	add_float(&node, "epsilon", EXPORT_EPSILON);
	end_node(b, &node);
	add_node(b, "Relu", "bn.relu", "", NO_PARTS);
}

static void add_layers(struct builder *b)
{
	add_transpose(b, "nchw", (const int64_t[]){ 0, 3, 1, 2 });
	add_conv(b, 0);
	add_conv(b, 1);
	add_pool(b, "pool1");
	add_conv(b, 2);
	add_conv(b, 3);
	add_pool(b, "pool2");
	add_transpose(b, "nhwc", (const int64_t[]){ 0, 2, 3, 1 });      /* Keras flattens h, w, c */
	add_along_rows(b, "Flatten", "flat");
	add_dense(b, "dense1", DENSE1_W);
	add_norm(b);
	add_dense(b, "dense2", DENSE2_W);
	add_along_rows(b, "Softmax", "outputs");
}

/* ---- what lies around the nodes ---- */

/* A float tensor of any number of rows, N, and DIMS more dimensions. */
static struct proto value_info(const char *name, int dims, const int *size)
{
	struct proto info = {0}, type = {0}, tensor = {0}, shape = {0}, batch = {0};

	proto_text(&batch, DIM_NAME, "N");
	proto_message(&shape, SHAPE_DIM, &batch);
	for (int i = 0; i < dims; i++) {
		struct proto dim = {0};

		proto_int(&dim, DIM_VALUE, size[i]);
		proto_message(&shape, SHAPE_DIM, &dim);
	}
	proto_int(&tensor, TENSOR_ELEMENT, ELEMENT_FLOAT);
	proto_message(&tensor, TENSOR_SHAPE, &shape);
	proto_message(&type, TYPE_TENSOR, &tensor);
	proto_text(&info, VALUE_NAME, name);
	proto_message(&info, VALUE_TYPE, &type);
	return info;
}

static struct proto wrap(struct builder *b)
{
	const struct net *net = b->net;
	struct proto model = {0}, opset = {0}, *graph = &b->nodes;
	const int image[] = { net->size, net->size, net->channels };
	struct proto in = value_info("inputs", 3, image);
	struct proto out = value_info("outputs", 1, &net->classes);

	proto_text(graph, GRAPH_NAME, "aml");
	proto_append(graph, &b->initializers);
	proto_message(graph, GRAPH_INPUT, &in);
	proto_message(graph, GRAPH_OUTPUT, &out);
	proto_int(&model, MODEL_IR, IR_VERSION);
	proto_text(&model, MODEL_PRODUCER, "aml-export");
	proto_int(&opset, OPSET_VERSION, OPSET);
	proto_message(&model, MODEL_OPSET, &opset);
	proto_message(&model, MODEL_GRAPH, graph);
	return model;
}

int onnx_write(FILE *f, const struct net *net, const float *const w[NET_ARRAYS], struct err *e)
{
	struct builder b = { .net = net, .w = w, .last = "inputs" };
	struct proto model;
	int result;

	if (export_check(net, w, e) < 0)
		return -1;
	add_layers(&b);
	model = wrap(&b);
	result = proto_write(&model, f, e);
	proto_release(&model);
	for (int i = 0; i < CONVS; i++)
		free(b.kernels[i]);
	return result;
}
