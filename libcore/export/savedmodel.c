/*
 * SavedModel: a GraphDef of constants and operations in a MetaGraphDef with one signature; see
 * savedmodel.h. Field numbers: tensorflow/core/protobuf/{saved_model,meta_graph}.proto,
 * tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto.
 */
#include "export/savedmodel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "format/proto.h"
#include "export/export.h"

enum { DT_FLOAT = 1, DT_INT32 = 3 };

enum {
	SAVED_MODEL_SCHEMA = 1, SAVED_MODEL_META_GRAPH = 2,
	META_GRAPH_INFO = 1, META_GRAPH_GRAPH = 2, META_GRAPH_SIGNATURE = 5,
	INFO_TAG = 4, INFO_VERSION = 5,
	GRAPH_NODE = 1, GRAPH_VERSIONS = 4, VERSIONS_PRODUCER = 1,
	NODE_NAME = 1, NODE_OP = 2, NODE_INPUT = 3, NODE_ATTR = 5,
	MAP_KEY = 1, MAP_VALUE = 2,
	ATTR_LIST = 1, ATTR_BYTES = 2, ATTR_TYPE = 6, ATTR_SHAPE = 7, ATTR_TENSOR = 8,
	LIST_INTS = 3,
	SHAPE_DIM = 2, DIM_SIZE = 1,
	TENSOR_TYPE = 1, TENSOR_SHAPE = 2, TENSOR_CONTENT = 4,
	SIGNATURE_INPUTS = 1, SIGNATURE_OUTPUTS = 2, SIGNATURE_METHOD = 3,
	TENSOR_INFO_NAME = 1, TENSOR_INFO_TYPE = 2, TENSOR_INFO_SHAPE = 3,
};

enum {
	PRODUCER = 987,                 /* GraphDef version of TensorFlow 2.8; all others take it */
	ANY = -1,                       /* a free dimension */
	MAX_DIMS = 4,
	NAME_BYTES = 32,
};

struct builder {
	const struct net *net;
	const float *const *w;
	struct proto graph;
	int64_t image[MAX_DIMS];        /* ANY, S, S, C */
	char last[NAME_BYTES];          /* the node whose output the next one takes */
	int32_t flat_shape[2];
	float *scale, *shift;           /* batch norm folded */
};

/* ---- messages ---- */

static void add_entry(struct proto *m, int field, const char *key, struct proto *value)
{
	struct proto entry = {0};

	proto_text(&entry, MAP_KEY, key);
	proto_message(&entry, MAP_VALUE, value);
	proto_message(m, field, &entry);
}

static struct proto shape_message(int dims, const int64_t *size)
{
	struct proto shape = {0};

	for (int i = 0; i < dims; i++) {
		struct proto dim = {0};

		proto_int(&dim, DIM_SIZE, size[i]);
		proto_message(&shape, SHAPE_DIM, &dim);
	}
	return shape;
}

static void attr_type(struct proto *node, const char *key, int type)
{
	struct proto value = {0};

	proto_int(&value, ATTR_TYPE, type);
	add_entry(node, NODE_ATTR, key, &value);
}

static void attr_text(struct proto *node, const char *key, const char *text)
{
	struct proto value = {0};

	proto_text(&value, ATTR_BYTES, text);
	add_entry(node, NODE_ATTR, key, &value);
}

static void attr_ints(struct proto *node, const char *key, const int64_t ints[4])
{
	struct proto value = {0}, list = {0};

	proto_packed(&list, LIST_INTS, ints, 4);
	proto_message(&value, ATTR_LIST, &list);
	add_entry(node, NODE_ATTR, key, &value);
}

static void attr_shape(struct proto *node, const char *key, const int64_t size[MAX_DIMS])
{
	struct proto value = {0}, shape = shape_message(MAX_DIMS, size);

	proto_message(&value, ATTR_SHAPE, &shape);
	add_entry(node, NODE_ATTR, key, &value);
}

/* ---- nodes ---- */

static struct proto node_message(const char *op, const char *name)
{
	struct proto node = {0};

	proto_text(&node, NODE_NAME, name);
	proto_text(&node, NODE_OP, op);
	return node;
}

/* Every operation on floats has the attribute T, the first in alphabetical order. */
static struct proto start_node(struct builder *b, const char *op, const char *name,
                               const char *second)
{
	struct proto node = node_message(op, name);

	proto_text(&node, NODE_INPUT, b->last);
	if (second)
		proto_text(&node, NODE_INPUT, second);
	attr_type(&node, "T", DT_FLOAT);
	return node;
}

/* NAME becomes the last node. */
static void end_node(struct builder *b, struct proto *node, const char *name)
{
	snprintf(b->last, sizeof b->last, "%s", name);
	proto_message(&b->graph, GRAPH_NODE, node);
}

/* An operation on the last output and, if not NULL, the node SECOND. */
static void add_op(struct builder *b, const char *op, const char *name, const char *second)
{
	struct proto node = start_node(b, op, name, second);

	end_node(b, &node, name);
}

/* A constant; DATA stay until the model is written. */
static void add_const(struct builder *b, const char *name, int type, int dims,
                      const int64_t *size, const void *data, size_t bytes)
{
	struct proto node = node_message("Const", name), shape = shape_message(dims, size);
	struct proto value = {0}, tensor = {0};

	proto_int(&tensor, TENSOR_TYPE, type);
	proto_message(&tensor, TENSOR_SHAPE, &shape);
	proto_borrow(&tensor, TENSOR_CONTENT, data, bytes);
	proto_message(&value, ATTR_TENSOR, &tensor);
	attr_type(&node, "dtype", type);
	add_entry(&node, NODE_ATTR, "value", &value);
	proto_message(&b->graph, GRAPH_NODE, &node);
}

/* Weight array K as it is. */
static void add_array(struct builder *b, const char *name, enum net_array k)
{
	size_t shape[MAX_DIMS];
	int64_t size[MAX_DIMS];
	int dims = net_shape(b->net, k, shape);

	for (int i = 0; i < dims; i++)
		size[i] = (int64_t)shape[i];
	add_const(b, name, DT_FLOAT, dims, size, b->w[k], net_count(b->net, k) * sizeof(float));
}

struct name {
	char text[NAME_BYTES];
};

static struct name join(const char *layer, const char *part)
{
	struct name n;

	snprintf(n.text, sizeof n.text, "%s/%s", layer, part);
	return n;
}

/* ---- layers ---- */

static void add_input(struct builder *b)
{
	struct proto node = node_message("Placeholder", "inputs");

	attr_type(&node, "dtype", DT_FLOAT);
	attr_shape(&node, "shape", b->image);
	end_node(b, &node, "inputs");
}

/*
 * No loader compares a fed image with the Placeholder's shape; without this an image of a wrong
 * size can pass.
 */
static void add_size_check(struct builder *b)
{
	struct proto node = start_node(b, "EnsureShape", "inputs/checked", NULL);

	attr_shape(&node, "shape", b->image);
	end_node(b, &node, "inputs/checked");
}

static void add_conv(struct builder *b, int i)
{
	static const int64_t strides[4] = { 1, 1, 1, 1 };
	const char *layer = (const char *[]){ "conv1", "conv2", "conv3", "conv4" }[i];
	struct name kernel = join(layer, "kernel"), bias = join(layer, "bias");
	struct name conv = join(layer, "conv");
	struct proto node;

	add_array(b, kernel.text, CONV1_W + 2 * i);
	add_array(b, bias.text, CONV1_B + 2 * i);
	node = start_node(b, "Conv2D", conv.text, kernel.text);
	attr_text(&node, "padding", i % 2 ? "VALID" : "SAME");
	attr_ints(&node, "strides", strides);
	end_node(b, &node, conv.text);
	add_op(b, "BiasAdd", join(layer, "add").text, bias.text);
	add_op(b, "Relu", join(layer, "relu").text, NULL);
}

static void add_pool(struct builder *b, const char *name)
{
	static const int64_t window[4] = { 1, 2, 2, 1 };
	struct proto node = start_node(b, "MaxPool", name, NULL);

	attr_ints(&node, "ksize", window);
	attr_text(&node, "padding", "VALID");
	attr_ints(&node, "strides", window);
	end_node(b, &node, name);
}

static void add_flatten(struct builder *b)
{
	static const int64_t two = 2;
	struct proto node;

	b->flat_shape[0] = ANY;
	b->flat_shape[1] = b->net->flat;
	add_const(b, "flatten/shape", DT_INT32, 1, &two, b->flat_shape, sizeof b->flat_shape);
	node = start_node(b, "Reshape", "flatten", "flatten/shape");
	attr_type(&node, "Tshape", DT_INT32);
	end_node(b, &node, "flatten");
}

static void add_dense(struct builder *b, const char *layer, enum net_array kernel)
{
	struct name kernel_name = join(layer, "kernel"), bias_name = join(layer, "bias");

	add_array(b, kernel_name.text, kernel);
	add_array(b, bias_name.text, kernel + 1);
	add_op(b, "MatMul", join(layer, "matmul").text, kernel_name.text);
	add_op(b, "BiasAdd", join(layer, "add").text, bias_name.text);
}

/*
 * y = x scale + shift: gamma (x - mean) / sqrt(var + epsilon) + beta with its constants drawn
 * together.
 */
static void add_norm(struct builder *b)
{
	const int64_t size = b->net->dense;
	const float *const *w = b->w;

	for (int d = 0; d < size; d++) {
		b->scale[d] = w[BN_GAMMA][d] / sqrtf(w[BN_VAR][d] + EXPORT_EPSILON);
		b->shift[d] = w[BN_BETA][d] - w[BN_MEAN][d] * b->scale[d];
	}
	add_const(b, "bn/scale", DT_FLOAT, 1, &size, b->scale, (size_t)size * sizeof(float));
	add_const(b, "bn/shift", DT_FLOAT, 1, &size, b->shift, (size_t)size * sizeof(float));
	add_op(b, "Mul", "bn/mul", "bn/scale");
	add_op(b, "AddV2", "bn/add", "bn/shift");
	add_op(b, "Relu", "bn/relu", NULL);
}

static void add_layers(struct builder *b)
{
	add_input(b);
	add_size_check(b);
	add_conv(b, 0);
	add_conv(b, 1);
	add_pool(b, "pool1");
	add_conv(b, 2);
	add_conv(b, 3);
	add_pool(b, "pool2");
	add_flatten(b);
	add_dense(b, "dense1", DENSE1_W);
	add_norm(b);
	add_dense(b, "dense2", DENSE2_W);
	add_op(b, "Softmax", "outputs", NULL);
}

/* ---- what lies around the graph ---- */

static struct proto tensor_info(const char *name, int dims, const int64_t *size)
{
	struct proto info = {0}, shape = shape_message(dims, size);

	proto_text(&info, TENSOR_INFO_NAME, name);
	proto_int(&info, TENSOR_INFO_TYPE, DT_FLOAT);
	proto_message(&info, TENSOR_INFO_SHAPE, &shape);
	return info;
}

static void add_signature(struct proto *meta_graph, const struct builder *b)
{
	const int64_t classes[] = { ANY, b->net->classes };
	struct proto signature = {0};
	struct proto in = tensor_info("inputs:0", MAX_DIMS, b->image);
	struct proto out = tensor_info("outputs:0", 2, classes);

	add_entry(&signature, SIGNATURE_INPUTS, "inputs", &in);
	add_entry(&signature, SIGNATURE_OUTPUTS, "outputs", &out);
	proto_text(&signature, SIGNATURE_METHOD, "tensorflow/serving/predict");
	add_entry(meta_graph, META_GRAPH_SIGNATURE, "serving_default", &signature);
}

static struct proto wrap(struct builder *b)
{
	struct proto model = {0}, meta_graph = {0}, info = {0}, versions = {0};

	proto_int(&versions, VERSIONS_PRODUCER, PRODUCER);
	proto_message(&b->graph, GRAPH_VERSIONS, &versions);
	proto_text(&info, INFO_TAG, "serve");
	proto_text(&info, INFO_VERSION, "2.0.0");
	proto_message(&meta_graph, META_GRAPH_INFO, &info);
	proto_message(&meta_graph, META_GRAPH_GRAPH, &b->graph);
	add_signature(&meta_graph, b);
	proto_int(&model, SAVED_MODEL_SCHEMA, 1);
	proto_message(&model, SAVED_MODEL_META_GRAPH, &meta_graph);
	return model;
}

int savedmodel_write(FILE *f, const struct net *net, const float *const w[NET_ARRAYS],
                     struct err *e)
{
	struct builder b = {
		.net = net, .w = w, .image = { ANY, net->size, net->size, net->channels },
	};
	struct proto model;
	int result;

	if (export_check(net, w, e) < 0)
		return -1;
	b.scale = xmalloc((size_t)net->dense, sizeof *b.scale);
	b.shift = xmalloc((size_t)net->dense, sizeof *b.shift);
	add_layers(&b);
	model = wrap(&b);
	result = proto_write(&model, f, e);
	proto_release(&model);
	free(b.scale);
	free(b.shift);
	return result;
}
