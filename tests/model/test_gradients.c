/* Every parameter's gradient is the derivative of the loss, cut over all
 * ranks.
 * ranks: 1 2 4   (double alone: differences need the digits) */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

/* Odd vocabulary (padded on 2 and 4 ranks, and with 9 ids rank 3 of 4 has none
 * but padding), several sequences, a length that is no power of two. */
static const char *const base[] = {"model.layers=2",
                                   "model.hidden=8",
                                   "model.heads=4",
                                   "model.intermediate=12",
                                   "model.vocabulary=9",
                                   "model.context=5",
                                   "model.rotary_fraction=1",
                                   "train.sequence_length=5",
                                   "train.global_batch=3",
                                   "train.steps=1",
                                   "train.seed=5",
                                   NULL};

struct example {
    int32_t token[15], target[15];
};

/* One target is left out of the loss, as padding is. */
static struct example make_example(void)
{
    struct example b;

    for (int i = 0; i < 15; i++) {
        b.token[i] = (i * 7 + 3) % 9;
        b.target[i] = (i * 5 + 1) % 9;
    }
    b.target[4] = -1;
    return b;
}

/* Of what is minimised.  Only model_gradients tells log Z; it adds nothing
 * with a scale of 0. */
static double total_loss(struct model *m, const struct example *b)
{
    struct model_batch batch = {b->token, b->target, NULL};
    wide losses[15], logs[15] = {0};
    double sum = 0, z = m->shape.z_loss;

    if (z > 0)
        model_gradients(
            m, &batch, 0,
            &(struct model_result){.losses = losses, .logs = logs});
    else
        model_losses(m, &batch, &(struct model_result){.losses = losses});
    for (int i = 0; i < 15; i++)
        sum += (double)losses[i] + z * (double)logs[i] * (double)logs[i];
    return sum;
}

/* Adds h to element j of the whole parameter, on every rank that has it. */
static void nudge(struct model *m, const struct parameter *row, long j,
                  double h)
{
    long local = j - row->piece.first * row->cols;
    real value;

    if (local < 0 || local >= row->piece.n * row->cols)
        return;
    device_get(&value, m->parameters.weight + row->at + local, sizeof value);
    value += (real)h;
    device_put(m->parameters.weight + row->at + local, &value, sizeof value);
}

/* The gradient of element j, from the one tensor rank that has it (or its
 * share, where all have it). */
static double gradient(struct model *m, const struct parameter *row, long j)
{
    long local = j - row->piece.first * row->cols;
    double value = 0;
    wide found;

    if (local >= 0 && local < row->piece.n * row->cols) {
        device_get(&found, m->parameters.gradient + row->at + local,
                   sizeof found);
        value = (double)found;
        if (!row->is_cut)
            value /= group_size(m->tensor);
    }
    group_sum(m->tensor, &value, 1);
    return value;
}

/* Weights away from their start: at 0 and 1 some mistakes cannot be seen. */
static void disturb(struct model *m)
{
    for (int i = 0; i < m->parameters.n; i++) {
        const struct parameter *row = &m->parameters.list[i];

        for (long j = 0; j < row->rows * row->cols; j++)
            nudge(m, row, j,
                  0.3 * sin(1.7 * (double)(i + 1) + 0.9 * (double)j));
    }
}

/* The slope of the loss along element j, by a central difference of fourth
 * order: what is cut off, h^4, and what is rounded, eps / h, are near
 * 1e-10. */
static double slope(struct model *m, const struct parameter *row, long j,
                    const struct example *b)
{
    const double h = 2e-4;
    static const int steps[] = {-2, -1, 1, 2}, weights[] = {1, -8, 8, -1};
    double sum = 0;

    for (int i = 0; i < 4; i++) {
        nudge(m, row, j, steps[i] * h);
        sum += weights[i] * total_loss(m, b);
        nudge(m, row, j, -steps[i] * h);
    }
    return sum / (12 * h);
}

/* Largest difference over all elements of a parameter, against the largest
 * slope in it. */
static double worst_of(struct model *m, const struct parameter *row,
                       const struct example *b)
{
    double worst = 0, scale = 1e-3;

    for (long j = 0; j < row->rows * row->cols; j++) {
        double found = slope(m, row, j, b);

        worst = worse(worst, fabs(found - gradient(m, row, j)));
        scale = fmax(scale, fabs(found));
    }
    return worst / scale;
}

static void check_model(const char *const *extra, const char *name)
{
    struct trainer run;
    struct example batch = make_example();
    struct model *m = &run.model;
    struct parameters *p = &m->parameters;
    int tensor = group_size(group_world());
    wide losses[15];
    double worst = 0;
    const char *where = "";
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, extra);
    trainers_open(&run, settings, group_world(), tensor);
    disturb(m);
    /* Twice a half: the gradients of micro-batches add up. */
    for (int half = 0; half < 2; half++)
        model_gradients(m,
                        &(struct model_batch){batch.token, batch.target, NULL},
                        0.5, &(struct model_result){.losses = losses});
    coll_sum_wide(m->tensor, p->gradient, p->partial);
    for (int i = 0; i < p->n; i++) {
        double found = worse(worst, worst_of(m, &p->list[i], &batch));

        if (found != worst)
            worst = found, where = p->list[i].name;
    }
    ok(worst < 1e-8, "%s, %d tensor ranks: %d parameters, worst %.1e in %s",
       name, tensor, p->n, worst, where);
    trainers_close(&run);
}

int main(int argc, char **argv)
{
    static const char *const parallel[] = {NULL};
    static const char *const sequential[] = {"model.parallel_residual=no",
                                             "model.activation=gelu-tanh",
                                             "model.hidden=16",
                                             "model.rotary_fraction=0.5",
                                             "model.layers=1",
                                             NULL};
    static const char *const tied[] = {"model.tied=yes", "model.layers=1",
                                       NULL};

    static const char *const z_loss[] = {"train.z_loss=0.2", "model.layers=1",
                                         NULL};

    world_start(&argc, &argv);
    check_model(parallel, "parallel residual");
    check_model(sequential, "sequential residual, tanh");
    check_model(tied, "tied");
    check_model(z_loss, "z-loss");
    tap_done();
    world_stop();
    return 0;
}
