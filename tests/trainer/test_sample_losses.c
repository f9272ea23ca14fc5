/* Training and evaluation on samples say what the model says of each sample
 * alone, without padding, whatever counts in the loss.    ranks: 1 2 4
 * (double alone: the sums have another order) */
#include <math.h>
#include <string.h>

#include "kernels/device.h"
#include "src/trainer/evaluation.h"
#include "tests/lib/sample_files.h"
#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

/* A micro-batch of 32 samples has more rows than the loss takes at a time. */
enum { SKILLS = 2, BATCH = 128, LENGTH = SAMPLE_MOST - 1 };

static const char *const base[] = {
    "model.layers=1",
    "model.hidden=16",
    "model.heads=4",
    "model.context=16",
    "model.rotary_fraction=1",
    "train.sequence_length=9",
    "train.global_batch=128",
    "train.steps=3",
    "train.micro_batch=32",
    "train.learning_rate=1e-2",
    "train.warmup_steps=0",
    "train.clip=0",
    "skills.train=a,b",
    "skills.evaluate=b,plain",
    "evaluate.windows=0",
    "train.seed=9",
    "parallel.zero=0", /* all that is compared */
    NULL};

static void open_run(struct trainer *run, int tensor, const char *setting)
{
    char data[600];
    const char *const more[] = {data, setting, NULL};

    snprintf(data, sizeof data, "data.directory=%s", directory);
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, more);
    trainers_open(run, settings, group_world(), tensor);
}

static void close_run(struct trainer *run)
{
    trainers_close(run);
}

/* The same model on this rank alone, for a single sequence of n tokens: no
 * padding, no batch, no grid. */
static struct {
    struct group *self;
    struct model of[LENGTH + 1];
} alone;

static void alone_init(void)
{
    struct trainer run;
    struct grid self;

    alone.self = group_split(group_world(), rank());
    self = (struct grid){alone.self, alone.self, alone.self};
    open_run(&run, 1, NULL);
    for (long n = 1; n <= LENGTH; n++) {
        struct shape shape = run.model.shape;

        shape_divide(&shape, 1, 0, true);
        shape_batch(&shape, 1, n);
        model_init(&alone.of[n], &shape, &self);
        model_randomise(&alone.of[n], run.settings->train.seed);
    }
    close_run(&run);
}

static void alone_free(void)
{
    for (long n = 1; n <= LENGTH; n++)
        model_free(&alone.of[n]);
    group_free(alone.self);
}

static void alone_forget(void)
{
    for (long n = 1; n <= LENGTH; n++) {
        struct parameters *p = &alone.of[n].parameters;

        device_zero(p->gradient, (size_t)p->numbers * sizeof *p->gradient);
    }
}

/* Gradients of all that was said, element j of parameter i. */
static double alone_gradient(int i, long j)
{
    double sum = 0;

    for (long n = 1; n <= LENGTH; n++) {
        const struct parameters *p = &alone.of[n].parameters;

        sum += (double)p->gradient[p->list[i].at + j];
    }
    return sum;
}

/* Whether target id has the highest logit in row t of the last forward. */
static bool is_highest(const struct model *m, long t, int32_t id)
{
    const struct loss *l = &m->loss;
    const real *x = l->normed.at + t * l->normed.ld;
    double logit[SAMPLE_VOCABULARY] = {0};

    for (long j = 0; j < SAMPLE_VOCABULARY; j++)
        for (long i = 0; i < l->w.cols; i++)
            logit[j] += (double)x[i] * (double)l->w.at[j * l->w.ld + i];
    for (long j = 0; j < SAMPLE_VOCABULARY; j++)
        if (logit[j] > logit[id])
            return false;
    return true;
}

struct said {
    double loss; /* sum */
    long targets;
    bool answered;
};

/* What the model says of a sample; its gradients are added up. */
static struct said ask(const struct made *s, bool answer_only)
{
    struct model *m = &alone.of[s->n - 1];
    int32_t target[LENGTH];
    wide losses[LENGTH];
    struct said said = {.answered = true};

    for (long t = 0; t < s->n - 1; t++) {
        bool in_answer = t + 1 >= s->answer && t + 1 < s->answer_end;

        target[t] = in_answer || !answer_only ? s->token[t + 1] : -1;
        said.targets += target[t] >= 0;
    }
    model_gradients(m,
                    &(struct model_batch){.token = s->token, .target = target},
                    1, &(struct model_result){.losses = losses});
    for (long t = 0; t < s->n - 1; t++)
        said.loss += target[t] >= 0 ? (double)losses[t] : 0;
    for (long t = s->answer - 1; t < s->answer_end - 1; t++)
        said.answered &= is_highest(m, t, s->token[t + 1]);
    return said;
}

/* The gradient of a step, times `factor`, against that of the mean loss of the
 * samples alone.  Only a rank that has the whole model can tell. */
static double gradient_error(const struct parameters *p, double factor,
                             double targets)
{
    double worst = 0, size = 0;

    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];

        for (long j = 0; j < row->rows * row->cols; j++) {
            double found = (double)p->gradient[row->at + j] * factor;
            double want = alone_gradient(i, j) / targets;

            worst = worse(worst, fabs(found - want));
            size = fmax(size, fabs(want));
        }
    }
    return worst / size;
}
static double alone_norm(double targets)
{
    const struct parameters *p = &alone.of[1].parameters;
    double sum = 0;

    for (int i = 0; i < p->n; i++)
        for (long j = 0; j < p->list[i].rows * p->list[i].cols; j++)
            sum += pow(alone_gradient(i, j), 2);
    return sqrt(sum) / targets;
}

static void check_step(int tensor, bool answer_only)
{
    const char *name = answer_only ? "answers" : "all tokens";
    struct trainer run;
    double loss[SKILLS] = {0}, targets[SKILLS] = {0}, tokens = 0, worst = 0;
    double sum, all;
    struct step_result result;

    open_run(&run, tensor, answer_only ? "train.loss=answer" : NULL);
    alone_forget();
    for (int64_t j = BATCH; j < 2 * BATCH; j++) { /* the second step's */
        struct sampler_draw draw = sampler_draw(&run.sampler, j);
        struct made made = sample_make(1 + draw.skill, (long)draw.window);
        struct said said = ask(&made, answer_only);

        loss[draw.skill] += said.loss;
        targets[draw.skill] += (double)said.targets;
        tokens += (double)(made.n - 1);
    }
    result = step_run(&run.step, &run.sampler, 0, 1);
    for (int i = 0; i < SKILLS; i++) {
        worst = worse(worst, fabs(result.skill_loss[i] - loss[i]));
        worst = worse(worst, fabs(result.skill_targets[i] - targets[i]));
    }
    sum = loss[0] + loss[1];
    all = targets[0] + targets[1];
    /* Sums of some 500 losses near 2. */
    ok(worst < 1e-12, "%s, %d tensor ranks: losses by skill, off by %.1e",
       name, tensor, worst);
    ok(fabs(result.loss - sum / all) < 1e-13 && result.tokens == tokens,
       "%s, %d tensor ranks: their mean, off by %.1e, of %g tokens", name,
       tensor, fabs(result.loss - sum / all), result.tokens);
    worst = fabs(result.norm / alone_norm(all) - 1);
    ok(worst < 1e-12, "%s, %d tensor ranks: norm, off by %.1e", name, tensor,
       worst);
    if (tensor == 1) {
        worst =
            gradient_error(&run.model.parameters, BATCH * LENGTH / all, all);
        ok(worst < 1e-12, "%s: gradients, off by %.1e", name, worst);
    }
    close_run(&run);
}

/* One step; the first moments are the gradients that the update saw. */
static struct step_result one_step(struct trainer *run, int tensor,
                                   const char *setting)
{
    open_run(run, tensor, setting);
    return step_run(&run->step, &run->sampler, 0, 0);
}

/* The largest difference of two runs' first moments, the second times
 * `factor`. */
static double moment_error(const struct trainer *a, const struct trainer *b,
                           double factor)
{
    const struct parameters *p = &a->model.parameters;
    const struct parameters *q = &b->model.parameters;
    double worst = 0, size = 0;

    for (long i = 0; i < p->numbers; i++) {
        worst = worse(worst, fabs((double)p->m[i] - factor * (double)q->m[i]));
        size = fmax(size, fabs((double)p->m[i]));
    }
    return worst / size;
}

static void check_padding(int tensor)
{
    struct trainer run, longer;
    struct step_result a = one_step(&run, tensor, NULL);
    struct step_result b =
        one_step(&longer, tensor, "train.sequence_length=16");
    double e = moment_error(&run, &longer, 1);

    ok(fabs(a.loss - b.loss) < 1e-14 && a.tokens == b.tokens,
       "%d tensor ranks: loss with more padding, off by %.1e", tensor,
       fabs(a.loss - b.loss));
    ok(e < 1e-13 && fabs(a.norm / b.norm - 1) < 1e-13,
       "%d tensor ranks: update with more padding, off by %.1e", tensor, e);
    close_run(&run);
    close_run(&longer);
}

static void check_denominators(int tensor)
{
    struct trainer run, over_all;
    struct step_result a = one_step(&run, tensor, NULL);
    struct step_result b =
        one_step(&over_all, tensor, "train.loss_denominator=all");
    double targets = a.skill_targets[0] + a.skill_targets[1];
    double factor = BATCH * LENGTH / targets;
    double e = moment_error(&run, &over_all, factor);

    ok(factor > 1.5 && fabs(a.norm / b.norm / factor - 1) < 1e-15,
       "%d tensor ranks: norms over %g targets and %d positions: %g, %g",
       tensor, targets, BATCH * LENGTH, a.norm, b.norm);
    ok(e < 1e-15, "%d tensor ranks: updates have this ratio too, off by %.1e",
       tensor, e);
    ok(a.loss == b.loss, "%d tensor ranks: the loss told is the same", tensor);
    close_run(&run);
    close_run(&over_all);
}

/* Skill b has answers, skill plain has none. */
static void check_evaluation(int tensor, bool answer_only)
{
    static const int number[SKILLS] = {12, 13};
    const char *name = answer_only ? "answers" : "all tokens";
    struct trainer run;
    struct evaluation e;
    double loss = 0, accuracy = 0, right[SKILLS] = {0};

    open_run(&run, tensor,
             answer_only ? "evaluate.loss=answer" : "evaluate.loss=all");
    evaluation_init(&e, run.settings, &run.grid, &run.step.batch);
    evaluation_split(&e, &run.data.validation);
    for (int skill = 0; skill < SKILLS; skill++) {
        long n = (long)run.data.validation.windows[skill];
        double sum = 0;

        for (long i = 0; i < n; i++) {
            struct made made = sample_make(number[skill], i);
            struct said said = ask(&made, answer_only && skill == 0);

            sum += said.loss / (double)said.targets;
            right[skill] += skill == 0 && said.answered;
        }
        loss = worse(loss, fabs(e.loss[skill] - sum / (double)n));
        accuracy = worse(accuracy,
                         fabs(e.accuracy[skill] - right[skill] / (double)n));
    }
    /* Means of up to 199 losses near 2. */
    ok(loss < 1e-13, "%s, %d tensor ranks: evaluation, off by %.1e", name,
       tensor, loss);
    ok(accuracy < 1e-15 && right[0] > 0 && right[0] < 190,
       "%s, %d tensor ranks: %g right answers, accuracy off by %.1e", name,
       tensor, right[0], accuracy);
    evaluation_free(&e);
    close_run(&run);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    sample_files_begin();
    alone_init();
    for (int tensor = 1; tensor <= group_size(group_world()); tensor *= 2) {
        for (int answer_only = 0; answer_only < 2; answer_only++) {
            check_step(tensor, answer_only);
            check_evaluation(tensor, answer_only);
        }
        check_padding(tensor);
        check_denominators(tensor);
    }
    alone_free();
    sample_files_end();
    tap_done();
    world_stop();
    return 0;
}
