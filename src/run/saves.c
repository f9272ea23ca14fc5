#include "src/run/saves.h"

#include "io/checkpoint/checkpoint_files.h"
#include "kernels/base/clock.h"
#include "mpi/trace.h"
#include "src/run/resume.h"

enum { MOST_WAIT = 1024 }; /* steps between two tries */

void saves_init(struct run *run)
{
    struct save save = {&run->model.parameters, &run->grid, NULL};

    run->saves = (struct saves){.last = run->at.done, .retry = -1};
    if (run->settings->checkpoint.asynchronous)
        save_background_init(&run->saves.background, &save);
}

void saves_free(struct run *run)
{
    save_background_free(&run->saves.background);
}

static void prune(struct run *run)
{
    const struct settings *s = run->settings;
    struct problem wrong = checkpoint_files_prune(
        s->output.directory, s->checkpoint.keep, s->checkpoint.keep_every,
        run->saves.saved.step);

    if (is_problem(&wrong))
        report_warning(&run->report, wrong.text);
}

/* The one that was begun is whole, or `wrong` says why not.  Steps have waited
 * since `from`. */
static bool conclude(struct run *run, struct problem wrong, double from)
{
    const char *directory = run->settings->output.directory;
    struct saves *s = &run->saves;

    s->is_under_way = false;
    if (is_problem(&wrong)) {
        s->wait = !s->wait ? 1 : s->wait < MOST_WAIT ? 2 * s->wait : s->wait;
        s->retry = run->at.done + s->wait;
        report_warning(&run->report, wrong.text);
        return false;
    }
    s->last = s->saved.step;
    s->retry = -1;
    s->wait = 0;
    if (group_rank(run->grid.all) == 0) {
        prune(run);
        s->saved.bytes = checkpoint_files_bytes(directory, s->saved.step);
    }
    s->saved.seconds = clock_seconds() - s->start;
    s->saved.stall_seconds += clock_seconds() - from;
    stop_note_save(&run->stop, s->saved.seconds);
    report_checkpoint(&run->report, &s->saved);
    return true;
}

static bool begin_in_background(struct run *run)
{
    struct saves *s = &run->saves;
    struct problem wrong = resume_save_background(run, &s->background);

    if (is_problem(&wrong))
        return conclude(run, wrong, s->start);
    s->is_under_way = true;
    s->saved.stall_seconds = clock_seconds() - s->start;
    return true;
}

bool saves_begin(struct run *run)
{
    struct saves *s = &run->saves;

    saves_end(run);
    trace_phase("saving", TRACE_PATIENCE_WITH_FILES);
    s->start = clock_seconds();
    s->saved = (struct saved){.step = run->at.done};
    if (run->settings->checkpoint.asynchronous)
        return begin_in_background(run);
    return conclude(run, resume_save(run), s->start);
}

bool saves_are_due(const struct run *run)
{
    long every = run->settings->checkpoint.every;

    return (every && run->at.done % every == 0) ||
           run->at.done == run->saves.retry;
}

bool saves_is_busy(const struct run *run)
{
    const struct saves *s = &run->saves;

    return s->is_under_way && !save_background_is_done(&s->background);
}

bool saves_end(struct run *run)
{
    struct saves *s = &run->saves;
    double from = clock_seconds();

    if (!s->is_under_way)
        return true;
    trace_phase("saving", TRACE_PATIENCE_WITH_FILES);
    return conclude(run, save_background_finish(&s->background), from);
}
