#include "src/trainer/evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

void evaluation_init(struct evaluation *e, const struct settings *settings,
                     const struct grid *grid, struct batch *batch)
{
    const struct data *d = batch->data;
    int train = d->train.skills.n, others = d->validation.skills.n;
    size_t skills = (size_t)(train > others ? train : others);

    *e = (struct evaluation){
        .grid = grid,
        .batch = batch,
        .cap = settings->evaluate.windows,
        .over = settings->evaluate.loss,
    };
    e->loss = memory_take(2 * skills, sizeof *e->loss, "losses of skills");
}

void evaluation_free(struct evaluation *e)
{
    free(e->loss);
}

static int64_t windows_of(const struct evaluation *e, int skill)
{
    int64_t n = e->split->windows[skill];

    return e->cap && e->cap < n ? e->cap : n;
}

void evaluation_begin(struct evaluation *e, const struct data_split *split)
{
    int k = split->skills.n;

    e->split = split;
    e->accuracy = e->loss + k;
    memset(e->loss, 0, 2 * (size_t)k * sizeof *e->loss);
    e->total = e->next = e->start = 0;
    e->skill = 0;
    for (int skill = 0; skill < k; skill++)
        e->total += windows_of(e, skill);
    /* Some ranks may have more batches than others, or none. */
    exchange_settle(&e->batch->model->exchange);
}

bool evaluation_is_left(const struct evaluation *e)
{
    return e->next < e->total;
}

/* Sequence i of the batch is window number `place` of the row, or nothing
 * after its end.  The row is read forward. */
static void read_place(struct evaluation *e, long i, int64_t place)
{
    int k = e->split->skills.n;

    while (e->skill < k && place >= e->start + windows_of(e, e->skill)) {
        e->start += windows_of(e, e->skill);
        e->skill++;
    }
    if (e->skill < k)
        batch_read(e->batch, i, e->split,
                   (struct sampler_draw){e->skill, place - e->start}, e->over);
    else
        batch_leave_out(e->batch, i);
}

static void add_batch(struct evaluation *e)
{
    const struct batch *b = e->batch;

    for (long i = 0; i < b->sequences; i++) {
        int skill = b->row[i].skill;

        if (skill < 0)
            continue;
        e->loss[skill] += batch_loss(b, i) / (double)b->row[i].targets;
        e->accuracy[skill] += batch_answered(b, i);
    }
}

void evaluation_next(struct evaluation *e)
{
    struct batch *b = e->batch;
    int64_t own = e->next + b->sequences * group_rank(e->grid->data);

    e->next += b->sequences * group_size(e->grid->data);
    if (own >= e->total)
        return;
    for (long i = 0; i < b->sequences; i++)
        read_place(e, i, own + i);
    batch_losses(b);
    add_batch(e);
}

void evaluation_end(struct evaluation *e)
{
    int k = e->split->skills.n;

    group_sum(e->grid->data, e->loss, 2 * k);
    for (int skill = 0; skill < k; skill++) {
        e->loss[skill] /= (double)windows_of(e, skill);
        e->accuracy[skill] /= (double)windows_of(e, skill);
    }
}

void evaluation_split(struct evaluation *e, const struct data_split *split)
{
    for (evaluation_begin(e, split); evaluation_is_left(e);)
        evaluation_next(e);
    evaluation_end(e);
}

bool evaluation_is_finite(const struct evaluation *e)
{
    bool is_finite = true;

    for (int i = 0; i < e->split->skills.n; i++)
        is_finite &= isfinite(e->loss[i]) != 0;
    return !group_any(e->grid->all, !is_finite);
}
