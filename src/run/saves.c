#include "src/run/saves.h"

#include "io/checkpoint/checkpoint_files.h"
#include "kernels/base/clock.h"
#include "mpi/trace.h"
#include "src/run/snapshot.h"

enum { MOST_WAIT = 1024 }; /* steps between two tries */

void saves_init(struct saves *s, struct trainer *t)
{
    struct save save = {&t->model.parameters, &t->grid, NULL};

    *s = (struct saves){.trainer = t, .last = t->at.done, .retry = -1};
    if (t->settings->checkpoint.asynchronous)
        save_background_init(&s->background, &save);
}

void saves_free(struct saves *s)
{
    save_background_free(&s->background);
}

static void fail(struct saves *s)
{
    if (s->wait == 0)
        s->wait = 1;
    else if (s->wait < MOST_WAIT)
        s->wait *= 2;
    s->retry = s->trainer->at.done + s->wait;
}

/* For rank 0. */
static struct problem prune(struct saves *s)
{
    const struct settings *settings = s->trainer->settings;
    const char *directory = settings->output.directory;
    struct problem wrong =
        checkpoint_files_prune(directory, settings->checkpoint.keep,
                               settings->checkpoint.keep_every, s->saved.step);

    s->saved.bytes = checkpoint_files_bytes(directory, s->saved.step);
    return wrong;
}

/* The save that was begun is whole, or `wrong` says why not.  Steps have
 * waited since `from`. */
static enum saves_outcome conclude(struct saves *s, struct problem *wrong,
                                   double from)
{
    s->is_under_way = false;
    if (is_problem(wrong)) {
        fail(s);
        return SAVES_FAILED;
    }
    s->last = s->saved.step;
    s->retry = -1;
    s->wait = 0;
    if (group_rank(s->trainer->grid.all) == 0)
        *wrong = prune(s);
    s->saved.seconds = clock_seconds() - s->start;
    s->saved.stall_seconds += clock_seconds() - from;
    return SAVES_WHOLE;
}

static enum saves_outcome begin_in_background(struct saves *s,
                                              int64_t metrics_bytes,
                                              struct problem *wrong)
{
    *wrong = snapshot_start(s->trainer, metrics_bytes, &s->background);
    if (is_problem(wrong))
        return conclude(s, wrong, s->start);
    s->is_under_way = true;
    s->saved.stall_seconds = clock_seconds() - s->start;
    return SAVES_QUIET;
}

enum saves_outcome saves_begin(struct saves *s, double since,
                               int64_t metrics_bytes, struct problem *wrong)
{
    s->start = since;
    s->saved = (struct saved){.step = s->trainer->at.done};
    if (s->trainer->settings->checkpoint.asynchronous)
        return begin_in_background(s, metrics_bytes, wrong);
    *wrong = snapshot_save(s->trainer, metrics_bytes);
    return conclude(s, wrong, since);
}

enum saves_outcome saves_end(struct saves *s, struct problem *wrong)
{
    double from = clock_seconds();

    *wrong = NO_PROBLEM;
    if (!s->is_under_way)
        return SAVES_QUIET;
    trace_phase("saving", TRACE_PATIENCE_WITH_FILES);
    *wrong = save_background_finish(&s->background);
    return conclude(s, wrong, from);
}

bool saves_are_due(const struct saves *s)
{
    long every = s->trainer->settings->checkpoint.every;
    int64_t done = s->trainer->at.done;

    return (every && done % every == 0) || done == s->retry;
}

bool saves_is_busy(const struct saves *s)
{
    return s->is_under_way && !save_background_is_done(&s->background);
}
