#include "src/model/loss.h"

#include "src/model/norm.h"

/* Rows of logits at a time: enough for the products to run at full speed, few
 * enough for the logits to stay small beside the activations. */
enum { ROWS = 256 };

void loss_init(struct loss *l, const struct shape *shape,
               const struct parameters *p, const struct scratch *scratch,
               struct arena *a)
{
    const char *name = shape->tied ? "embed.weight" : "head.weight";
    long rows = shape->tokens < ROWS ? shape->tokens : ROWS;

    l->rows = shape_cut(shape, shape->vocabulary);
    l->norm = norm_take(shape, p, "norm", a);
    l->w = parameters_weight(p, "%s", name);
    l->dw = parameters_gradient(p, "%s", name);
    l->normed = mat_take(a, shape->tokens, shape->hidden);
    l->logits = mat_take(a, rows, l->rows.piece);
    l->cross_entropy.first = l->rows.first;
    l->cross_entropy.valid = l->rows.n;
    l->cross_entropy.z = (wide)shape->z_loss;
    l->cross_entropy.peak = wide_take(a, rows);
    l->cross_entropy.peak_all = wide_take(a, rows);
    l->cross_entropy.sums = wide_take(a, 2 * rows);
    l->losses = wide_take(a, shape->tokens);
    l->hits = wide_take(a, shape->tokens);
    if (shape->z_loss > 0)
        l->logs = wide_take(a, shape->tokens);
    l->scratch = scratch;
}

/* Losses of rows [first, first + n); leaves exponentials in l->logits and
 * returns that part of it. */
static struct mat rows_forward(struct loss *l, struct group *tensor,
                               const int32_t *target, long first, long n)
{
    struct op_cross_entropy *c = &l->cross_entropy;
    struct mat e = mat_rows(l->logits, 0, n);

    c->target = target + first;
    op_gemm('N', 'T', mat_rows(l->normed, first, n), l->w, 0, e);
    op_cross_entropy_exponentials(c, e);
    coll_max_wide(tensor, c->peak_all, n);
    op_cross_entropy_sums(c, n);
    coll_sum_wide(tensor, c->sums, 2 * n);
    op_cross_entropy_losses(c, n, l->losses + first);
    return e;
}

static long rows_at(const struct loss *l, struct mat x, long first)
{
    long left = x.rows - first;

    return left < l->logits.rows ? left : l->logits.rows;
}

void loss_forward(struct loss *l, struct group *tensor, struct mat x,
                  const int32_t *target)
{
    op_norm_forward(&l->norm, x, l->normed);
    for (long i = 0; i < x.rows; i += l->logits.rows) {
        long n = rows_at(l, x, i);

        rows_forward(l, tensor, target, i, n);
        op_cross_entropy_hits(&l->cross_entropy, n, l->hits + i);
    }
}

void loss_forward_backward(struct loss *l, struct group *tensor, struct mat x,
                           const int32_t *target, wide scale, struct mat dx)
{
    struct mat d_normed = l->scratch->d_normed;

    op_norm_forward(&l->norm, x, l->normed);
    for (long i = 0; i < x.rows; i += l->logits.rows) {
        long n = rows_at(l, x, i);
        struct mat d_logits = rows_forward(l, tensor, target, i, n);

        if (l->cross_entropy.z > 0)
            op_cross_entropy_logs(&l->cross_entropy, n, l->logs + i);
        op_cross_entropy_backward(&l->cross_entropy, d_logits, scale);
        op_gemm_add('T', 'N', d_logits, mat_rows(l->normed, i, n), l->dw);
        op_gemm('N', 'N', d_logits, l->w, 0, mat_rows(d_normed, i, n));
    }
    op_norm_backward(&l->norm, x, d_normed, 0, dx);
    coll_sum(tensor, dx);
}
