#include "src/train/loop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "src/clock.h"
#include "src/skills/mixture.h"
#include "src/skills/policy.h"
#include "src/train/evaluate.h"
#include "src/train/report.h"

struct run {
    const struct settings *settings;
    struct grid grid;
    struct data data;
    struct policy policy;   /* rank 0 alone */
    struct mixture mixture; /* rank 0 alone */
    struct sampler sampler;
    struct model model;
    struct step step;
    struct evaluation evaluation;
    struct report report;
    double *p;       /* [training skills] */
    int64_t *counts; /* [training skills] */
    long done;       /* steps */
};

/* How the ranks are to share the work, before any of it is done. */
static void check_grid(const struct settings *s, struct group *g)
{
    long ranks = group_size(g), tensor = s->parallel.tensor;
    long data = ranks / tensor, share;

    if (ranks % tensor)
        refuse(g,
               "parallel.tensor=%ld does not divide the %ld ranks of the "
               "run; start it on a multiple of it",
               tensor, ranks);
    if (s->train.global_batch % data)
        refuse(g,
               "train.global_batch=%ld can't be shared evenly by %ld data "
               "ranks; give a multiple",
               s->train.global_batch, data);
    share = s->train.global_batch / data;
    if (s->train.micro_batch && share % s->train.micro_batch)
        refuse(g,
               "train.micro_batch=%ld does not divide the %ld sequences of "
               "a data rank (train.global_batch=%ld on %ld data ranks)",
               s->train.micro_batch, share, s->train.global_batch, data);
    if (s->train.sequence_length > s->model.context)
        refuse(g, "train.sequence_length=%ld is beyond model.context=%ld",
               s->train.sequence_length, s->model.context);
}

static struct shape find_shape(const struct run *run)
{
    const struct settings *s = run->settings;
    struct group *tensor = run->grid.tensor;
    long share = s->train.global_batch / group_size(run->grid.data);
    struct shape shape;

    refuse_if(run->grid.all, shape_init(&shape, s, run->data.vocabulary));
    refuse_if(run->grid.all,
              shape_share(&shape, group_size(tensor), group_rank(tensor)));
    shape_batch(&shape, s->train.micro_batch ? s->train.micro_batch : share,
                s->train.sequence_length);
    return shape;
}

static void start_policy(struct run *run)
{
    struct problem wrong = NO_PROBLEM;
    const struct data *d = &run->data;

    if (group_rank(run->grid.all) == 0)
        wrong = policy_init(&run->policy, run->settings, &d->train.skills,
                            &d->validation.skills, d->train.windows);
    refuse_if(run->grid.all, wrong);
}

static void *take(size_t n, size_t bytes)
{
    void *at = calloc(n, bytes);

    CHECK(at, "no memory for %zu skills", n);
    return at;
}

/* What the user can get wrong comes first, then memory, then files: a start
 * that fails leaves nothing behind. */
static void start(struct run *run, struct group *g)
{
    const struct settings *s = run->settings;
    struct data *data = &run->data;
    struct shape shape;

    check_grid(s, g);
    report_check(s, g);
    grid_init(&run->grid, g, (int)s->parallel.tensor);
    data_open(data, s, g);
    start_policy(run);
    shape = find_shape(run);
    run->p = take((size_t)data->train.skills.n, sizeof *run->p);
    run->counts = take((size_t)data->train.skills.n, sizeof *run->counts);
    mixture_init(&run->mixture, s, data->train.skills.n, data->train.windows);
    sampler_init(&run->sampler, &data->train.skills, data->train.windows,
                 (uint64_t)s->train.seed);
    model_init(&run->model, &shape, run->grid.tensor, s->train.seed);
    step_init(&run->step, s, &run->grid, data, &run->model);
    evaluate_init(&run->evaluation, s, &run->grid, &run->step.batch);
    report_open(&run->report, s, g, data);
    report_start(&run->report, &run->grid, &run->model);
    for (int i = 0; policy_warning(&run->policy, i); i++)
        report_warning(&run->report, policy_warning(&run->policy, i));
}

static void finish(struct run *run)
{
    report_close(&run->report);
    evaluate_free(&run->evaluation);
    step_free(&run->step);
    model_free(&run->model);
    sampler_free(&run->sampler);
    mixture_free(&run->mixture);
    free(run->p);
    free(run->counts);
    policy_free(&run->policy);
    data_close(&run->data);
    grid_free(&run->grid);
}

enum outcome { GOES_ON, ASKED_TO_STOP, NOT_FINITE };

/* True if all losses are finite here. */
static bool evaluate_one(struct run *run, const struct data_split *split)
{
    struct evaluation *e = &run->evaluation;
    bool is_finite = true;

    evaluate_split(e, split);
    report_evaluation(&run->report, run->done, e);
    for (int i = 0; i < split->skills.n; i++)
        is_finite &= isfinite(e->loss[i]) != 0;
    return is_finite;
}

/* Validation drives the mixture, so it is always evaluated; test data are for
 * the end alone. */
static enum outcome evaluate(struct run *run)
{
    const struct data *d = &run->data;
    bool is_finite = evaluate_one(run, &d->validation);

    if (group_rank(run->grid.all) == 0 && is_finite)
        policy_observe(&run->policy, run->done, run->evaluation.loss);
    if (d->train.is_listed)
        is_finite &= evaluate_one(run, &d->train);
    if (d->test.is_listed && run->done == run->settings->train.steps)
        is_finite &= evaluate_one(run, &d->test);
    return group_any(run->grid.all, !is_finite) ? NOT_FINITE : GOES_ON;
}

/* `was_beyond` is what the mixture said before its last deal. */
static void warn_of_cap(struct run *run, bool was_beyond)
{
    double cap = run->settings->mixture.epoch_cap;
    char text[256];

    for (int i; (i = mixture_exhausted(&run->mixture)) >= 0;) {
        snprintf(text, sizeof text,
                 "skill %s reaches mixture.epoch_cap=%g: its share goes to "
                 "those below it",
                 run->data.train.skills.at[i], cap);
        report_warning(&run->report, text);
    }
    if (was_beyond || !run->mixture.is_beyond)
        return;
    snprintf(text, sizeof text,
             "no skill with a share is below mixture.epoch_cap=%g: they are "
             "seen more often than that; give more data or fewer steps",
             cap);
    report_warning(&run->report, text);
}

static void deal(struct run *run, long steps)
{
    bool was_beyond = run->mixture.is_beyond;

    mixture_deal(&run->mixture, run->p,
                 steps * run->settings->train.global_batch, run->counts);
    warn_of_cap(run, was_beyond);
}

/* The next stretch of training: rank 0 asks the policy, and every rank gets the
 * same counts.  Returns its steps, 0 after the last. */
static long next_round(struct run *run)
{
    struct group *all = run->grid.all;
    size_t skills = (size_t)run->data.train.skills.n;
    struct stretch stretch = {0};

    if (group_rank(all) == 0) {
        stretch = policy_next(&run->policy);
        memcpy(run->p, stretch.p, skills * sizeof *run->p);
        if (stretch.steps)
            deal(run, stretch.steps);
    }
    group_broadcast(all, &stretch.steps, sizeof stretch.steps);
    group_broadcast(all, run->counts, skills * sizeof *run->counts);
    return stretch.steps;
}

/* Where the window counts evaluations, a mixture does not see the one of its
 * own step. */
static enum outcome start_round(struct run *run, long *steps)
{
    bool is_blind = run->settings->mixture.window_unit == WINDOW_EVALUATIONS;
    enum outcome outcome;

    *steps = is_blind ? next_round(run) : 0;
    outcome = evaluate(run);
    if (!is_blind && outcome == GOES_ON)
        *steps = next_round(run);
    return outcome;
}

/* Step i of a round.  The evaluation behind its last one is the next round's.
 */
static enum outcome train_step(struct run *run, long i, long steps)
{
    long every = run->settings->evaluate.every;
    double start = clock_seconds();
    struct step_result result =
        step_run(&run->step, &run->sampler, run->done, i);

    run->done++;
    report_step(&run->report, run->done, &result, clock_seconds() - start);
    if (!result.is_finite)
        return NOT_FINITE;
    if (result.stop_asked && run->done < run->settings->train.steps)
        return ASKED_TO_STOP;
    return every && run->done % every == 0 && i + 1 < steps ? evaluate(run)
                                                            : GOES_ON;
}

static enum outcome train_rounds(struct run *run)
{
    for (long round = 0;; round++) {
        long steps;
        enum outcome outcome = start_round(run, &steps);

        if (outcome != GOES_ON || steps == 0)
            return outcome;
        report_mixture(&run->report, round, run->done, run->p, run->counts);
        sampler_advance(&run->sampler, run->counts);
        for (long i = 0; i < steps && outcome == GOES_ON; i++)
            outcome = train_step(run, i, steps);
        if (outcome != GOES_ON)
            return outcome;
    }
}

int loop_train(struct group *g, const struct settings *s)
{
    static const struct {
        const char *reason;
        int status;
    } ends[] = {
        [GOES_ON] = {"finished", 0},
        [ASKED_TO_STOP] = {"asked to stop; this version saves no checkpoint",
                           1},
        [NOT_FINITE] = {"the loss or its gradient is not finite; try a smaller "
                        "train.learning_rate",
                        1},
    };
    struct run run = {.settings = s};
    enum outcome outcome;

    start(&run, g);
    outcome = train_rounds(&run);
    report_stop(&run.report, run.done, ends[outcome].reason,
                ends[outcome].status);
    finish(&run);
    return ends[outcome].status;
}
