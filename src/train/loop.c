#include "src/train/loop.h"

#include <math.h>
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
    struct report report;
    double *p;       /* [training skills] */
    int64_t *counts; /* [training skills] */
    double *loss;    /* [evaluation skills] the last evaluation */
    bool without_graph;
    long done;      /* steps */
    long evaluated; /* the step of the last evaluation, or -1 */
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
                            &d->validation.skills, &run->without_graph);
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
    run->loss = take((size_t)data->validation.skills.n, sizeof *run->loss);
    mixture_init(&run->mixture, data->train.skills.n);
    sampler_init(&run->sampler, &data->train.skills, data->train.windows,
                 (uint64_t)s->train.seed);
    model_init(&run->model, &shape, run->grid.tensor, s->train.seed);
    step_init(&run->step, s, &run->grid, data, &run->model);
    run->evaluated = -1;
    report_open(&run->report, s, g, data);
    report_start(&run->report, &run->grid, &run->model);
    if (run->without_graph)
        report_warning(&run->report, "no mixture.graph: every skill is taken "
                                     "to teach itself alone");
}

static void finish(struct run *run)
{
    report_close(&run->report);
    step_free(&run->step);
    model_free(&run->model);
    sampler_free(&run->sampler);
    mixture_free(&run->mixture);
    free(run->p);
    free(run->counts);
    free(run->loss);
    policy_free(&run->policy);
    data_close(&run->data);
    grid_free(&run->grid);
}

enum outcome { GOES_ON, ASKED_TO_STOP, NOT_FINITE };

static enum outcome evaluate(struct run *run)
{
    bool is_finite = true;

    if (run->evaluated == run->done)
        return GOES_ON;
    evaluate_skills(&run->step.batch, &run->grid,
                    run->settings->evaluate.windows, run->loss);
    run->evaluated = run->done;
    report_evaluation(&run->report, run->done, run->loss);
    for (int i = 0; i < run->data.validation.skills.n; i++)
        is_finite &= isfinite(run->loss[i]) != 0;
    return group_any(run->grid.all, !is_finite) ? NOT_FINITE : GOES_ON;
}

/* The next stretch of training: rank 0 asks the policy, and every rank gets the
 * same counts.  Returns its steps, 0 after the last. */
static long next_round(struct run *run)
{
    struct group *all = run->grid.all;
    size_t skills = (size_t)run->data.train.skills.n;
    struct stretch stretch = {0};

    if (group_rank(all) == 0) {
        if (run->done > 0)
            policy_observe(&run->policy, run->loss);
        stretch = policy_next(&run->policy);
        memcpy(run->p, stretch.p, skills * sizeof *run->p);
        if (stretch.steps)
            mixture_deal(&run->mixture, run->p,
                         stretch.steps * run->settings->train.global_batch,
                         run->counts);
    }
    group_broadcast(all, &stretch.steps, sizeof stretch.steps);
    group_broadcast(all, run->counts, skills * sizeof *run->counts);
    return stretch.steps;
}

static enum outcome train_step(struct run *run, long in_round)
{
    long every = run->settings->evaluate.every;
    double start = clock_seconds();
    struct step_result result =
        step_run(&run->step, &run->sampler, run->done, in_round);

    run->done++;
    report_step(&run->report, run->done, &result, clock_seconds() - start);
    if (!result.is_finite)
        return NOT_FINITE;
    if (result.stop_asked && run->done < run->settings->train.steps)
        return ASKED_TO_STOP;
    return every && run->done % every == 0 ? evaluate(run) : GOES_ON;
}

static enum outcome train_rounds(struct run *run)
{
    for (long round = 0;; round++) {
        enum outcome outcome = evaluate(run);
        long steps = outcome == GOES_ON ? next_round(run) : 0;

        if (steps == 0)
            return outcome;
        report_mixture(&run->report, round, run->done, run->p, run->counts);
        sampler_advance(&run->sampler, run->counts);
        for (long i = 0; i < steps && outcome == GOES_ON; i++)
            outcome = train_step(run, i);
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
