#include "src/model/block.h"

#include <stdio.h>

#include "src/model/norm.h"

static struct op_norm block_norm(const struct shape *shape,
                                 const struct parameters *p, long layer,
                                 int which, struct arena *a)
{
    char name[40];

    snprintf(name, sizeof name, "blocks.%ld.norm%d", layer, which);
    return norm_take(shape, p, name, a);
}

void block_init(struct block *b, const struct shape *shape, long layer,
                const struct parameters *p, const struct scratch *scratch,
                const struct memory *memory)
{
    b->parallel = shape->parallel_residual;
    b->recompute = shape->recompute;
    b->norm1 = block_norm(shape, p, layer, 1, memory->rest);
    b->norm2 = block_norm(shape, p, layer, 2, memory->rest);
    b->normed1 = mat_take(memory->rest, shape->tokens, shape->hidden);
    b->normed2 = mat_take(memory->rest, shape->tokens, shape->hidden);
    if (!b->parallel)
        b->z = mat_take(memory->kept, shape->tokens, shape->hidden);
    attention_init(&b->attention, shape, layer, p, scratch, memory->rest);
    mlp_init(&b->mlp, shape, layer, p, scratch, memory);
    b->attention_bias =
        parameters_weight(p, "blocks.%ld.attention.output.bias", layer).at;
    b->d_attention_bias =
        parameters_gradient(p, "blocks.%ld.attention.output.bias", layer).at;
    b->mlp_bias = parameters_weight(p, "blocks.%ld.mlp.down.bias", layer).at;
    b->d_mlp_bias =
        parameters_gradient(p, "blocks.%ld.mlp.down.bias", layer).at;
    b->scratch = scratch;
}

static void forward_parallel(struct block *b, struct exchange *e, struct mat x,
                             struct mat y)
{
    struct mat sum = b->scratch->partial;

    op_norm_forward(&b->norm1, x, b->normed1);
    op_norm_forward(&b->norm2, x, b->normed2);
    attention_forward(&b->attention, b->normed1, sum);
    exchange_poll(e);
    mlp_forward(&b->mlp, b->normed2, 1, sum);
    coll_sum(e->tensor, sum);
    op_residual(x, sum, b->attention_bias, b->mlp_bias, y);
}

static void backward_parallel(struct block *b, struct exchange *e,
                              struct mat dy)
{
    struct mat d_normed = b->scratch->d_normed, dx = b->scratch->partial;

    op_bias_backward(dy, b->d_attention_bias);
    op_bias_backward(dy, b->d_mlp_bias);
    mlp_backward(&b->mlp, dy, d_normed);
    exchange_poll(e);
    op_norm_backward(&b->norm2, b->x, d_normed, 0, dx);
    attention_backward(&b->attention, dy, d_normed);
    exchange_poll(e);
    op_norm_backward(&b->norm1, b->x, d_normed, 1, dx);
    coll_sum(e->tensor, dx);
    op_add(dy, dx);
}

static void forward_sequential(struct block *b, struct exchange *e,
                               struct mat x, struct mat y)
{
    struct mat sum = b->scratch->partial;

    op_norm_forward(&b->norm1, x, b->normed1);
    attention_forward(&b->attention, b->normed1, sum);
    exchange_poll(e);
    coll_sum(e->tensor, sum);
    op_residual(x, sum, b->attention_bias, NULL, b->z);
    op_norm_forward(&b->norm2, b->z, b->normed2);
    mlp_forward(&b->mlp, b->normed2, 0, sum);
    coll_sum(e->tensor, sum);
    op_residual(b->z, sum, b->mlp_bias, NULL, y);
}

static void backward_sequential(struct block *b, struct exchange *e,
                                struct mat dy)
{
    struct mat d_normed = b->scratch->d_normed, dx = b->scratch->partial;

    op_bias_backward(dy, b->d_mlp_bias);
    mlp_backward(&b->mlp, dy, d_normed);
    exchange_poll(e);
    op_norm_backward(&b->norm2, b->z, d_normed, 0, dx);
    coll_sum(e->tensor, dx);
    op_add(dy, dx);
    op_bias_backward(dy, b->d_attention_bias);
    attention_backward(&b->attention, dy, d_normed);
    exchange_poll(e);
    op_norm_backward(&b->norm1, b->x, d_normed, 0, dx);
    coll_sum(e->tensor, dx);
    op_add(dy, dx);
}

void block_forward(struct block *b, struct exchange *e, struct mat x,
                   struct mat y)
{
    b->x = x;
    (b->parallel ? forward_parallel : forward_sequential)(b, e, x, y);
}

void block_backward(struct block *b, struct exchange *e, struct mat dy)
{
    (b->parallel ? backward_parallel : backward_sequential)(b, e, dy);
}

void block_recompute(struct block *b, struct exchange *e)
{
    if (b->recompute == RECOMPUTE_NONE)
        return;
    op_norm_forward(&b->norm1, b->x, b->normed1);
    op_norm_forward(&b->norm2, b->parallel ? b->x : b->z, b->normed2);
    attention_attend(&b->attention, b->normed1);
    exchange_poll(e);
    if (b->recompute == RECOMPUTE_BLOCK)
        mlp_units(&b->mlp, b->normed2);
    else
        mlp_activate(&b->mlp);
}
