#include "src/run/run.h"

#include <stdlib.h>

#include "kernels/base/check.h"
#include "mpi/world.h"
#include "src/log.h"
#include "src/run/resume.h"
#include "src/trainer/schedule.h"

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
    shape_divide(&shape, group_size(run->grid.data),
                 group_rank(run->grid.data), s->parallel.zero);
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

/* What is small: the order of the data, and what decides on it. */
static void open_mixture(struct run *run)
{
    const struct data *d = &run->data;
    size_t skills = (size_t)d->train.skills.n;

    start_policy(run);
    run->losses = take((size_t)d->validation.skills.n, sizeof *run->losses);
    run->p = take(skills, sizeof *run->p);
    run->counts = take(skills, sizeof *run->counts);
    mixture_init(&run->mixture, run->settings, d->train.skills.n,
                 d->train.windows);
    skips_init(&run->skips, run->settings, d->train.skills.n);
    sampler_init(&run->sampler, &d->train.skills, d->train.windows,
                 (uint64_t)run->settings->train.seed);
}

static void close_mixture(struct run *run)
{
    sampler_free(&run->sampler);
    skips_free(&run->skips);
    mixture_free(&run->mixture);
    free(run->losses);
    free(run->p);
    free(run->counts);
    policy_free(&run->policy);
    data_close(&run->data);
    directory_close(&run->directory);
    grid_free(&run->grid);
}

static void listen(struct run *run)
{
    const struct parameters *p = &run->model.parameters;
    double bytes = 3.0 * sizeof(wide) * (double)parameters_count(p);

    stop_init(&run->stop, run->settings, run->grid.all, world_started(),
              bytes);
    run->step.stop = &run->stop;
    run->step.skips = &run->skips;
    run->evaluation.stop = &run->stop;
}

/* What the user can get wrong comes first, then memory, then files: a start
 * that fails leaves nothing behind. */
bool run_open(struct run *run, const struct settings *s, struct group *g)
{
    struct resume from;
    struct shape shape;

    *run = (struct run){.settings = s, .at.evaluated = -1};
    check_grid(s, g);
    refuse_if(g, schedule_check(s));
    grid_init(&run->grid, g, (int)s->parallel.tensor);
    data_open(&run->data, s, g);
    open_mixture(run);
    shape = find_shape(run);
    directory_open(&run->directory, s, g);
    resume_find(&from, run);
    if (from.is_finished) {
        log_line("the run in %s is finished, at step %lld",
                 s->output.directory, (long long)from.checkpoint.step);
        stop_end(s, g);
        resume_free(&from);
        close_mixture(run);
        return false;
    }
    model_init(&run->model, &shape, &run->grid);
    resume_start(&from, run);
    step_init(&run->step, s, &run->grid, &run->data, &run->model);
    evaluate_init(&run->evaluation, s, &run->grid, &run->step.batch);
    listen(run);
    report_open(&run->report, &run->directory, &run->data, &from);
    saves_init(run);
    report_start(&run->report, &run->grid, &run->model,
                 run->saves.background.copy_bytes, run->at.done);
    for (int i = 0; policy_warning(&run->policy, i); i++)
        report_warning(&run->report, policy_warning(&run->policy, i));
    resume_free(&from);
    return true;
}

void run_close(struct run *run)
{
    saves_free(run);
    report_close(&run->report);
    evaluate_free(&run->evaluation);
    step_free(&run->step);
    model_free(&run->model);
    close_mixture(run);
}
