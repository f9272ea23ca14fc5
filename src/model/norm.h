#ifndef SRC_MODEL_NORM_H
#define SRC_MODEL_NORM_H

#include "src/model/parameters.h"

/* The LayerNorm whose parameters are NAME.weight and NAME.bias, with memory
 * for its statistics. */
struct op_norm norm_take(const struct shape *shape, const struct parameters *p,
                         const char *name, struct arena *a);

#endif
