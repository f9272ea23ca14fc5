#include "src/model/attention.h"

void attention_init(struct attention *at, const struct shape *shape,
                    long layer, const struct parameters *p,
                    const struct scratch *scratch, struct arena *a)
{
    long width = shape->hidden / shape->tensor_size;

    /* Query, key and value are joined in the table: one product takes all. */
    at->wqkv =
        parameters_weight(p, "blocks.%ld.attention.query.weight", layer);
    at->dwqkv =
        parameters_gradient(p, "blocks.%ld.attention.query.weight", layer);
    at->wqkv.rows = at->dwqkv.rows = 3 * width;
    at->bqkv =
        parameters_weight(p, "blocks.%ld.attention.query.bias", layer).at;
    at->dbqkv =
        parameters_gradient(p, "blocks.%ld.attention.query.bias", layer).at;
    at->wo = parameters_weight(p, "blocks.%ld.attention.output.weight", layer);
    at->dwo =
        parameters_gradient(p, "blocks.%ld.attention.output.weight", layer);

    at->qkv = mat_take(a, shape->tokens, 3 * width);
    at->o = mat_take(a, shape->tokens, width);
    at->heads = scratch_heads(scratch, shape);
    at->heads.lse = wide_take(a, at->heads.heads * shape->tokens);
    at->rotary = (struct op_rotary){scratch->cosine,  scratch->sine,
                                    shape->length,    shape->rotary_dims,
                                    shape->head_size, scratch->start};
    at->scratch = scratch;
}

static struct op_attended thirds(struct mat qkv, struct mat o)
{
    long width = o.cols;

    return (struct op_attended){mat_cols(qkv, 0, width),
                                mat_cols(qkv, width, width),
                                mat_cols(qkv, 2 * width, width), o};
}

void attention_attend(struct attention *at, struct mat x)
{
    struct op_attended heads = thirds(at->qkv, at->o);

    at->x = x;
    op_gemm('N', 'T', x, at->wqkv, 0, at->qkv);
    op_bias_forward(at->qkv, at->bqkv);
    op_rotary_forward(&at->rotary, heads.q);
    op_rotary_forward(&at->rotary, heads.k);
    op_attention_forward(&at->heads, &heads);
}

void attention_forward(struct attention *at, struct mat x, struct mat y)
{
    attention_attend(at, x);
    op_gemm('N', 'N', at->o, at->wo, 0, y);
}

void attention_backward(struct attention *at, struct mat dy, struct mat dx)
{
    struct mat dqkv = at->scratch->dqkv, d_o = at->scratch->d_o;
    struct op_attended heads = thirds(at->qkv, at->o);
    struct op_attended d_heads = thirds(dqkv, d_o);

    op_gemm_add('T', 'N', at->o, dy, at->dwo);
    op_gemm('N', 'T', dy, at->wo, 0, d_o);
    op_attention_backward(&at->heads, &heads, &d_heads);
    op_rotary_backward(&at->rotary, d_heads.q);
    op_rotary_backward(&at->rotary, d_heads.k);
    op_bias_backward(dqkv, at->dbqkv);
    op_gemm_add('T', 'N', dqkv, at->x, at->dwqkv);
    op_gemm('N', 'N', dqkv, at->wqkv, 0, dx);
}
