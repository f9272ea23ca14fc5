/* Learning rates: every schedule at a few steps against its formula; stages;
 * lists of steps that are none.    ranks: 1 */
#include <math.h>
#include <string.h>

#include "src/trainer/schedule.h"
#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

static const char *const base[] = {
    "train.learning_rate=2", "train.minimum_learning_rate=0.5",
    "train.warmup_steps=10", "train.steps=110", NULL};

static double worst_rate(const char *const *extra, const long *steps,
                         const double *expect, int n)
{
    struct schedule_config c;
    struct settings s;
    double worst = 0;

    settings_init(&s);
    trainers_set(&s, base);
    trainers_set(&s, extra);
    schedule_init(&c, &s);
    for (int i = 0; i < n; i++)
        worst = worse(worst, fabs(schedule_rate(&c, steps[i]) - expect[i]));
    settings_free(&s);
    return worst;
}

/* The step after the last would have the minimum; decay starts from the whole
 * rate. */
static void check_shapes(void)
{
    static const long steps[] = {0, 9, 10, 60, 109};
    const struct {
        const char *schedule;
        double expect[5];
    } cases[] = {
        {"train.schedule=constant", {.2, 2, 2, 2, 2}},
        {"train.schedule=linear", {.2, 2, 2, 1.25, .515}},
        {"train.schedule=cosine", {.2, 2, 2, 1.25, .5003700797257013}},
        /* 11 steps of decay, of which the last has 10 behind it. */
        {"train.schedule=wsd", {.2, 2, 2, 2, 2 - 1.5 * sqrt(10. / 11)}},
        {"train.schedule=inverse-square-root",
         {.2, 2, 2 * sqrt(10. / 11), 2 * sqrt(10. / 61), 2 * sqrt(10. / 110)}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const extra[] = {cases[i].schedule, NULL};
        double worst = worst_rate(extra, steps, cases[i].expect, 5);

        ok(worst < 1e-12, "%s, off by %.1e", cases[i].schedule, worst);
    }
}

static void check_decay(void)
{
    static const char *const extra[] = {"train.schedule=wsd",
                                        "train.decay_steps=50", NULL};
    static const char *const longer[] = {"train.schedule=wsd",
                                         "train.decay_steps=1000", NULL};
    static const char *const floor[] = {"train.schedule=inverse-square-root",
                                        "train.minimum_learning_rate=1.5",
                                        NULL};
    static const char *const no_warmup[] = {
        "train.schedule=inverse-square-root", "train.warmup_steps=0", NULL};
    double worst =
        worst_rate(extra, (const long[]){59, 60, 72},
                   (const double[]){2, 2, 2 - 1.5 * sqrt(12. / 50)}, 3);

    ok(worst < 1e-12, "wsd over 50 steps, off by %.1e", worst);
    worst = worst_rate(longer, (const long[]){9, 10, 35},
                       (const double[]){2, 2, 1.25}, 3);
    ok(worst < 1e-12, "wsd decays from the warm-up on, off by %.1e", worst);
    worst = worst_rate(floor, (const long[]){10, 109},
                       (const double[]){2 * sqrt(10. / 11), 1.5}, 2);
    ok(worst < 1e-12, "inverse square root to the minimum, off by %.1e",
       worst);
    worst =
        worst_rate(no_warmup, (const long[]){0, 3}, (const double[]){2, 1}, 2);
    ok(worst < 1e-12, "inverse square root without warm-up, off by %.1e",
       worst);
}

/* 110 steps in stages of 40, 50 and 20; what a stage is does not depend on
 * those behind it. */
static void check_stages(void)
{
    static const char *const extra[] = {"train.rewarm_at=40, 90",
                                        "train.schedule=linear", NULL};
    static const char *const first[] = {"train.steps=40",
                                        "train.schedule=linear", NULL};
    static const long steps[] = {0, 9, 25, 39, 40, 49, 70, 89, 90, 99, 105};
    static const double expect[] = {.2,   2,     1.25, .55, .65, 2,
                                    1.25, .5375, .65,  2,   1.25};
    double worst = worst_rate(extra, steps, expect, 11);

    ok(worst < 1e-12, "three stages, off by %.1e", worst);
    worst = worst_rate(first, steps, expect, 4);
    ok(worst < 1e-12, "the first of them alone, off by %.1e", worst);
}

static void check_list(const char *list, bool is_right)
{
    struct schedule_config c;
    struct settings s;
    struct problem wrong;
    char argument[64];

    snprintf(argument, sizeof argument, "train.rewarm_at=%s", list);
    settings_init(&s);
    trainers_set(&s, (const char *const[]){argument, NULL});
    wrong = schedule_init(&c, &s);
    ok(is_problem(&wrong) != is_right &&
           (is_right || strstr(wrong.text, "train.rewarm_at")),
       "\"%s\" is %s list of rising steps%s%s", list, is_right ? "a" : "no",
       is_right ? "" : ": ", is_right ? "" : wrong.text);
    settings_free(&s);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_shapes();
    check_decay();
    check_stages();
    check_list("", true);
    check_list("10 , 20", true);
    check_list("10", true);
    check_list("0", false);
    check_list("20,10", false);
    check_list("10,", true);
    check_list("10,x", false);
    check_list("10 20", false);
    check_list("-5", false);
    check_list("1e3", false);
    tap_done();
    world_stop();
    return 0;
}
