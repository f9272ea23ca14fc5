#include "src/run/loop.h"

#include <stdio.h>

#include "kernels/base/clock.h"
#include "kernels/base/exit.h"
#include "mpi/trace.h"
#include "mpi/world.h"
#include "src/run/run.h"
#include "src/run/watchdog.h"

enum outcome {
    GOES_ON,
    FINISHED,
    ASKED_TO_STOP,
    NOT_SAVED,
    NOT_FINITE,
    SKIPS
};

/* Micro-batch by micro-batch, so that a request to stop is heard. */
static enum outcome evaluate_one(struct run *run,
                                 const struct data_split *split)
{
    struct evaluation *e = &run->trainer.evaluation;

    for (evaluation_begin(e, split); evaluation_is_left(e);) {
        if (stop_poll(&run->stop))
            return ASKED_TO_STOP;
        evaluation_next(e);
    }
    evaluation_end(e);
    trainer_keep(&run->trainer);
    report_evaluation(&run->report, e);
    return evaluation_is_finite(e) ? GOES_ON : NOT_FINITE;
}

/* Cut short, it leaves no trace: a run that resumes evaluates again. */
static enum outcome evaluate(struct run *run)
{
    const struct data_split *split[TRAINER_SPLITS];
    int splits = trainer_splits(&run->trainer, split);
    int64_t mark = report_mark(&run->report);
    enum outcome outcome = GOES_ON;

    trace_phase("evaluating", 1);
    for (int i = 0; i < splits && outcome == GOES_ON; i++)
        outcome = evaluate_one(run, split[i]);
    if (outcome == ASKED_TO_STOP)
        report_forget(&run->report, mark);
    if (outcome == GOES_ON)
        trainer_observe(&run->trainer);
    return outcome;
}

/* `was_beyond` is what the mixture said before its last deal. */
static void warn_of_cap(struct run *run, bool was_beyond)
{
    struct trainer *t = &run->trainer;
    double cap = run->settings->mixture.epoch_cap;
    char text[256];

    for (int i; (i = mixture_exhausted(&t->mixture)) >= 0;) {
        snprintf(text, sizeof text,
                 "skill %s reaches mixture.epoch_cap=%g: its share goes to "
                 "the skills below it",
                 t->data.train.skills.at[i], cap);
        report_warning(&run->report, text);
    }
    if (was_beyond || !t->mixture.is_beyond)
        return;
    snprintf(text, sizeof text,
             "all skills with a share have reached mixture.epoch_cap=%g "
             "and are seen more often than that; give more data or fewer "
             "steps",
             cap);
    report_warning(&run->report, text);
}

static void begin_round(struct run *run)
{
    bool was_beyond = run->trainer.mixture.is_beyond;

    trainer_round(&run->trainer);
    warn_of_cap(run, was_beyond);
    report_mixture(&run->report);
}

/* Reports how a save ended, if one did.  False if it failed. */
static bool conclude(struct run *run, enum saves_outcome outcome,
                     const struct problem *wrong)
{
    if (is_problem(wrong))
        report_warning(&run->report, wrong->text);
    if (outcome == SAVES_WHOLE) {
        stop_note_save(&run->stop, run->saves.saved.seconds);
        report_checkpoint(&run->report, &run->saves.saved);
    }
    return outcome != SAVES_FAILED;
}

static bool end_save(struct run *run)
{
    struct problem wrong;
    enum saves_outcome outcome = saves_end(&run->saves, &wrong);

    return conclude(run, outcome, &wrong);
}

static bool begin_save(struct run *run)
{
    double since;
    struct problem wrong;
    enum saves_outcome outcome;

    end_save(run);
    trace_phase("saving", TRACE_PATIENCE_WITH_FILES);
    since = clock_seconds();
    outcome =
        saves_begin(&run->saves, since, report_settle(&run->report), &wrong);
    return conclude(run, outcome, &wrong);
}

static bool save(struct run *run)
{
    return begin_save(run) && end_save(run);
}

static struct step_result train_step(struct run *run)
{
    double start = clock_seconds();
    struct trainer *t = &run->trainer;
    struct step_result result;

    trace_phase("training", 1);
    t->step.votes.is_saving = saves_is_busy(&run->saves);
    result = trainer_step(t);
    trace_step(t->at.done);
    stop_note_step(&run->stop, clock_seconds() - start);
    report_step(&run->report, &result, clock_seconds() - start);
    if (result.skip != SKIP_NONE)
        report_skip(&run->report, &result);
    if (!result.is_saving)
        end_save(run);
    return result;
}

/* What a run that resumes would else do again is saved. */
static enum outcome stop_here(struct run *run)
{
    end_save(run);
    return run->saves.last == run->trainer.at.done || save(run) ? ASKED_TO_STOP
                                                                : NOT_SAVED;
}

/* A step, and what is due after it. */
static enum outcome take_step(struct run *run)
{
    struct step_result result = train_step(run);

    if (result.skips_too_many)
        return SKIPS;
    if (result.stop_asked) {
        stop_agree(&run->stop);
        return stop_here(run);
    }
    if (trainer_is_done(&run->trainer))
        return save(run) ? GOES_ON : NOT_SAVED;
    if (saves_are_due(&run->saves)) {
        begin_save(run);
        if (stop_poll(&run->stop)) /* before there is more to save */
            return stop_here(run);
    }
    return GOES_ON;
}

static enum outcome go_on(struct run *run)
{
    enum outcome outcome;

    switch (trainer_next(&run->trainer)) {
    case TRAINER_ROUND:
        begin_round(run);
        return GOES_ON;
    case TRAINER_EVALUATION:
        outcome = evaluate(run);
        return outcome == ASKED_TO_STOP ? stop_here(run) : outcome;
    case TRAINER_STEP:
        return take_step(run);
    case TRAINER_DONE:
        break;
    }
    return FINISHED;
}

static enum outcome train(struct run *run)
{
    enum outcome outcome = stop_poll(&run->stop) ? ASKED_TO_STOP : GOES_ON;

    while (outcome == GOES_ON)
        outcome = go_on(run);
    return outcome;
}

/* The sentence of the last line, and the exit status. */
static int end(struct run *run, enum outcome outcome)
{
    static const struct {
        const char *reason;
        int status;
    } ends[] = {
        [FINISHED] = {"finished", EXIT_DONE},
        [ASKED_TO_STOP] = {"asked to stop by %s; start it again to resume",
                           EXIT_STOPPED},
        [NOT_SAVED] = {"the last checkpoint could not be saved", EXIT_FAILED},
        [NOT_FINITE] =
            {"a loss of the evaluation is not finite; resume from an older "
             "checkpoint with a smaller train.learning_rate",
             EXIT_FAILED},
        [SKIPS] = {"more updates in a row were left out than "
                   "train.skip_limit; resume from an older checkpoint with "
                   "a smaller train.learning_rate",
                   EXIT_FAILED},
    };
    char reason[256];

    end_save(run);
    snprintf(reason, sizeof reason, ends[outcome].reason, run->stop.reason);
    stop_end(run->settings, run->trainer.grid.all);
    report_stop(&run->report, reason, ends[outcome].status);
    return ends[outcome].status;
}

static struct problem train_all(struct group *g, const struct settings *s,
                                int *status)
{
    struct run run;
    bool is_finished = false;
    struct problem wrong = run_open(&run, s, g, &is_finished);

    *status = EXIT_DONE;
    if (is_problem(&wrong) || is_finished)
        return wrong;
    trace_step(run.trainer.at.done);
    *status = end(&run, train(&run));
    run_close(&run);
    return NO_PROBLEM;
}

struct problem loop_train(struct group *g, const struct settings *s,
                          int *status)
{
    struct problem wrong;

    trace_phase("starting", TRACE_PATIENCE_WITH_FILES);
    watchdog_start((double)s->train.watchdog, group_rank(g), world_host());
    wrong = train_all(g, s, status);
    watchdog_stop();
    return wrong;
}
