#pragma once
/*
 * TensorFlow Serving's REST interface, as far as a model with one input and one output has it:
 * https://www.tensorflow.org/tfx/serving/api_rest
 *   GET  /v1/models/NAME[/versions/1]            is it there?
 *   GET  /v1/models/NAME[/versions/1]/metadata   its signature
 *   POST /v1/models/NAME[/versions/1]:predict    "instances" (row form) or "inputs" (column form)
 * Beyond it, a picture may stand for its numbers: {"b64": "..."} of a TIFF, PNG or JPEG.
 */
#include "serve/visit.h"

/* PATH begins with "/v1". */
void tfserving_answer(struct visit *v, const char *path);
