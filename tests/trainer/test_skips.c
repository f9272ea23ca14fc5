/* A step that is not finite, or a spike, changes nothing, and is named; the
 * others are as if it had not been.    ranks: 1 2 4 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/device.h"
#include "src/trainer/blame.h"
#include "tests/lib/bits.h"
#include "tests/lib/tap.h"
#include "tests/lib/trainers.h"

enum { STEPS = 5, PLANTED = 2 };

static const char *const base[] = {"model.layers=2",
                                   "model.hidden=16",
                                   "model.heads=4",
                                   "model.vocabulary=40",
                                   "model.context=8",
                                   "model.rotary_fraction=1",
                                   "train.sequence_length=8",
                                   "train.global_batch=12",
                                   "train.steps=5",
                                   "train.micro_batch=3",
                                   "train.learning_rate=1e-2",
                                   "train.warmup_steps=0",
                                   "skills.train=a,b,c",
                                   "train.seed=7",
                                   NULL};

/* What is planted in every number of a parameter, on one rank, for a step. */
struct fault {
    const char *parameter;
    double value;
    const char *blamed;
};

static const struct fault faults[] = {
    {"blocks.1.mlp.up.weight", NAN, "is not finite from blocks.1 on"},
    {"embed.weight", INFINITY, "is not finite from the embedding on"},
    /* The loss is a number, the square of a gradient none. */
    {"head.weight", 1e300, "the gradient of norm.bias is not finite"},
};

static const struct parameter *find(const struct parameters *p,
                                    const char *name)
{
    for (int i = 0; i < p->n; i++)
        if (!strcmp(p->list[i].name, name))
            return &p->list[i];
    return NULL;
}

/* Those of the last step may still be on their way. */
static void wait_for_weights(struct trainer *run)
{
    exchange_need(&run->model.exchange, run->model.parameters.buckets - 1);
}

/* The planted step of the last rank's, with its weights put back. */
static struct step_result faulty_step(struct trainer *run,
                                      const struct fault *f)
{
    struct parameters *p = &run->model.parameters;
    const struct parameter *row = find(p, f->parameter);
    long n = row->piece.n * row->cols;
    real *was = malloc((size_t)n * sizeof *was), *bad;
    bool is_last = group_rank(group_world()) == group_size(group_world()) - 1;
    struct step_result result;

    bad = malloc((size_t)n * sizeof *bad);
    CHECK(was && bad, "no memory for a parameter");
    for (long i = 0; i < n; i++)
        bad[i] = real_from(f->value);
    wait_for_weights(run);
    device_get(was, p->weight + row->at, (size_t)n * sizeof *was);
    if (is_last)
        device_put(p->weight + row->at, bad, (size_t)n * sizeof *bad);
    result = step_run(&run->step, &run->sampler, PLANTED, PLANTED);
    device_put(p->weight + row->at, was, (size_t)n * sizeof *was);
    free(was);
    free(bad);
    return result;
}

static void open_run(struct trainer *run, int tensor)
{
    struct settings *settings = trainers_settings(base);

    trainers_open(run, settings, group_world(), tensor);
}

static void close_run(struct trainer *run)
{
    trainers_close(run);
}

static void check_fault(int tensor, const struct fault *f)
{
    int ranks = group_size(group_world()), skips = 0;
    struct trainer with, without;
    struct step_result result;
    const struct parameters *p = &with.model.parameters;
    const struct parameters *q = &without.model.parameters;
    bool is_gradient = strstr(f->blamed, "gradient") != NULL;
    int first = (ranks - 1) / tensor * tensor;
    char blamed[64];

    /* Tensor ranks see the same losses; of gradients each has its own. */
    snprintf(blamed, sizeof blamed, "rank %d on ",
             is_gradient ? ranks - 1 : first);
    open_run(&with, tensor);
    open_run(&without, tensor);
    for (int i = 0; i < STEPS; i++) {
        if (i == PLANTED) {
            result = faulty_step(&with, f);
            continue;
        }
        skips += step_run(&with.step, &with.sampler, i, i).skip != SKIP_NONE;
        step_run(&without.step, &without.sampler, i, i);
    }
    ok(result.skip == SKIP_NOT_FINITE && skips == 0 &&
           (group_rank(group_world()) || with.skips.total == 1),
       "%d tensor ranks, %s: one update is left out", tensor, f->parameter);
    ok(strstr(result.why.text, blamed) && strstr(result.why.text, f->blamed),
       "%d tensor ranks: %s", tensor, result.why.text);
    wait_for_weights(&with);
    wait_for_weights(&without);
    ok(!memcmp(p->weight, q->weight, (size_t)p->numbers * sizeof *p->weight) &&
           !memcmp(p->moments.base, q->moments.base, p->moments.size),
       "%d tensor ranks: all else is as if the step had not been", tensor);
    close_run(&with);
    close_run(&without);
}

static void check_passing(void)
{
    struct trainer run;
    struct problem wrong;

    open_run(&run, 1);
    wrong = blame_find(&run.step, &run.sampler, 0);
    ok(strstr(wrong.text, "transient fault"), "what does not come again: %s",
       wrong.text);
    close_run(&run);
}

/* ---- the rule of spikes ---- */

enum { SKILLS = 2 };

/* A step of one target each of the skills whose loss is not negative. */
static enum skip judge(struct skips *s, double a, double b)
{
    double sum[SKILLS] = {fmax(a, 0), fmax(b, 0)};
    double targets[SKILLS] = {a >= 0, b >= 0};
    struct skips_step step = {(sum[0] + sum[1]) / (targets[0] + targets[1]), 1,
                              sum, targets};
    struct problem why = NO_PROBLEM;
    enum skip skip = skips_judge(s, &step, &why);

    CHECK((skip == SKIP_SPIKE) == is_problem(&why), "a spike without reason");
    return skip;
}

static double noise(int i)
{
    return 0.1 * sin(7.3 * i * i);
}

static void check_spikes(void)
{
    struct skips s;
    int early = 0, calm = 0;

    skips_init(&s, 6, 2, SKILLS);
    for (int i = 0; i < 64; i++)
        early += judge(&s, i == 60 ? 50 : 2 + noise(i), 9 + noise(i + 1));
    ok(!early, "no spike before 64 losses are known");
    for (int i = 64; i < 300; i++)
        calm += judge(&s, 2 + noise(i), 9 + noise(i + 1));
    ok(!calm, "no spike in noise");
    ok(judge(&s, -1, 9.1) == SKIP_NONE && judge(&s, 2, -1) == SKIP_NONE,
       "no spike where the mixture turns to what is hard");
    ok(judge(&s, 2.5, 9) == SKIP_NONE && judge(&s, 4, 9) == SKIP_SPIKE,
       "a spike beyond 6 deviations of 0.07");
    ok(judge(&s, 1, 3) == SKIP_NONE, "a loss that falls is none");
    for (int i = 0; i < 2; i++)
        judge(&s, 20, 20);
    ok(!skips_are_too_many(&s), "two in a row are not too many");
    judge(&s, 20, 20);
    ok(skips_are_too_many(&s) && s.total == 4, "three are");
    ok(judge(&s, 2, 9) == SKIP_NONE && !skips_are_too_many(&s) &&
           s.in_a_row == 0 && s.total == 4,
       "what is skipped does not move what is usual");
    skips_free(&s);
}

/* Answers that are known by heart have losses near 0. */
static void check_known(void)
{
    struct skips s;

    skips_init(&s, 6, 10, SKILLS);
    for (int i = 0; i < 128; i++)
        judge(&s, 1e-8, 0);
    ok(judge(&s, 1e-5, 0) == SKIP_NONE && judge(&s, 5e-3, 0) == SKIP_NONE,
       "no spike far below what a loss means");
    ok(judge(&s, 0.1, 0) == SKIP_SPIKE, "a spike above nearly nothing");
    skips_free(&s);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    for (int tensor = 1; tensor <= group_size(group_world()); tensor *= 2)
        for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
            check_fault(tensor, &faults[i]);
    check_passing();
    if (group_size(group_world()) == 1) {
        check_spikes();
        check_known();
    }
    tap_done();
    world_stop();
    return 0;
}
