#include "src/train/loop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi/trace.h"
#include "mpi/world.h"
#include "src/clock.h"
#include "src/train/run.h"
#include "src/watchdog.h"

enum outcome { GOES_ON, ASKED_TO_STOP, NOT_SAVED, NOT_FINITE };

/* True if all losses are finite here. */
static bool evaluate_one(struct run *run, const struct data_split *split)
{
    struct evaluation *e = &run->evaluation;
    bool is_finite = true;

    evaluate_split(e, split);
    report_evaluation(&run->report, run->at.done, e);
    for (int i = 0; i < split->skills.n; i++)
        is_finite &= isfinite(e->loss[i]) != 0;
    return is_finite;
}

/* Validation drives the mixture, so it is always evaluated; test data are for
 * the end alone. */
static enum outcome evaluate(struct run *run)
{
    const struct data *d = &run->data;
    bool is_finite;

    trace_phase("evaluating", 1);
    is_finite = evaluate_one(run, &d->validation);
    if (group_rank(run->grid.all) == 0 && is_finite)
        policy_observe(&run->policy, run->at.done, run->evaluation.loss);
    if (d->train.is_listed)
        is_finite &= evaluate_one(run, &d->train);
    if (d->test.is_listed && run->at.done >= run->settings->train.steps)
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
 * same counts. */
static void next_round(struct run *run)
{
    struct group *all = run->grid.all;
    size_t skills = (size_t)run->data.train.skills.n;
    struct stretch stretch = {0};

    if (group_rank(all) == 0) {
        stretch = policy_next(&run->policy);
        memcpy(run->p, stretch.p, skills * sizeof *run->p);
        deal(run, stretch.steps);
    }
    group_broadcast(all, &stretch.steps, sizeof stretch.steps);
    group_broadcast(all, run->counts, skills * sizeof *run->counts);
    run->at.first = run->at.done;
    run->at.steps = stretch.steps;
    report_mixture(&run->report, run->at.rounds++, run->at.done, run->p,
                   run->counts);
    sampler_advance(&run->sampler, run->counts);
}

static bool is_done(const struct run *run)
{
    return run->at.done >= run->settings->train.steps;
}

/* Behind the last step of a round there is the next one's evaluation. */
static bool is_between_rounds(const struct run *run)
{
    return run->at.done == run->at.first + run->at.steps || is_done(run);
}

/* Where the window counts evaluations, a mixture does not see the one of its
 * own step. */
static enum outcome start_round(struct run *run)
{
    bool is_blind = run->settings->mixture.window_unit == WINDOW_EVALUATIONS;
    enum outcome outcome;

    if (is_blind && !is_done(run))
        next_round(run);
    outcome = evaluate(run);
    if (!is_blind && outcome == GOES_ON && !is_done(run))
        next_round(run);
    return outcome;
}

static bool is_now(const struct run *run, long every)
{
    return every && run->at.done % every == 0;
}

static enum outcome train_step(struct run *run)
{
    const struct settings *s = run->settings;
    double start = clock_seconds();
    struct step_result result;
    enum outcome outcome = GOES_ON;
    bool is_last, saved = true;

    trace_phase("training", 1);
    run->step.is_saving = saves_is_busy(run);
    result = step_run(&run->step, &run->sampler, run->at.done,
                      run->at.done - run->at.first);
    run->at.done++;
    trace_step(run->at.done);
    report_step(&run->report, run->at.done, &result, clock_seconds() - start);
    if (!result.is_saving)
        saves_end(run);
    if (!result.is_finite)
        return NOT_FINITE;
    if (is_now(run, s->evaluate.every) && !is_between_rounds(run))
        outcome = evaluate(run);
    if (outcome != GOES_ON)
        return outcome;
    is_last = is_done(run) || result.stop_asked;
    if (is_last || is_now(run, s->checkpoint.every))
        saved = saves_begin(run);
    if (is_last)
        saved &= saves_end(run);
    if (result.stop_asked && !is_done(run))
        return saved ? ASKED_TO_STOP : NOT_SAVED;
    return saved || !is_done(run) ? GOES_ON : NOT_SAVED;
}

static enum outcome train(struct run *run)
{
    for (;;) {
        enum outcome outcome = GOES_ON;

        if (is_between_rounds(run))
            outcome = start_round(run);
        if (outcome == GOES_ON && !is_done(run))
            outcome = train_step(run);
        else
            return outcome;
        if (outcome != GOES_ON)
            return outcome;
    }
}

static int train_all(struct group *g, const struct settings *s)
{
    static const struct {
        const char *reason;
        int status;
    } ends[] = {
        [GOES_ON] = {"finished", 0},
        [ASKED_TO_STOP] = {"asked to stop; start it again to go on", 75},
        [NOT_SAVED] = {"the last checkpoint could not be saved", 1},
        [NOT_FINITE] = {"the loss or its gradient is not finite; try a smaller "
                        "train.learning_rate",
                        1},
    };
    struct run run;
    enum outcome outcome;

    if (!run_open(&run, s, g))
        return 0;
    trace_step(run.at.done);
    outcome = train(&run);
    saves_end(&run);
    report_stop(&run.report, run.at.done, ends[outcome].reason,
                ends[outcome].status);
    run_close(&run);
    return ends[outcome].status;
}

int loop_train(struct group *g, const struct settings *s)
{
    int status;

    trace_phase("starting", TRACE_PATIENCE_WITH_FILES);
    watchdog_start((double)s->train.watchdog, group_rank(g), world_host());
    status = train_all(g, s);
    watchdog_stop();
    return status;
}
