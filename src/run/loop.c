#include "src/run/loop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/clock.h"
#include "kernels/base/exit.h"
#include "mpi/trace.h"
#include "mpi/world.h"
#include "src/run/run.h"
#include "src/run/watchdog.h"

enum outcome { GOES_ON, ASKED_TO_STOP, NOT_SAVED, NOT_FINITE, SKIPS };

static bool is_done(const struct run *run)
{
    return run->at.done >= run->settings->train.steps;
}

static bool is_now(const struct run *run, long every)
{
    return every && run->at.done % every == 0;
}

static enum outcome evaluate_one(struct run *run,
                                 const struct data_split *split)
{
    struct evaluation *e = &run->evaluation;
    bool is_finite = true;

    if (!evaluate_split(e, split))
        return ASKED_TO_STOP;
    report_evaluation(&run->report, run->at.done, e);
    for (int i = 0; i < split->skills.n; i++)
        is_finite &= isfinite(e->loss[i]) != 0;
    return group_any(run->grid.all, !is_finite) ? NOT_FINITE : GOES_ON;
}

/* Validation drives the mixture, so it is always evaluated; test data are for
 * the end alone. */
static enum outcome evaluate_all(struct run *run)
{
    const struct data *d = &run->data;
    enum outcome outcome = evaluate_one(run, &d->validation);

    if (outcome == GOES_ON)
        memcpy(run->losses, run->evaluation.loss,
               (size_t)d->validation.skills.n * sizeof *run->losses);
    if (outcome == GOES_ON && d->train.is_listed)
        outcome = evaluate_one(run, &d->train);
    if (outcome == GOES_ON && d->test.is_listed && is_done(run))
        outcome = evaluate_one(run, &d->test);
    return outcome;
}

/* Cut short, it leaves no trace: who goes on evaluates again. */
static enum outcome evaluate(struct run *run)
{
    int64_t mark = report_mark(&run->report);
    enum outcome outcome;

    trace_phase("evaluating", 1);
    outcome = evaluate_all(run);
    if (outcome == ASKED_TO_STOP)
        report_forget(&run->report, mark);
    if (outcome != GOES_ON)
        return outcome;
    if (group_rank(run->grid.all) == 0)
        policy_observe(&run->policy, run->at.done, run->losses);
    run->at.evaluated = run->at.done;
    return GOES_ON;
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

/* The next stretch of training: rank 0 asks the policy, and every rank gets
 * the same counts. */
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

static bool is_between_rounds(const struct run *run)
{
    return run->at.done == run->at.first + run->at.steps || is_done(run);
}

/* Around a round's start, and where evaluate.every says so. */
static bool is_evaluation_due(const struct run *run)
{
    return run->at.evaluated != run->at.done &&
           (is_between_rounds(run) || run->at.done == run->at.first ||
            is_now(run, run->settings->evaluate.every));
}

/* Where the window counts evaluations, a mixture does not see the one of its
 * own step. */
static enum outcome prepare_step(struct run *run)
{
    bool is_blind = run->settings->mixture.window_unit == WINDOW_EVALUATIONS;
    enum outcome outcome = GOES_ON;

    if (is_blind && is_between_rounds(run) && !is_done(run))
        next_round(run);
    if (is_evaluation_due(run))
        outcome = evaluate(run);
    if (outcome == GOES_ON && is_between_rounds(run) && !is_done(run))
        next_round(run);
    return outcome;
}

static void train_step(struct run *run, struct step_result *result)
{
    double start = clock_seconds();

    trace_phase("training", 1);
    run->step.is_saving = saves_is_busy(run);
    *result = step_run(&run->step, &run->sampler, run->at.done,
                       run->at.done - run->at.first);
    run->at.done++;
    trace_step(run->at.done);
    stop_note_step(&run->stop, clock_seconds() - start);
    report_step(&run->report, run->at.done, result, clock_seconds() - start);
    if (result->skip != SKIP_NONE)
        report_skip(&run->report, run->at.done, result, &run->skips);
    if (!result->is_saving)
        saves_end(run);
}

static bool save(struct run *run)
{
    return saves_begin(run) && saves_end(run);
}

/* What a run that goes on would else do again is saved. */
static enum outcome stop_here(struct run *run)
{
    saves_end(run);
    return run->saves.last == run->at.done || save(run) ? ASKED_TO_STOP
                                                        : NOT_SAVED;
}

/* A step, and what is due behind it. */
static enum outcome go_on(struct run *run)
{
    struct step_result result;

    train_step(run, &result);
    if (result.skips_too_many)
        return SKIPS;
    if (result.stop_asked) {
        stop_agree(&run->stop);
        return stop_here(run);
    }
    if (is_done(run))
        return save(run) ? GOES_ON : NOT_SAVED;
    if (saves_are_due(run)) {
        saves_begin(run);
        if (stop_poll(&run->stop)) /* before there is more to save */
            return stop_here(run);
    }
    return GOES_ON;
}

static enum outcome train(struct run *run)
{
    enum outcome outcome = stop_poll(&run->stop) ? ASKED_TO_STOP : GOES_ON;

    while (outcome == GOES_ON) {
        outcome = prepare_step(run);
        if (outcome == ASKED_TO_STOP)
            return stop_here(run);
        if (outcome == GOES_ON && is_done(run))
            return outcome;
        if (outcome == GOES_ON)
            outcome = go_on(run);
    }
    return outcome;
}

/* The sentence of the last line, and the exit status. */
static int end(struct run *run, enum outcome outcome)
{
    static const struct {
        const char *reason;
        int status;
    } ends[] = {
        [GOES_ON] = {"finished", 0},
        [ASKED_TO_STOP] = {"asked to stop by %s; start it again to go on",
                           EXIT_STOPPED},
        [NOT_SAVED] = {"the last checkpoint could not be saved", 1},
        [NOT_FINITE] =
            {"a loss of the evaluation is not finite; go on from an "
             "older checkpoint with a smaller train.learning_rate",
             1},
        [SKIPS] = {"more updates in a row were left out than "
                   "train.skip_limit; go on from an older checkpoint with a "
                   "smaller train.learning_rate",
                   1},
    };
    char reason[256];

    saves_end(run);
    snprintf(reason, sizeof reason, ends[outcome].reason, run->stop.reason);
    stop_end(run->settings, run->grid.all);
    report_stop(&run->report, run->at.done, reason, ends[outcome].status);
    return ends[outcome].status;
}

static int train_all(struct group *g, const struct settings *s)
{
    struct run run;
    int status;

    if (!run_open(&run, s, g))
        return 0;
    trace_step(run.at.done);
    status = end(&run, train(&run));
    run_close(&run);
    return status;
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
