#include "src/trainer/trainer.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

/* How the ranks are to share the work, before any of it is done.  Every rank
 * finds the same. */
static struct problem check_grid(const struct settings *s, struct group *g)
{
    long ranks = group_size(g), tensor = s->parallel.tensor;
    long data = ranks / tensor, share;

    if (ranks % tensor)
        return problem("parallel.tensor=%ld does not divide the %ld ranks of "
                       "the run; start it on a multiple of it",
                       tensor, ranks);
    if (s->train.global_batch % data)
        return problem("train.global_batch=%ld cannot be shared evenly by "
                       "%ld data ranks; give a multiple",
                       s->train.global_batch, data);
    share = s->train.global_batch / data;
    if (s->train.micro_batch && share % s->train.micro_batch)
        return problem("train.micro_batch=%ld does not divide the %ld "
                       "sequences of a data rank (train.global_batch=%ld on "
                       "%ld data ranks)",
                       s->train.micro_batch, share, s->train.global_batch,
                       data);
    if (s->train.sequence_length > s->model.context)
        return problem("train.sequence_length=%ld is larger than "
                       "model.context=%ld",
                       s->train.sequence_length, s->model.context);
    return NO_PROBLEM;
}

static struct problem find_shape(struct trainer *t)
{
    const struct settings *s = t->settings;
    const struct grid *g = &t->grid;
    long share = s->train.global_batch / group_size(g->data);
    struct problem wrong = shape_init(&t->shape, s, t->data.vocabulary);

    if (!is_problem(&wrong))
        wrong = shape_share(&t->shape, group_size(g->tensor),
                            group_rank(g->tensor));
    shape_divide(&t->shape, group_size(g->data), group_rank(g->data),
                 s->parallel.zero);
    shape_batch(&t->shape, s->train.micro_batch ? s->train.micro_batch : share,
                s->train.sequence_length);
    return wrong;
}

/* What is small: the order of the data, and what decides on it. */
static struct problem open_mixture(struct trainer *t)
{
    const struct settings *s = t->settings;
    const struct data *d = &t->data;
    size_t skills = (size_t)d->train.skills.n;
    size_t others = (size_t)d->validation.skills.n;
    struct problem wrong = NO_PROBLEM;

    if (group_rank(t->grid.all) == 0)
        wrong = policy_init(&t->policy, s, &d->train.skills,
                            &d->validation.skills, d->train.windows);
    t->losses = memory_take(others, sizeof *t->losses, "losses of skills");
    t->p = memory_take(skills, sizeof *t->p, "shares of skills");
    t->counts = memory_take(skills, sizeof *t->counts, "counts of skills");
    mixture_init(&t->mixture, s, (int)skills, d->train.windows);
    skips_init(&t->skips, s->train.spike, s->train.skip_limit, (int)skills);
    sampler_init(&t->sampler, &d->train.skills, d->train.windows,
                 (uint64_t)s->train.seed);
    return group_agree(t->grid.all, wrong);
}

static void close_mixture(struct trainer *t)
{
    sampler_free(&t->sampler);
    skips_free(&t->skips);
    mixture_free(&t->mixture);
    policy_free(&t->policy);
    free(t->losses);
    free(t->p);
    free(t->counts);
}

static struct problem open_all(struct trainer *t, struct group *g)
{
    struct problem wrong = group_agree(g, data_open(&t->data, t->settings, g));

    if (is_problem(&wrong))
        return wrong;
    wrong = open_mixture(t);
    if (!is_problem(&wrong))
        wrong = find_shape(t);
    if (is_problem(&wrong)) {
        close_mixture(t);
        data_close(&t->data);
    }
    return wrong;
}

struct problem trainer_open(struct trainer *t, const struct settings *s,
                            struct group *g)
{
    struct problem wrong = check_grid(s, g);

    *t = (struct trainer){.settings = s, .at.evaluated = -1};
    if (!is_problem(&wrong))
        wrong = schedule_init(&t->step.config.schedule, s);
    if (is_problem(&wrong))
        return wrong;
    grid_init(&t->grid, g, (int)s->parallel.tensor);
    wrong = open_all(t, g);
    if (is_problem(&wrong))
        grid_free(&t->grid);
    return wrong;
}

void trainer_build(struct trainer *t)
{
    model_init(&t->model, &t->shape, &t->grid);
}

static struct step_config step_config(const struct trainer *t)
{
    const struct settings *s = t->settings;

    return (struct step_config){
        .global_batch = s->train.global_batch,
        .loss = s->train.loss,
        .denominator = s->train.loss_denominator,
        .z_loss = s->train.z_loss,
        .clip = s->train.clip,
        .schedule = t->step.config.schedule,
        .optimiser = {.beta1 = s->train.beta1,
                      .beta2 = s->train.beta2,
                      .epsilon = s->train.epsilon,
                      .weight_decay = s->train.weight_decay},
    };
}

void trainer_begin(struct trainer *t)
{
    struct step_config config = step_config(t);

    step_init(&t->step, &config, &t->grid, &t->data, &t->model, &t->skips);
    evaluation_init(&t->evaluation, t->settings, &t->grid, &t->step.batch);
    exchange_share(&t->model.exchange);
}

void trainer_close(struct trainer *t)
{
    evaluation_free(&t->evaluation);
    step_free(&t->step);
    if (t->model.blocks) /* it was built */
        model_free(&t->model);
    close_mixture(t);
    data_close(&t->data);
    grid_free(&t->grid);
}

bool trainer_is_done(const struct trainer *t)
{
    return t->at.done >= t->settings->train.steps;
}

static bool is_between_rounds(const struct trainer *t)
{
    return t->at.done == t->at.first + t->at.steps || trainer_is_done(t);
}

/* Around a round's start, and where evaluate.every says so. */
static bool is_evaluation_due(const struct trainer *t)
{
    long every = t->settings->evaluate.every;

    return t->at.evaluated != t->at.done &&
           (is_between_rounds(t) || t->at.done == t->at.first ||
            (every && t->at.done % every == 0));
}

/* Where the window counts evaluations, a mixture does not see the one of its
 * own step. */
enum trainer_next trainer_next(const struct trainer *t)
{
    bool is_blind = t->settings->mixture.window_unit == WINDOW_EVALUATIONS;
    bool round_is_due = is_between_rounds(t) && !trainer_is_done(t);

    if (round_is_due && is_blind)
        return TRAINER_ROUND;
    if (is_evaluation_due(t))
        return TRAINER_EVALUATION;
    if (round_is_due)
        return TRAINER_ROUND;
    return trainer_is_done(t) ? TRAINER_DONE : TRAINER_STEP;
}

void trainer_round(struct trainer *t)
{
    struct group *all = t->grid.all;
    size_t skills = (size_t)t->data.train.skills.n;
    struct policy_stretch stretch = {0};

    if (group_rank(all) == 0) {
        stretch = policy_next(&t->policy);
        memcpy(t->p, stretch.p, skills * sizeof *t->p);
        mixture_deal(&t->mixture, t->p,
                     stretch.steps * t->settings->train.global_batch,
                     t->counts);
    }
    group_broadcast(all, &stretch.steps, sizeof stretch.steps);
    group_broadcast(all, t->counts, skills * sizeof *t->counts);
    t->at.first = t->at.done;
    t->at.steps = stretch.steps;
    t->at.rounds++;
    sampler_advance(&t->sampler, t->counts);
}

int trainer_splits(const struct trainer *t,
                   const struct data_split *split[TRAINER_SPLITS])
{
    const struct data *d = &t->data;
    int n = 0;

    split[n++] = &d->validation;
    if (d->train.is_listed)
        split[n++] = &d->train;
    if (d->test.is_listed && trainer_is_done(t))
        split[n++] = &d->test;
    return n;
}

void trainer_keep(struct trainer *t)
{
    const struct data_split *validation = &t->data.validation;

    if (t->evaluation.split == validation)
        memcpy(t->losses, t->evaluation.loss,
               (size_t)validation->skills.n * sizeof *t->losses);
}

void trainer_observe(struct trainer *t)
{
    if (group_rank(t->grid.all) == 0)
        policy_observe(&t->policy, t->at.done, t->losses);
    t->at.evaluated = t->at.done;
}

struct problem trainer_evaluate(struct trainer *t)
{
    const struct data_split *split[TRAINER_SPLITS];
    int n = trainer_splits(t, split);

    for (int i = 0; i < n; i++) {
        evaluation_split(&t->evaluation, split[i]);
        trainer_keep(t);
        if (!evaluation_is_finite(&t->evaluation))
            return problem("a %s loss after step %lld is not finite",
                           split[i]->name, (long long)t->at.done);
    }
    trainer_observe(t);
    return NO_PROBLEM;
}

struct step_result trainer_step(struct trainer *t)
{
    struct step_result result =
        step_run(&t->step, &t->sampler, t->at.done, t->at.done - t->at.first);

    t->at.done++;
    t->tokens += result.tokens;
    return result;
}
