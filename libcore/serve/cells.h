#pragma once
/* The pictures themselves: POST /cells, the form of which is in aml-serve(1). */
#include "serve/visit.h"

void cells_answer(struct visit *v);
