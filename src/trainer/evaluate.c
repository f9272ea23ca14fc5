#include "src/trainer/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"

void evaluate_init(struct evaluation *e, const struct settings *settings,
                   const struct grid *grid, struct batch *batch)
{
    const struct data *d = batch->data;
    int train = d->train.skills.n, others = d->validation.skills.n;
    size_t skills = (size_t)(train > others ? train : others);

    *e = (struct evaluation){
        .settings = settings, .grid = grid, .batch = batch};
    e->loss = malloc(2 * skills * sizeof *e->loss);
    CHECK(e->loss, "no memory to evaluate %zu skills", skills);
}

void evaluate_free(struct evaluation *e)
{
    free(e->loss);
}

/* All windows of all skills in one row, so that micro-batches are full however
 * few windows a skill has.  It is read forward. */
struct row {
    const struct data_split *split;
    int64_t cap;
    int skill;
    int64_t start; /* of the skill in the row */
};

static int64_t windows_of(const struct row *row, int skill)
{
    int64_t n = row->split->windows[skill];

    return row->cap && row->cap < n ? row->cap : n;
}

/* Sequence i of the batch is number `place` of the row, or nothing past its
 * end. */
static void read_place(struct evaluation *e, long i, struct row *row,
                       int64_t place)
{
    enum loss_over over = (enum loss_over)e->settings->evaluate.loss;

    while (row->skill < row->split->skills.n &&
           place >= row->start + windows_of(row, row->skill)) {
        row->start += windows_of(row, row->skill);
        row->skill++;
    }
    if (row->skill < row->split->skills.n)
        batch_read(e->batch, i, row->split,
                   (struct draw){row->skill, place - row->start}, over);
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

/* Every rank comes as often to the poll, also where the last windows leave
 * some data ranks without any. */
static bool add_all(struct evaluation *e, struct row *row, int64_t total)
{
    struct batch *b = e->batch;
    int64_t stride = b->sequences * group_size(e->grid->data);
    int64_t own = b->sequences * group_rank(e->grid->data);

    for (int64_t first = 0; first < total; first += stride) {
        if (stop_poll(e->stop))
            return false;
        if (first + own >= total)
            continue;
        for (long i = 0; i < b->sequences; i++)
            read_place(e, i, row, first + own + i);
        batch_losses(b);
        add_batch(e);
    }
    return true;
}

bool evaluate_split(struct evaluation *e, const struct data_split *split)
{
    struct row row = {.split = split, .cap = e->settings->evaluate.windows};
    int k = split->skills.n;
    int64_t total = 0;

    e->split = split;
    e->accuracy = e->loss + k;
    memset(e->loss, 0, 2 * (size_t)k * sizeof *e->loss);
    for (int skill = 0; skill < k; skill++)
        total += windows_of(&row, skill);
    /* Some ranks may have more batches than others, or none. */
    exchange_settle(&e->batch->model->exchange);
    if (!add_all(e, &row, total))
        return false;
    group_sum(e->grid->data, e->loss, 2 * k);
    for (int skill = 0; skill < k; skill++) {
        e->loss[skill] /= (double)windows_of(&row, skill);
        e->accuracy[skill] /= (double)windows_of(&row, skill);
    }
    return true;
}
