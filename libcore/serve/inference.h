#pragma once
/*
 * The Open Inference Protocol (KServe v2) over REST, with its extension of binary tensors:
 * https://github.com/kserve/open-inference-protocol
 *   GET  /v2, /v2/health/live, /v2/health/ready
 *   GET  /v2/models/NAME[/versions/1], .../ready
 *   POST /v2/models/NAME[/versions/1]/infer      "inputs", FP32 [N,S,S,C]; or UINT8, value / 255
 */
#include "serve/visit.h"

/* PATH begins with "/v2". */
void inference_answer(struct visit *v, const char *path);
