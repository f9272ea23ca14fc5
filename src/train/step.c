#include "src/train/step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "kernels/device.h"
#include "mpi/world.h"
#include "src/clock.h"
#include "src/train/optimiser.h"

void step_init(struct step *s, const struct settings *settings,
               const struct grid *grid, const struct data *data,
               struct model *model)
{
    size_t tokens = (size_t)model->shape.tokens;
    size_t skills = (size_t)data->train.skills.n;

    *s = (struct step){
        .settings = settings, .grid = grid, .data = data, .model = model};
    s->token = malloc(tokens * sizeof *s->token);
    s->target = malloc(tokens * sizeof *s->target);
    s->losses = malloc(tokens * sizeof *s->losses);
    s->skill = malloc((size_t)model->shape.sequences * sizeof *s->skill);
    s->sums = malloc((2 * skills + 1) * sizeof *s->sums);
    CHECK(s->token && s->target && s->losses && s->skill && s->sums,
          "no memory for a micro-batch of %zu tokens", tokens);
}

void step_free(struct step *s)
{
    free(s->token);
    free(s->target);
    free(s->losses);
    free(s->skill);
    free(s->sums);
}

/* The micro-batch whose first sequence is sample `first` of the round. */
static void micro_batch(struct step *s, const struct sampler *sampler,
                        int64_t first)
{
    long length = s->data->length, sequences = s->model->shape.sequences;
    long skills = s->data->train.skills.n;
    double scale =
        1 / ((double)s->settings->train.global_batch * (double)length);

    for (long i = 0; i < sequences; i++) {
        struct draw draw = sampler_draw(sampler, first + i);

        s->skill[i] = draw.skill;
        data_read(s->data, &s->data->train, draw.skill, draw.window,
                  s->token + i * length, s->target + i * length);
    }
    model_gradients(s->model, s->token, s->target, scale, s->losses);
    for (long i = 0; i < sequences; i++) {
        for (long t = 0; t < length; t++)
            s->sums[s->skill[i]] += (double)s->losses[i * length + t];
        s->sums[skills + s->skill[i]] += (double)length;
    }
}

static void accumulate(struct step *s, const struct sampler *sampler,
                       long in_round)
{
    long batch = s->settings->train.global_batch;
    long share = batch / group_size(s->grid->data);
    int64_t first =
        (int64_t)in_round * batch + group_rank(s->grid->data) * share;
    struct parameters *p = &s->model->parameters;

    device_zero(p->gradient, (size_t)p->numbers * sizeof *p->gradient);
    for (long i = 0; i < share; i += s->model->shape.sequences)
        micro_batch(s, sampler, first + i);
}

/* Losses and requests, summed over all ranks: tensor ranks have the same
 * losses, so only the first of them counts. */
static void sum_losses(struct step *s, struct step_result *result)
{
    long skills = s->data->train.skills.n;
    double loss = 0, tokens = 0;

    if (group_rank(s->grid->tensor) > 0)
        memset(s->sums, 0, (size_t)(2 * skills) * sizeof *s->sums);
    s->sums[2 * skills] = world_stop_asked();
    group_sum(s->grid->all, s->sums, 2 * skills + 1);
    for (long i = 0; i < skills; i++)
        loss += s->sums[i], tokens += s->sums[skills + i];
    result->loss = loss / tokens;
    result->skill_loss = s->sums;
    result->skill_tokens = s->sums + skills;
    result->stop_asked = s->sums[2 * skills] > 0;
}

static double gradient_norm(const struct step *s)
{
    double sum = optimiser_sum_squares(&s->model->parameters,
                                       group_rank(s->grid->tensor));

    group_sum(s->grid->tensor, &sum, 1);
    return sqrt(sum);
}

struct step_result step_run(struct step *s, const struct sampler *sampler,
                            long number, long in_round)
{
    struct parameters *p = &s->model->parameters;
    struct step_result result = {0};
    double start = clock_seconds(), clip = s->settings->train.clip;

    memset(s->sums, 0,
           (size_t)(2 * s->data->train.skills.n + 1) * sizeof *s->sums);
    accumulate(s, sampler, in_round);
    result.busy_seconds = group_largest(s->grid->all, clock_seconds() - start,
                                        &result.slowest_rank);
    coll_sum_wide(s->grid->tensor, p->gradient, p->partial);
    coll_sum_wide(s->grid->data, p->gradient, p->numbers);
    sum_losses(s, &result);
    result.rate = optimiser_rate(s->settings, number);
    result.norm = gradient_norm(s);
    optimiser_update(p, s->settings, number,
                     clip > 0 && result.norm > clip ? clip / result.norm : 1);
    return result;
}
