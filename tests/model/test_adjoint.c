/* Backward is the adjoint of forward wherever forward is linear, also across
 * ranks:  <A x, y> = <x, A' y>.    ranks: 1 2 4 */
#include <math.h>
#include <stdlib.h>

#include "kernels/base/rng.h"
#include "src/model/attention.h"
#include "src/model/embed.h"
#include "src/model/mlp.h"
#include "src/model/norm.h"
#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

/* Inner products of some thousands of terms of size 1. */
static const double tolerance = sizeof(real) == 8 ? 1e-13 : 5e-5;

static const char *const base[] = {"model.layers=1",
                                   "model.hidden=32",
                                   "model.heads=4",
                                   "model.vocabulary=21",
                                   "model.context=70",
                                   "model.intermediate=24",
                                   "train.global_batch=4",
                                   "train.sequence_length=70",
                                   NULL};

/* The same numbers on every rank that asks for the same name. */
static void fill(struct mat m, const char *name, uint64_t which)
{
    uint64_t key = rng_key(1, name, which, 0);

    for (long i = 0; i < m.rows; i++)
        for (long j = 0; j < m.cols; j++)
            m.at[i * m.ld + j] =
                (real)rng_normal(key, (uint64_t)(i * m.cols + j));
}

static struct mat random_mat(long rows, long cols, const char *name)
{
    struct mat m = {calloc((size_t)(rows * cols), sizeof(real)), rows, cols,
                    cols};

    fill(m, name, 0);
    return m;
}

static double dot(struct mat a, struct mat b)
{
    double sum = 0;

    for (long i = 0; i < a.rows; i++)
        for (long j = 0; j < a.cols; j++)
            sum += (double)a.at[i * a.ld + j] * (double)b.at[i * b.ld + j];
    return sum;
}

static void check(const char *name, double forward, double backward)
{
    double off = fabs(forward - backward) / (1 + fabs(forward));

    ok(off < tolerance, "%s: %.6g and %.6g", name, forward, backward);
}

/* The table of embeddings -> x, cut over the ranks: y is whole, so each rank's
 * gradient is of its own rows. */
static void check_embed(struct trainer *run)
{
    struct model *m = &run->model;
    struct embed *e = &m->embed;
    struct mat x = random_mat(m->shape.tokens, m->shape.hidden, "x");
    struct mat dx = random_mat(m->shape.tokens, m->shape.hidden, "dx");
    double backward = 0;

    for (long t = 0; t < m->shape.tokens; t++)
        m->token[t] = (int32_t)(t * t % m->shape.vocabulary);
    embed_forward(e, m->tensor, m->token, x);
    embed_backward(e, m->token, dx);
    for (long i = 0; i < e->w.rows * e->w.cols; i++)
        backward += (double)e->w.at[i] * (double)e->dw.at[i];
    group_sum(m->tensor, &backward, 1);
    check("embedding", dot(x, dx), backward);
    free(x.at), free(dx.at);
}

/* v -> o with the probabilities held, and both rotations. */
static void check_attention(struct trainer *run)
{
    const struct shape *shape = &run->model.shape;
    struct attention *at = &run->model.blocks[0].attention;
    long width = at->o.cols;
    struct op_attended a = {random_mat(shape->tokens, width, "q"),
                            random_mat(shape->tokens, width, "k"),
                            random_mat(shape->tokens, width, "v"),
                            random_mat(shape->tokens, width, "o")};
    struct op_attended d = {random_mat(shape->tokens, width, "dq"),
                            random_mat(shape->tokens, width, "dk"),
                            random_mat(shape->tokens, width, "dv"),
                            random_mat(shape->tokens, width, "do")};
    struct mat x = random_mat(shape->tokens, width, "x");
    struct mat y = random_mat(shape->tokens, width, "y");
    double rotated;

    op_attention_forward(&at->heads, &a);
    op_attention_backward(&at->heads, &a, &d);
    check("attention in v", dot(a.o, d.o), dot(a.v, d.v));
    op_rotary_forward(&at->rotary, x);
    rotated = dot(x, y);
    op_rotary_backward(&at->rotary, y);
    fill(x, "x", 0);
    check("rotary", rotated, dot(x, y));
    free(a.q.at), free(a.k.at), free(a.v.at), free(a.o.at);
    free(d.q.at), free(d.k.at), free(d.v.at), free(d.o.at);
    free(x.at), free(y.at);
}

/* Both down projections of the feed-forward layer in their weights: h -> y is
 * partial on each rank, and dy is whole. */
static void check_down(struct trainer *run)
{
    const struct shape *shape = &run->model.shape;
    struct mlp *m = &run->model.blocks[0].mlp;
    struct mat x = random_mat(shape->tokens, shape->hidden, "x");
    struct mat y = random_mat(shape->tokens, shape->hidden, "y");
    struct mat dy = random_mat(shape->tokens, shape->hidden, "dy");
    struct mat dx = random_mat(shape->tokens, shape->hidden, "dx");
    double backward = 0;

    mlp_forward(m, x, 0, y);
    coll_sum(run->model.tensor, y);
    mlp_backward(m, dy, dx);
    for (long i = 0; i < m->down.rows * m->down.cols; i++)
        backward += (double)m->down.at[i] * (double)m->d_down.at[i];
    group_sum(run->model.tensor, &backward, 1);
    check("down projection", dot(y, dy), backward);
    free(x.at), free(y.at), free(dy.at), free(dx.at);
}

/* (weight, bias) -> y of a norm, with its statistics held. */
static void check_norm(struct trainer *run)
{
    const struct shape *shape = &run->model.shape;
    struct op_norm *n = &run->model.blocks[0].norm1;
    struct mat x = random_mat(shape->tokens, shape->hidden, "x");
    struct mat y = random_mat(shape->tokens, shape->hidden, "y");
    struct mat dy = random_mat(shape->tokens, shape->hidden, "dy");
    struct mat dx = random_mat(shape->tokens, shape->hidden, "dx");
    double backward = 0;

    op_norm_forward(n, x, y);
    op_norm_backward(n, x, dy, 0, dx);
    for (long i = 0; i < shape->hidden; i++)
        backward += (double)n->weight[i] * (double)n->dweight[i] +
                    (double)n->bias[i] * (double)n->dbias[i];
    check("norm in its weight and bias", dot(y, dy), backward);
    free(x.at), free(y.at), free(dy.at), free(dx.at);
}

int main(int argc, char **argv)
{
    struct trainer run;

    world_start(&argc, &argv);
    struct settings *settings = trainers_settings(base);

    trainers_open(&run, settings, group_world(), group_size(group_world()));
    check_embed(&run);
    check_attention(&run);
    check_down(&run);
    check_norm(&run);
    trainers_close(&run);
    tap_done();
    world_stop();
    return 0;
}
