#include "src/run/run.h"

#include "mpi/world.h"
#include "src/log.h"
#include "src/run/resume.h"

static bool asks_to_stop(void *stop)
{
    return stop_is_asked(stop);
}

static void listen(struct run *run)
{
    struct trainer *t = &run->trainer;
    double numbers = (double)parameters_count(&t->model.parameters);

    stop_init(&run->stop, run->settings, t->grid.all, world_started(),
              3 * sizeof(wide) * numbers);
    t->step.votes.asks_to_stop = asks_to_stop;
    t->step.votes.asker = &run->stop;
}

/* Everything but what the settings say is there: the model and the files. */
static struct problem start(struct run *run, struct resume *from)
{
    struct trainer *t = &run->trainer;
    struct problem wrong;

    trainer_build(t);
    wrong = resume_start(from);
    if (is_problem(&wrong))
        return wrong;
    trainer_begin(t);
    listen(run);
    wrong = report_open(&run->report, &run->directory, t, from->seconds,
                        from->state.metrics_bytes);
    if (is_problem(&wrong))
        return wrong;
    saves_init(&run->saves, t);
    report_start(&run->report, run->saves.background.copy_bytes);
    if (*t->policy.warning)
        report_warning(&run->report, t->policy.warning);
    return NO_PROBLEM;
}

static void say_finished(const struct run *run, const struct resume *from)
{
    log_line("the run in %s is finished, at step %lld",
             run->settings->output.directory,
             (long long)from->checkpoint.step);
    stop_end(run->settings, run->trainer.grid.all);
}

/* What the user can get wrong comes first, then memory, then files: a start
 * that fails leaves nothing behind. */
struct problem run_open(struct run *run, const struct settings *s,
                        struct group *g, bool *is_finished)
{
    struct resume from;
    struct problem wrong;

    *run = (struct run){.settings = s};
    wrong = trainer_open(&run->trainer, s, g);
    if (is_problem(&wrong))
        return wrong;
    wrong = directory_open(&run->directory, s, g);
    if (!is_problem(&wrong)) {
        wrong = resume_find(&from, &run->trainer, &run->directory);
        *is_finished = from.is_finished;
        if (!is_problem(&wrong) && !from.is_finished)
            wrong = start(run, &from);
        else if (!is_problem(&wrong))
            say_finished(run, &from);
        resume_free(&from);
    }
    if (is_problem(&wrong))
        directory_abandon(&run->directory);
    else if (*is_finished)
        directory_close(&run->directory);
    if (is_problem(&wrong) || *is_finished)
        trainer_close(&run->trainer);
    return wrong;
}

void run_close(struct run *run)
{
    saves_free(&run->saves);
    report_close(&run->report);
    trainer_close(&run->trainer);
    directory_close(&run->directory);
}
