#pragma once
/*
 * The network as an ONNX model: opset 13, IR 8. Input "inputs" [N,S,S,C], output "outputs"
 * [N,classes], float.
 */
#include <stdio.h>

#include "base/err.h"
#include "nn/net.h"

/*
 * Writes the bytes of a .onnx file; W in net_shape shapes. Equal weights give equal bytes.
 * Returns 0, or -1 with E set: F refuses, more than 2 GiB, a moving variance that gives no real
 * scale.
 */
int onnx_write(FILE *f, const struct net *net, const float *const w[NET_ARRAYS], struct err *e);
