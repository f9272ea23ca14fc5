#include "src/trainer/blame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/memory.h"
#include "kernels/device.h"
#include "kernels/ops.h"
#include "mpi/world.h"

static bool is_finite_mat(struct mat m)
{
    size_t n = (size_t)(m.rows * m.cols);
    real *host = memory_take(n, sizeof *host, "numbers to look at");
    bool is_finite = true;

    device_get(host, m.at, n * sizeof *host);
    for (size_t i = 0; i < n; i++)
        is_finite &= isfinite(real_value(host[i])) != 0;
    free(host);
    return is_finite;
}

/* What this rank has found, and when in a step it happened: forward layer by
 * layer, then backward. */
struct finding {
    struct problem what;
    uint64_t when;
};

static const struct finding nothing = {.when = UINT32_MAX};

/* The first layer whose output is not finite. */
static long find_layer(const struct model *m)
{
    long i = 0;

    while (i <= m->shape.layers && is_finite_mat(m->x[i]))
        i++;
    return i;
}

static void name_layer(const struct model *m, long i, char *name, size_t size)
{
    if (i == 0)
        snprintf(name, size, "the embedding");
    else if (i > m->shape.layers)
        snprintf(name, size, "the last norm and the logits");
    else
        snprintf(name, size, "blocks.%ld", i - 1);
}

static struct finding check_losses(const struct step *s)
{
    const struct batch *b = &s->batch;
    struct finding found = nothing;
    long sequence = 0, layer;
    char name[40];

    while (sequence < b->sequences && isfinite(batch_loss(b, sequence)))
        sequence++;
    if (sequence == b->sequences)
        return found;
    layer = find_layer(b->model);
    name_layer(b->model, layer, name, sizeof name);
    found.when = (uint64_t)layer;
    found.what =
        problem("rank %d on %s: the loss of skill %s is not finite "
                "from %s on",
                group_rank(s->grid->all), world_host(),
                b->data->train.skills.at[b->row[sequence].skill], name);
    return found;
}

static struct finding check_gradients(const struct step *s)
{
    const struct model *m = s->batch.model;
    const struct parameters *p = &m->parameters;
    struct finding found = nothing;

    for (int i = p->n - 1; i >= 0; i--) {
        const struct parameter *row = &p->list[i];
        long n = row->piece.n * row->cols;

        if (isfinite(op_sum_squares(p->gradient + row->at, n)))
            continue;
        found.when = (uint64_t)(m->shape.layers + 1 + p->n - i);
        found.what =
            problem("rank %d on %s: the gradient of %s is not finite",
                    group_rank(s->grid->all), world_host(), row->name);
        break;
    }
    return found;
}

/* The earliest, of the lowest rank that has it. */
static struct problem agree(struct group *g, struct finding *found)
{
    uint64_t mine = found->when << 32 | (uint64_t)group_rank(g), first = mine;

    group_min_counts(g, &first, 1);
    return group_agree(g, first == mine ? found->what : NO_PROBLEM);
}

struct problem blame_find(struct step *s, const struct sampler *sampler,
                          long in_round)
{
    struct step_share share = step_share(s, in_round);
    struct parameters *p = &s->batch.model->parameters;
    struct finding found = nothing;
    struct problem wrong;

    device_zero(p->gradient, (size_t)p->numbers * sizeof *p->gradient);
    for (long i = 0; i < share.samples; i += s->batch.sequences) {
        step_micro_batch(s, sampler, share.first + i);
        if (!is_problem(&found.what))
            found = check_losses(s);
    }
    if (!is_problem(&found.what))
        found = check_gradients(s);
    wrong = agree(s->grid->all, &found);
    return is_problem(&wrong)
               ? wrong
               : problem("it did not recur when each rank computed the "
                         "step again: a transient fault of a machine, or a "
                         "sum over ranks");
}
