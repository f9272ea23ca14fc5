/* GPT-NeoX computes what Transformers computes and trains as PyTorch's AdamW
 * does, cut over all ranks.
 * ranks: 1 2 4   (double alone: equal to almost all digits) */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "src/trainer/optimiser.h"
#include "src/trainer/schedule.h"
#include "tests/golden/gpt_neox.h"
#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

enum { SEQUENCES = 2, LENGTH = 7, TOKENS = SEQUENCES * LENGTH, STEPS = 10 };

/* Rounding alone differs: by 3e-15, 4e-14 and 5e-14 where this was written,
 * more where products are fused or blocked in another way. */
static const double loss_tolerance = 1e-12, gradient_tolerance = 1e-12,
                    training_tolerance = 1e-11;

static const char *const base[] = {"model.layers=2",
                                   "model.hidden=16",
                                   "model.heads=4",
                                   "model.intermediate=24",
                                   "model.vocabulary=19",
                                   "model.context=8",
                                   "train.sequence_length=7",
                                   "train.global_batch=2",
                                   "train.steps=10",
                                   "train.learning_rate=1e-2",
                                   "train.schedule=constant",
                                   "train.warmup_steps=0",
                                   "train.beta1=0.9",
                                   "train.beta2=0.999",
                                   "train.epsilon=1e-8",
                                   "train.weight_decay=0.01",
                                   NULL};

struct example {
    int32_t token[TOKENS], target[TOKENS];
};

static struct example make_example(void)
{
    struct example b;

    for (int i = 0; i < TOKENS; i++) {
        const int *id = &gpt_neox_ids[i / LENGTH][i % LENGTH];

        b.token[i] = id[0], b.target[i] = id[1];
    }
    return b;
}

/* Parameter i, element j of the whole: the formula of gpt_neox.py.  Moments
 * and step count start from nothing. */
static void restart(struct parameters *p)
{
    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];
        long first = row->piece.first * row->cols;

        for (long j = 0; j < row->piece.n * row->cols; j++) {
            double angle = 1.75 * (i + 1) + 0.875 * (double)(first + j);
            wide value = (wide)(row->mean + 0.3 * sin(angle));

            device_put(p->master + row->at + j, &value, sizeof value);
        }
    }
    op_narrow(p->weight, p->master, p->numbers);
    device_zero(p->m, (size_t)p->numbers * sizeof *p->m);
    device_zero(p->v, (size_t)p->numbers * sizeof *p->v);
}

static void mean_gradient(struct model *m, const struct example *b,
                          wide *losses)
{
    struct parameters *p = &m->parameters;

    device_zero(p->gradient, (size_t)p->numbers * sizeof *p->gradient);
    model_gradients(
        m, &(struct model_batch){.token = b->token, .target = b->target},
        1.0 / TOKENS, &(struct model_result){.losses = losses});
    coll_sum_wide(m->tensor, p->gradient, p->partial);
}

/* The larger difference of the two sums over a parameter, against the largest
 * element of its gradient. */
static double gradient_difference(struct model *m, const struct parameter *row,
                                  const struct gpt_neox_gradient *golden)
{
    double sums[2] = {0}, largest = 0;
    long first = row->piece.first * row->cols;
    int copies = row->is_cut ? 1 : group_size(m->tensor), rank;

    for (long j = 0; j < row->piece.n * row->cols; j++) {
        wide d;

        device_get(&d, m->parameters.gradient + row->at + j, sizeof d);
        sums[0] += (double)d * cos(0.3 * (double)(first + j)) / copies;
        sums[1] += (double)d * sin(0.3 * (double)(first + j)) / copies;
        largest = fmax(largest, fabs((double)d));
    }
    group_sum(m->tensor, sums, 2);
    largest = group_largest(m->tensor, largest, &rank);
    return worse(fabs(sums[0] - golden->cosine),
                 fabs(sums[1] - golden->sine)) /
           largest;
}

static void check_gradients(struct model *m, const struct example *b,
                            const struct gpt_neox *golden, const char *name)
{
    const struct parameters *p = &m->parameters;
    bool same_names = p->n == golden->parameters;
    const char *where = "none";
    wide losses[TOKENS];
    double worst = 0;

    mean_gradient(m, b, losses);
    for (int i = 0; i < p->n && same_names; i++) {
        const struct gpt_neox_gradient *g = &golden->gradients[i];
        double found = gradient_difference(m, &p->list[i], g);

        same_names = !strcmp(p->list[i].name, g->name);
        if (!(found <= worst || isnan(worst)))
            worst = found, where = g->name;
    }
    ok(same_names && worst < gradient_tolerance,
       "%s: gradients of %d parameters%s, worst %.1e in %s", name, p->n,
       same_names ? "" : " (names differ)", worst, where);
}

static void check_losses(struct model *m, const struct example *b,
                         const struct gpt_neox *golden, const char *name)
{
    wide losses[TOKENS];
    double worst = 0;

    model_losses(m,
                 &(struct model_batch){.token = b->token, .target = b->target},
                 &(struct model_result){.losses = losses});
    for (int i = 0; i < TOKENS; i++)
        worst = worse(worst, fabs((double)losses[i] / golden->losses[i] - 1));
    ok(worst < loss_tolerance, "%s: losses of %d tokens, worst %.1e", name,
       TOKENS, worst);
}

static void update(struct trainer *run, long step, double clip)
{
    struct model *m = &run->model;
    double squares =
        optimiser_sum_squares(&m->parameters, group_rank(m->tensor));

    group_sum(m->tensor, &squares, 1);
    optimiser_update(&m->exchange, &run->step.config.optimiser, step,
                     schedule_rate(&run->step.config.schedule, step),
                     clip > 0 ? clip / sqrt(squares) : 1);
}

static void check_training(struct trainer *run, const struct example *b,
                           const double *golden, double clip, const char *name)
{
    const char *clipped = clip > 0 ? " with clipping" : "";
    double worst = 0;
    wide losses[TOKENS];

    restart(&run->model.parameters);
    for (int step = 0; step < STEPS; step++) {
        double mean = 0;

        mean_gradient(&run->model, b, losses);
        update(run, step, clip);
        model_losses(
            &run->model,
            &(struct model_batch){.token = b->token, .target = b->target},
            &(struct model_result){.losses = losses});
        for (int i = 0; i < TOKENS; i++)
            mean += (double)losses[i] / TOKENS;
        worst = worse(worst, fabs(mean / golden[step] - 1));
    }
    ok(worst < training_tolerance, "%s: losses of %d steps%s, worst %.1e",
       name, STEPS, clipped, worst);
}

static void check_model(const char *const *extra,
                        const struct gpt_neox *golden, const char *name)
{
    struct trainer run;
    struct example b = make_example();
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, extra);
    trainers_open(&run, settings, group_world(), group_size(group_world()));
    restart(&run.model.parameters);
    check_losses(&run.model, &b, golden, name);
    check_gradients(&run.model, &b, golden, name);
    check_training(&run, &b, golden->after, 0, name);
    check_training(&run, &b, golden->after_clipped, golden->clip, name);
    trainers_close(&run);
}

int main(int argc, char **argv)
{
    static const char *const parallel[] = {
        "model.rotary_fraction=0.5", "model.parallel_residual=yes",
        "model.tied=no", "model.activation=gelu", NULL};
    static const char *const sequential[] = {
        "model.rotary_fraction=1", "model.parallel_residual=no",
        "model.tied=yes", "model.activation=gelu-tanh", NULL};

    world_start(&argc, &argv);
    check_model(parallel, &gpt_neox_parallel, "parallel");
    check_model(sequential, &gpt_neox_sequential, "sequential");
    tap_done();
    world_stop();
    return 0;
}
