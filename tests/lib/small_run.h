#ifndef TESTS_LIB_SMALL_RUN_H
#define TESTS_LIB_SMALL_RUN_H

#include <stdarg.h>
#include <stdlib.h>

#include "kernels/base/check.h"
#include "mpi/grid.h"
#include "src/settings.h"
#include "src/trainer/data.h"
#include "src/trainer/step.h"

/* A run as train makes it, driven by a test step by step. */
struct small_run {
    struct settings settings;
    struct grid grid;
    struct data data;
    struct sampler sampler;
    struct model model;
    struct skips skips;
    struct step step;
};

/* Settings from a list of "section.key=value" that ends with NULL. */
static inline void small_settings_add(struct settings *s,
                                      const char *const *list)
{
    for (; *list; list++) {
        struct problem wrong = settings_read_argument(s, *list);

        CHECK(!is_problem(&wrong), "%s", wrong.text);
    }
}

static inline void small_settings(struct settings *s, const char *const *list)
{
    settings_init(s);
    small_settings_add(s, list);
}

/* On a grid of `tensor` ranks by what is left of `all`, with equal counts of
 * every skill for all steps. */
static inline void small_run_open(struct small_run *run, struct group *all,
                                  int tensor)
{
    const struct settings *s = &run->settings;
    struct shape shape;
    struct problem wrong;
    int64_t counts[16];
    long share, samples = s->train.steps * s->train.global_batch;

    grid_init(&run->grid, all, tensor);
    data_open(&run->data, s, all);
    wrong = shape_init(&shape, s, run->data.vocabulary);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    wrong = shape_share(&shape, tensor, group_rank(run->grid.tensor));
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    share = s->train.global_batch / group_size(run->grid.data);
    shape_divide(&shape, group_size(run->grid.data),
                 group_rank(run->grid.data), s->parallel.zero);
    shape_batch(&shape, s->train.micro_batch ? s->train.micro_batch : share,
                s->train.sequence_length);
    model_init(&run->model, &shape, &run->grid);
    model_randomise(&run->model, s->train.seed);
    for (int i = 0; i < run->data.train.skills.n; i++)
        counts[i] = samples / run->data.train.skills.n;
    sampler_init(&run->sampler, &run->data.train.skills,
                 run->data.train.windows, (uint64_t)s->train.seed);
    sampler_advance(&run->sampler, counts);
    step_init(&run->step, s, &run->grid, &run->data, &run->model);
    skips_init(&run->skips, s, run->data.train.skills.n);
    run->step.skips = &run->skips;
}

static inline void small_run_close(struct small_run *run)
{
    step_free(&run->step);
    skips_free(&run->skips);
    model_free(&run->model);
    sampler_free(&run->sampler);
    data_close(&run->data);
    grid_free(&run->grid);
}

#endif
