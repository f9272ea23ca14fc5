#include "src/model/embed.h"

void embed_init(struct embed *e, const struct shape *shape,
                const struct parameters *p)
{
    struct shape_cut rows = shape_cut(shape, shape->vocabulary);

    e->w = mat_rows(parameters_weight(p, "embed.weight"), 0, rows.n);
    e->dw = parameters_gradient(p, "embed.weight");
    e->dw.rows = rows.n;
    e->first = rows.first;
}

void embed_forward(const struct embed *e, struct group *tensor,
                   const int32_t *token, struct mat x)
{
    op_embed_forward(token, e->w, e->first, x);
    coll_sum(tensor, x);
}

void embed_backward(const struct embed *e, const int32_t *token, struct mat dx)
{
    op_embed_backward(token, dx, e->first, e->dw);
}
