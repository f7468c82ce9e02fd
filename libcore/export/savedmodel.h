#pragma once
/*
 * The network as a TensorFlow SavedModel, for TensorFlow Serving and what else
 * reads saved_model.pb. Weights are constants of the graph, so the one file is
 * the whole model. Input "inputs" [N,S,S,C], output "outputs" [N,classes], float.
 */
#include <stdio.h>

#include "base/err.h"
#include "nn/net.h"

/*
 * Writes the bytes of saved_model.pb; W in net_shape shapes. Equal weights give equal bytes.
 * Returns 0, or -1 with E set: F refuses, more than 2 GiB, a moving variance that gives no real
 * scale.
 */
int savedmodel_write(FILE *f, const struct net *net, const float *const w[NET_ARRAYS],
                     struct err *e);

/*
 * Writes FOLDER/1/saved_model.pb, and makes missing folders; complete or not at all. FOLDER/1 may
 * hold an older saved_model.pb, which is replaced, but nothing else.
 */
int savedmodel_save(const char *folder, const struct net *net, const float *const w[NET_ARRAYS],
                    struct err *e);
