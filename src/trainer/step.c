#include "src/trainer/step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "kernels/base/clock.h"
#include "kernels/device.h"
#include "src/trainer/blame.h"

void step_init(struct step *s, const struct step_config *config,
               const struct grid *grid, struct data *data, struct model *model,
               struct skips *skips)
{
    size_t skills = (size_t)data->train.skills.n;

    *s = (struct step){.config = *config, .grid = grid, .skips = skips};
    batch_init(&s->batch, data, model);
    s->sums =
        memory_take(2 * skills + STEP_SUMS, sizeof *s->sums, "sums of losses");
}

void step_free(struct step *s)
{
    batch_free(&s->batch);
    free(s->sums);
}

/* Of a global batch, padding too. */
static double positions(const struct step *s)
{
    return (double)s->config.global_batch * (double)s->batch.length;
}

void step_micro_batch(struct step *s, const struct sampler *sampler,
                      int64_t first)
{
    struct batch *b = &s->batch;

    for (long i = 0; i < b->sequences; i++)
        batch_read(b, i, &b->data->train, sampler_draw(sampler, first + i),
                   s->config.loss);
    batch_gradients(b, 1 / positions(s));
}

static void add_losses(struct step *s)
{
    const struct batch *b = &s->batch;
    long skills = b->data->train.skills.n;

    for (long i = 0; i < b->sequences; i++) {
        const struct batch_row *row = &b->row[i];

        s->sums[row->skill] += batch_loss(b, i);
        s->sums[skills + row->skill] += (double)row->targets;
        s->sums[2 * skills + STEP_TOKENS] += (double)row->data.tokens;
    }
    s->sums[2 * skills + STEP_LOG_SQUARES] += batch_log_squares(b);
}

struct step_share step_share(const struct step *s, long in_round)
{
    long batch = s->config.global_batch;
    long samples = batch / group_size(s->grid->data);

    return (struct step_share){(int64_t)in_round * batch +
                                   group_rank(s->grid->data) * samples,
                               samples};
}

static void accumulate(struct step *s, const struct sampler *sampler,
                       long in_round)
{
    struct step_share share = step_share(s, in_round);
    struct parameters *p = &s->batch.model->parameters;

    device_zero(p->gradient, (size_t)p->numbers * sizeof *p->gradient);
    for (long i = 0; i < share.samples; i += s->batch.sequences) {
        if (i + s->batch.sequences == share.samples)
            exchange_expect(&s->batch.model->exchange);
        step_micro_batch(s, sampler, share.first + i);
        add_losses(s);
    }
}

/* What all ranks have to tell, in one sum: tensor ranks have the same losses,
 * so only the first of them counts.  Returns the targets. */
static double sum_losses(struct step *s, double seconds,
                         struct step_result *result)
{
    long skills = s->batch.data->train.skills.n;
    double *more = s->sums + 2 * skills, loss = 0, targets = 0;

    if (group_rank(s->grid->tensor) > 0)
        memset(s->sums, 0,
               (size_t)(2 * skills + STEP_REQUESTS) * sizeof *s->sums);
    more[STEP_REQUESTS] =
        s->votes.asks_to_stop && s->votes.asks_to_stop(s->votes.asker);
    more[STEP_SAVING] = s->votes.is_saving;
    more[STEP_SECONDS] = seconds;
    group_sum(s->grid->all, s->sums, 2 * skills + STEP_SUMS);
    for (long i = 0; i < skills; i++)
        loss += s->sums[i], targets += s->sums[skills + i];
    CHECK(targets > 0, "a batch without a target");
    result->loss = loss / targets;
    result->z_loss = s->config.z_loss * more[STEP_LOG_SQUARES] / targets;
    result->tokens = more[STEP_TOKENS];
    result->skill_loss = s->sums;
    result->skill_targets = s->sums + skills;
    result->stop_asked = more[STEP_REQUESTS] > 0;
    result->is_saving = more[STEP_SAVING] > 0;
    result->wait_seconds =
        result->busy_seconds - more[STEP_SECONDS] / group_size(s->grid->all);
    return targets;
}

/* What rank 0 decides for all. */
struct verdict {
    double loss, norm, rate;
    enum skip skip;
    bool skips_too_many;
};

static struct verdict decide(struct step *s, long number, double norm,
                             struct step_result *result)
{
    struct verdict v = {result->loss, norm,
                        schedule_rate(&s->config.schedule, number), SKIP_NONE,
                        false};
    struct skips_step losses = {v.loss, v.norm, result->skill_loss,
                                result->skill_targets};

    if (group_rank(s->grid->all) == 0) {
        v.skip = skips_judge(s->skips, &losses, &result->why);
        v.skips_too_many = skips_are_too_many(s->skips);
    }
    group_broadcast(s->grid->all, &v, sizeof v);
    return v;
}

/* Norm of `mean` times the gradient, rate and verdict. */
static void judge(struct step *s, long number, double mean,
                  struct step_result *result)
{
    double sum = optimiser_sum_squares(&s->batch.model->parameters,
                                       group_rank(s->grid->tensor));
    struct verdict v;

    group_sum(s->grid->all, &sum, 1);
    v = decide(s, number, mean * sqrt(sum), result);
    result->loss = v.loss;
    result->norm = v.norm;
    result->rate = v.rate;
    result->skip = v.skip;
    result->skips_too_many = v.skips_too_many;
}

struct step_result step_run(struct step *s, const struct sampler *sampler,
                            long number, long in_round)
{
    struct exchange *exchange = &s->batch.model->exchange;
    long skills = s->batch.data->train.skills.n;
    double start = clock_seconds(), clip = s->config.clip;
    double mean = 1, factor, targets, seconds;
    struct step_result result = {0};

    memset(s->sums, 0, (size_t)(2 * skills + STEP_SUMS) * sizeof *s->sums);
    accumulate(s, sampler, in_round);
    seconds = clock_seconds() - start;
    result.busy_seconds =
        group_largest(s->grid->all, seconds, &result.slowest_rank);
    exchange_sum(exchange);
    targets = sum_losses(s, seconds, &result);
    if (s->config.denominator == DENOMINATOR_REAL)
        mean = positions(s) / targets;
    judge(s, number, mean, &result);
    factor = clip > 0 && result.norm > clip ? clip / result.norm : 1;
    if (result.skip == SKIP_NONE)
        optimiser_update(exchange, &s->config.optimiser, number, result.rate,
                         mean * factor);
    else if (result.skip == SKIP_NOT_FINITE)
        result.why = blame_find(s, sampler, in_round);
    return result;
}
