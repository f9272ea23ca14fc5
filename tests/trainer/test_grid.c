/* Training does not depend on the process grid or the micro-batch, and copies
 * of a weight have the same bits everywhere.    ranks: 1 2 3 4 6 8 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/sum.h"
#include "kernels/device.h"
#include "tests/lib/sample_files.h"
#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

enum { STEPS = 20 };

/* Promise 1: 20 steps at a moderate rate. */
static const double tolerance = sizeof(real) == 8 ? 1e-10 : 5e-6;

/* 24 heads and hidden units go into 1, 2, 3, 4, 6 and 8; 61 ids do not. */
static const char *const base[] = {"model.layers=2",
                                   "model.hidden=48",
                                   "model.heads=24",
                                   "model.intermediate=72",
                                   "model.vocabulary=61",
                                   "model.context=8",
                                   "model.rotary_fraction=1",
                                   "train.sequence_length=8",
                                   "train.global_batch=24",
                                   "train.steps=20",
                                   "train.learning_rate=1e-3",
                                   "train.warmup_steps=5",
                                   "train.schedule=cosine",
                                   "skills.train=a,b,c",
                                   "train.seed=11",
                                   NULL};

/* A hash of the bits of all weights that `others` should have too. */
static bool same_bits(const struct trainer *run, struct group *others,
                      bool whole_only)
{
    const struct parameters *p = &run->model.parameters;
    uint64_t low = 0, high;

    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];
        size_t bytes = (size_t)(row->piece.n * row->cols) * sizeof(real);
        real *copy;

        if (whole_only && row->is_cut)
            continue;
        copy = malloc(bytes + 1);
        device_get(copy, p->weight + row->at, bytes);
        low += sum_bytes(copy, bytes, (uint64_t)i << 32);
        free(copy);
    }
    high = ~low;
    group_min_counts(others, &low, 1);
    group_min_counts(others, &high, 1);
    return low == ~high;
}

/* micro_batch 0: all of a rank's share at once. */
static void train(struct group *all, int tensor, const char *const *extra,
                  long micro_batch, double *loss, bool *same)
{
    struct trainer run;
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, extra);
    settings->train.micro_batch = micro_batch;
    trainers_open(&run, settings, all, tensor);
    for (long i = 0; i < STEPS; i++)
        loss[i] = step_run(&run.step, &run.sampler, i, i).loss;
    exchange_settle(&run.model.exchange);
    *same = same_bits(&run, run.grid.data, false) &&
            same_bits(&run, run.grid.tensor, true);
    trainers_close(&run);
}

static double worst(const double *a, const double *b)
{
    double e = 0;

    for (int i = 0; i < STEPS; i++)
        e = worse(e, fabs(a[i] - b[i]) / fabs(b[i]));
    return e;
}

static void check(const char *const *extra, const char *name)
{
    struct group *world = group_world();
    struct group *alone = group_split(world, group_rank(world));
    double one[STEPS], many[STEPS], micro[STEPS];
    bool same;

    train(alone, 1, extra, 0, one, &same);
    ok(one[STEPS - 1] < one[0] - 0.05, "%s: loss falls from %.4f to %.4f",
       name, one[0], one[STEPS - 1]);
    for (int tensor = 1; tensor <= group_size(world); tensor++) {
        if (group_size(world) % tensor)
            continue;
        train(world, tensor, extra, 0, many, &same);
        ok(worst(many, one) < tolerance, "%s, %d x %d: worst difference %.1e",
           name, tensor, group_size(world) / tensor, worst(many, one));
        ok(same, "%s, %d x %d: copies have the same bits", name, tensor,
           group_size(world) / tensor);
        train(world, tensor, extra, 1, micro, &same);
        ok(worst(micro, one) < tolerance,
           "%s, %d x %d, micro-batches: worst difference %.1e", name, tensor,
           group_size(world) / tensor, worst(micro, one));
    }
    group_free(alone);
}

/* The answers of samples of many lengths. */
static void check_samples(void)
{
    char data[600];
    const char *const answers[] = {data,
                                   "model.vocabulary=0",
                                   "model.context=9",
                                   "train.sequence_length=9",
                                   "skills.train=a,b",
                                   "train.loss=answer",
                                   NULL};

    sample_files_begin();
    snprintf(data, sizeof data, "data.directory=%s", directory);
    check(answers, "answers");
    sample_files_end();
}

int main(int argc, char **argv)
{
    static const char *const parallel[] = {NULL};
    static const char *const sequential[] = {
        "model.parallel_residual=no", "model.tied=yes",
        "model.activation=gelu-tanh", NULL};

    world_start(&argc, &argv);
    check(parallel, "parallel");
    check(sequential, "sequential, tied");
    if (group_size(group_world()) <= 4)
        check_samples();
    tap_done();
    world_stop();
    return 0;
}
