#include "src/model/norm.h"

struct op_norm norm_take(const struct shape *shape, const struct parameters *p,
                         const char *name, struct arena *a)
{
    return (struct op_norm){
        .weight = parameters_weight(p, "%s.weight", name).at,
        .bias = parameters_weight(p, "%s.bias", name).at,
        .dweight = parameters_gradient(p, "%s.weight", name).at,
        .dbias = parameters_gradient(p, "%s.bias", name).at,
        .mean = wide_take(a, shape->tokens),
        .inverse = wide_take(a, shape->tokens),
        .epsilon = (wide)shape->norm_epsilon,
    };
}
