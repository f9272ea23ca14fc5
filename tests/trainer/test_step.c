/* What a step and an evaluation report is what the model says of just the
 * windows that they should read.    ranks: 1 2 4 */
#include <math.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/device.h"
#include "mpi/trace.h"
#include "src/trainer/evaluation.h"
#include "tests/lib/tap.h"
#include "tests/lib/trainers.h"

enum { SKILLS = 3, LENGTH = 8, BATCH = 12 };

static const char *const base[] = {"model.layers=1",
                                   "model.hidden=16",
                                   "model.heads=4",
                                   "model.vocabulary=40",
                                   "model.context=8",
                                   "model.rotary_fraction=1",
                                   "train.sequence_length=8",
                                   "train.global_batch=12",
                                   "train.steps=3",
                                   "train.micro_batch=3",
                                   "train.learning_rate=1e-2",
                                   "train.warmup_steps=0",
                                   "skills.train=a, b,c",
                                   "skills.evaluate=c,a,d",
                                   "train.seed=7",
                                   NULL};

static const char *const none[] = {NULL};

/* 12 sequences go to 1, 2 or 4 data ranks in micro-batches of 3. */
static void open_run(struct trainer *run, int tensor, const char *const *extra)
{
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, extra);
    trainers_open(run, settings, group_world(), tensor);
}

/* The tokens of a window and its last target. */
static void read_stream(struct trainer *run, const struct data_split *split,
                        int skill, int64_t window, int32_t *stream)
{
    int32_t target[LENGTH];
    struct data_row row =
        data_read(&run->data, split, skill, window,
                  (struct data_window){stream, target, NULL});

    CHECK(row.tokens == LENGTH && row.answer == row.answer_end,
          "a window with padding or an answer");
    CHECK(!memcmp(stream + 1, target, (LENGTH - 1) * sizeof *target),
          "targets are not the tokens one further on");
    stream[LENGTH] = target[LENGTH - 1];
}

/* The model's loss on one window alone, from the stream of its tokens. */
static double window_loss(struct trainer *run, const struct data_split *split,
                          int skill, int64_t window)
{
    struct batch *b = &run->step.batch;
    int32_t stream[LENGTH + 1], before[LENGTH + 1];
    double sum = 0;

    read_stream(run, split, skill, window, stream);
    if (window > 0) { /* the last target of a window begins the next one */
        read_stream(run, split, skill, window - 1, before);
        CHECK(before[LENGTH] == stream[0], "windows do not join");
    }
    for (long i = 0; i < b->sequences; i++)
        batch_leave_out(b, i);
    for (long t = 0; t < LENGTH; t++) {
        b->token[t] = stream[t];
        b->target[t] = stream[t + 1];
    }
    batch_losses(b);
    for (long t = 0; t < LENGTH; t++)
        sum += (double)b->losses[t];
    return sum;
}

static void check_step(int tensor)
{
    struct trainer run;
    double loss[SKILLS] = {0}, tokens[SKILLS] = {0}, worst = 0, total = 0;
    struct step_result result;

    open_run(&run, tensor, none);
    for (int64_t j = BATCH; j < 2 * BATCH; j++) { /* the second step's */
        struct sampler_draw draw = sampler_draw(&run.sampler, j);

        loss[draw.skill] +=
            window_loss(&run, &run.data.train, draw.skill, draw.window);
        tokens[draw.skill] += LENGTH;
    }
    result = step_run(&run.step, &run.sampler, 0, 1);
    for (int i = 0; i < SKILLS; i++) {
        worst = worse(worst, fabs(result.skill_loss[i] - loss[i]));
        worst = worse(worst, fabs(result.skill_targets[i] - tokens[i]));
        total += loss[i] / (BATCH * LENGTH);
    }
    /* Sums of up to 96 losses near 4. */
    ok(worst < 1e-11,
       "%d tensor ranks: losses by skill of a step, off by %.1e", tensor,
       worst);
    ok(fabs(result.loss - total) < 1e-13,
       "%d tensor ranks: their mean, off by %.1e", tensor,
       fabs(result.loss - total));
    ok(tokens[0] > 0 && tokens[1] > 0 && tokens[2] > 0,
       "%d tensor ranks: every skill stood in the batch", tensor);
    trainers_close(&run);
}

/* Without padding both denominators are the same to the bit. */
static void check_denominators(int tensor)
{
    struct trainer run;
    double norm[2];

    for (int i = 0; i < 2; i++) {
        open_run(&run, tensor, none);
        run.step.config.denominator = i ? DENOMINATOR_ALL : DENOMINATOR_REAL;
        norm[i] = step_run(&run.step, &run.sampler, 0, 0).norm;
        trainers_close(&run);
    }
    ok(norm[0] == norm[1],
       "%d tensor ranks: norm over real targets %.17g, over all %.17g", tensor,
       norm[0], norm[1]);
}

/* Without weights in the head Z is the number of ids.  What is reported is the
 * mean over all ranks. */
static void check_z_loss(int tensor)
{
    struct trainer run;
    struct parameters *p = &run.model.parameters;
    double expect = 0.25 * pow(log(40), 2), found;

    open_run(&run, tensor, (const char *const[]){"train.z_loss=0.25", NULL});
    device_zero(p->weight, (size_t)p->numbers * sizeof *p->weight);
    found = step_run(&run.step, &run.sampler, 0, 0).z_loss;
    ok(fabs(found - expect) < 1e-14, "%d tensor ranks: z-loss, off by %.1e",
       tensor, fabs(found - expect));
    trainers_close(&run);
}

/* Of the first step. */
static long collectives(int tensor, const char *skills, const char *z_loss)
{
    struct trainer run;
    long before, after;

    open_run(&run, tensor, (const char *const[]){skills, z_loss, NULL});
    before = trace_now().number;
    step_run(&run.step, &run.sampler, 0, 0);
    after = trace_now().number;
    trainers_close(&run);
    return after - before;
}

/* On a grid of tensor ranks: data ranks also wait for parts. */
static void check_collectives(void)
{
    int tensor = group_size(group_world());
    long one = collectives(tensor, "skills.train=a", "train.z_loss=0");
    long many = collectives(tensor, "skills.train=a,b,c", "train.z_loss=0.1");

    ok(one == many,
       "%d tensor ranks: %ld collectives in a step of one skill, %ld with "
       "losses of three and the z-loss",
       tensor, one, many);
}

static void check_split(struct trainer *run, struct evaluation *e,
                        const struct data_split *split)
{
    long cap = e->cap;
    int tensor = group_size(run->grid.tensor);
    double worst = 0;

    evaluation_split(e, split);
    for (int skill = 0; skill < SKILLS; skill++) {
        int64_t n = cap ? cap : split->windows[skill];
        double sum = 0;

        for (int64_t w = 0; w < n; w++)
            sum += window_loss(run, split, skill, w);
        worst =
            worse(worst, fabs(e->loss[skill] - sum / (double)(n * LENGTH)));
    }
    ok(worst < 1e-13, "%d tensor ranks: %s, %ld windows, off by %.1e", tensor,
       split->name, cap, worst);
}

static void check_evaluation(int tensor)
{
    struct trainer run;
    struct evaluation e;

    open_run(&run, tensor, none);
    evaluation_init(&e, run.settings, &run.grid, &run.step.batch);
    e.cap = 5;
    check_split(&run, &e, &run.data.validation);
    check_split(&run, &e, &run.data.train);
    e.cap = 0;
    check_split(&run, &e, &run.data.validation);
    evaluation_free(&e);
    trainers_close(&run);
}

/* A skill has the same ids to draw from in both splits, and other tokens. */
static void check_splits(void)
{
    struct trainer run;
    int32_t train[LENGTH + 1], validation[LENGTH + 1], most = 0;

    open_run(&run, 1, none);
    for (int64_t w = 0; w < 50; w++) {
        read_stream(&run, &run.data.validation, 0, w, validation);
        for (int t = 0; t <= LENGTH; t++)
            most = validation[t] > most ? validation[t] : most;
    }
    read_stream(&run, &run.data.train, 2, 49, train);
    ok(most == 13, "skill c draws from the first third of 40 ids");
    ok(memcmp(train, validation, sizeof train) != 0,
       "validation has other tokens than training");
    trainers_close(&run);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    for (int tensor = 1; tensor <= group_size(group_world()); tensor *= 2) {
        check_step(tensor);
        check_denominators(tensor);
        check_z_loss(tensor);
        check_evaluation(tensor);
    }
    check_collectives();
    if (group_size(group_world()) == 1)
        check_splits();
    tap_done();
    world_stop();
    return 0;
}
