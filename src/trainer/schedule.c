#include "src/trainer/schedule.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* The number at `at` and, returned, what stands behind it and a comma; NULL if
 * there is no number, or something else behind it. */
static const char *next_step(const char *at, long *step)
{
    char *end;

    *step = strtol(at, &end, 10);
    if (end == at)
        return NULL;
    while (isspace((unsigned char)*end))
        end++;
    return *end == ',' ? end + 1 : *end ? NULL : end;
}

static struct problem check_stages(const struct settings *s)
{
    const char *at = s->train.rewarm_at;
    long step, before = 0;

    while (*at) {
        at = next_step(at, &step);
        if (!at || step <= before)
            return problem("%s: \"%s\" is not a list of increasing steps, "
                           "such as 10000,25000",
                           settings_place(s, "train.rewarm_at"),
                           s->train.rewarm_at);
        before = step;
    }
    return NO_PROBLEM;
}

struct problem schedule_init(struct schedule_config *c,
                             const struct settings *s)
{
    *c = (struct schedule_config){
        .kind = s->train.schedule,
        .highest = s->train.learning_rate,
        .lowest = s->train.minimum_learning_rate,
        .steps = s->train.steps,
        .warmup_steps = s->train.warmup_steps,
        .decay_steps = s->train.decay_steps,
        .rewarm_at = s->train.rewarm_at,
    };
    return check_stages(s);
}

/* Steps [first, end) of the run. */
struct stage {
    long first, end;
};

static struct stage stage_of(const struct schedule_config *c, long step)
{
    struct stage stage = {0, c->steps};
    long start;

    for (const char *at = c->rewarm_at; *at;) {
        at = next_step(at, &start);
        if (start <= step)
            stage.first = start;
        else if (start < stage.end)
            stage.end = start;
    }
    return stage;
}

/* A tenth is what is common. */
static long decay_steps(const struct schedule_config *c, long steps)
{
    long n = c->decay_steps ? c->decay_steps : (steps + 9) / 10;
    long most = steps - c->warmup_steps;

    return n < most ? n : most;
}

/* How far step i of `steps` in a stage, behind the warm-up, is on the way from
 * the highest rate to the minimum.  The root falls steeply at first, and ends
 * at a lower loss than a line does (Hägele et al., 2024). */
static double fallen(const struct schedule_config *c, long i, long steps)
{
    long warmup = c->warmup_steps, decay = decay_steps(c, steps);
    double done = (double)(i - warmup) / (double)(steps - warmup);
    double decayed = (double)(i - (steps - decay)) / (double)decay;

    switch (c->kind) {
    case SCHEDULE_LINEAR:
        return done;
    case SCHEDULE_COSINE:
        return (1 - cos(M_PI * done)) / 2;
    case SCHEDULE_WSD:
        return decayed > 0 ? sqrt(decayed) : 0;
    case SCHEDULE_INVERSE_SQUARE_ROOT:
    case SCHEDULE_CONSTANT:
        break;
    }
    return 0;
}

double schedule_rate(const struct schedule_config *c, long step)
{
    double full = c->highest;
    double least = c->lowest;
    struct stage stage = stage_of(c, step);
    long i = step - stage.first, steps = stage.end - stage.first;
    long warmup = c->warmup_steps;
    double from = stage.first > 0 ? least : 0;

    if (i < warmup)
        return from + (full - from) * (double)(i + 1) / (double)warmup;
    if (c->kind == SCHEDULE_INVERSE_SQUARE_ROOT)
        return fmax(least,
                    full * sqrt(fmax(1, (double)warmup) / (double)(i + 1)));
    return full + (least - full) * fallen(c, i, steps);
}
