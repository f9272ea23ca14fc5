#include "src/model/mlp.h"

void mlp_init(struct mlp *m, const struct shape *shape, long layer,
              const struct parameters *p, const struct scratch *scratch,
              const struct memory *memory)
{
    long inner = shape->intermediate / shape->tensor_size;

    m->up = parameters_weight(p, "blocks.%ld.mlp.up.weight", layer);
    m->d_up = parameters_gradient(p, "blocks.%ld.mlp.up.weight", layer);
    m->bias = parameters_weight(p, "blocks.%ld.mlp.up.bias", layer).at;
    m->dbias = parameters_gradient(p, "blocks.%ld.mlp.up.bias", layer).at;
    m->down = parameters_weight(p, "blocks.%ld.mlp.down.weight", layer);
    m->d_down = parameters_gradient(p, "blocks.%ld.mlp.down.weight", layer);
    m->activation = shape->activation;
    m->u = mat_take(memory->units, shape->tokens, inner);
    m->h = mat_take(memory->rest, shape->tokens, inner);
    m->scratch = scratch;
}

void mlp_units(struct mlp *m, struct mat x)
{
    m->x = x;
    op_gemm('N', 'T', x, m->up, 0, m->u);
    op_gelu_forward(m->activation, m->u, m->bias, m->h);
}

/* Forward has added the bias to u. */
void mlp_activate(struct mlp *m)
{
    op_gelu_forward(m->activation, m->u, NULL, m->h);
}

void mlp_forward(struct mlp *m, struct mat x, wide beta, struct mat y)
{
    mlp_units(m, x);
    op_gemm('N', 'N', m->h, m->down, beta, y);
}

void mlp_backward(struct mlp *m, struct mat dy, struct mat dx)
{
    struct mat du = m->scratch->d_inner;

    op_gemm_add('T', 'N', m->h, dy, m->d_down);
    op_gemm('N', 'T', dy, m->down, 0, du);
    op_gelu_backward(m->activation, m->u, du, du, m->dbias);
    op_gemm_add('T', 'N', du, m->x, m->d_up);
    op_gemm('N', 'N', du, m->up, 0, dx);
}
