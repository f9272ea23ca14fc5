#include "src/model/model.h"

#include <stdlib.h>

#include "kernels/base/check.h"
#include "kernels/device.h"
#include "mpi/trace.h"

/* Block i keeps in `own` what train.recompute lets it, and shares the rest. */
static void lay_out_block(struct model *m, long i, struct arena *own,
                          struct arena *shared)
{
    enum settings_recompute recompute = m->shape.recompute;
    struct memory memory = {
        .kept = own,
        .units = recompute == RECOMPUTE_BLOCK ? shared : own,
        .rest = recompute == RECOMPUTE_NONE ? own : shared,
    };

    block_init(&m->blocks[i], &m->shape, i, &m->parameters, &m->scratch,
               &memory);
}

/* Every block starts again at the same place of what is shared; laid out once
 * apart, the first one tells how much that is. */
static void lay_out_blocks(struct model *m, struct arena *a)
{
    struct arena own = {0}, shared = {0};

    lay_out_block(m, 0, &own, &shared);
    shared = (struct arena){arena_take(a, shared.used), shared.used, 0};
    for (long i = 0; i < m->shape.layers; i++) {
        struct arena again = shared;

        lay_out_block(m, i, a, &again);
    }
}

/* Runs twice: to measure, and to carve. */
static void lay_out(struct model *m)
{
    const struct shape *shape = &m->shape;
    struct arena *a = &m->activations;
    size_t ids = (size_t)shape->tokens * sizeof(int32_t);

    scratch_take(&m->scratch, shape, a);
    embed_init(&m->embed, shape, &m->parameters);
    lay_out_blocks(m, a);
    loss_init(&m->loss, shape, &m->parameters, &m->scratch, a);
    for (long i = 0; i <= shape->layers; i++)
        m->x[i] = mat_take(a, shape->tokens, shape->hidden);
    m->dx = mat_take(a, shape->tokens, shape->hidden);
    m->token = arena_take(a, ids);
    m->target = arena_take(a, ids);
}

void model_init(struct model *m, const struct shape *shape,
                const struct grid *grid)
{
    *m = (struct model){.shape = *shape, .tensor = grid->tensor};
    m->blocks = calloc((size_t)shape->layers, sizeof *m->blocks);
    m->x = calloc((size_t)shape->layers + 1, sizeof *m->x);
    CHECK(m->blocks && m->x, "no memory for %ld layers", shape->layers);
    parameters_init(&m->parameters, shape);
    exchange_init(&m->exchange, &m->parameters, grid);
    scratch_init(&m->scratch, shape);
    lay_out(m);
    arena_fix(&m->activations);
    lay_out(m);
    scratch_fill_angles(&m->scratch, shape);
}

void model_randomise(struct model *m, long seed)
{
    parameters_randomise(&m->parameters, seed);
}

void model_free(struct model *m)
{
    exchange_free(&m->exchange);
    parameters_free(&m->parameters);
    scratch_free(&m->scratch);
    arena_free(&m->activations);
    free(m->blocks);
    free(m->x);
}

static void forward(struct model *m, const struct model_batch *batch)
{
    size_t ids = (size_t)m->shape.tokens * sizeof *m->token;

    device_put(m->token, batch->token, ids);
    device_put(m->target, batch->target, ids);
    if (m->shape.has_documents)
        scratch_put_starts(&m->scratch, batch->start, m->shape.tokens);
    exchange_need(&m->exchange, BUCKET_EMBED);
    embed_forward(&m->embed, m->tensor, m->token, m->x[0]);
    for (int i = 0; i < m->shape.layers; i++) {
        exchange_need(&m->exchange, BUCKET_BLOCKS + i);
        block_forward(&m->blocks[i], &m->exchange, m->x[i], m->x[i + 1]);
        trace_move();
    }
    exchange_need(&m->exchange, m->parameters.buckets - 1);
}

static void get(const struct model *m, const wide *from, wide *to)
{
    device_get(to, from, (size_t)m->shape.tokens * sizeof *to);
}

void model_losses(struct model *m, const struct model_batch *batch,
                  const struct model_result *result)
{
    forward(m, batch);
    loss_forward(&m->loss, m->tensor, m->x[m->shape.layers], m->target);
    get(m, m->loss.losses, result->losses);
    if (result->hits)
        get(m, m->loss.hits, result->hits);
}

void model_gradients(struct model *m, const struct model_batch *batch,
                     double scale, const struct model_result *result)
{
    forward(m, batch);
    loss_forward_backward(&m->loss, m->tensor, m->x[m->shape.layers],
                          m->target, (wide)scale, m->dx);
    if (!m->shape.tied)
        exchange_complete(&m->exchange, BUCKET_BLOCKS + (int)m->shape.layers);
    for (int i = (int)m->shape.layers - 1; i >= 0; i--) {
        if (i < m->shape.layers - 1)
            block_recompute(&m->blocks[i], &m->exchange);
        block_backward(&m->blocks[i], &m->exchange, m->dx);
        exchange_complete(&m->exchange, BUCKET_BLOCKS + i);
        trace_move();
    }
    embed_backward(&m->embed, m->token, m->dx);
    exchange_complete(&m->exchange, BUCKET_EMBED);
    get(m, m->loss.losses, result->losses);
    if (result->logs)
        get(m, m->loss.logs, result->logs);
}
