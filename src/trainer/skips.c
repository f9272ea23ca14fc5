#include "src/trainer/skips.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

enum { LEAST = 64, MEMORY = 32 };

static const double to_deviation = 1.4826; /* of a normal distribution */
static const double least_deviation = 1e-3;

void skips_init(struct skips *s, double spike, long limit, int skills)
{
    size_t n = (size_t)skills;

    *s = (struct skips){.spike = spike, .limit = limit, .skills = skills};
    s->known = memory_take(n, sizeof *s->known, "skills");
    s->mean = memory_take(n, sizeof *s->mean, "losses of skills");
}

void skips_free(struct skips *s)
{
    free(s->known);
    free(s->mean);
}

/* Losses of the skills that were seen before, and what they had lately. */
struct comparison {
    double targets, loss,
        expected; /* means over the targets, if there are any */
};

static struct comparison compare(const struct skips *s,
                                 const struct skips_step *step)
{
    struct comparison c = {0};

    for (int i = 0; i < s->skills; i++) {
        if (step->targets[i] <= 0 || s->known[i] == 0)
            continue;
        c.targets += step->targets[i];
        c.loss += step->sum[i];
        c.expected += step->targets[i] * s->mean[i];
    }
    if (c.targets > 0)
        c.loss /= c.targets, c.expected /= c.targets;
    return c;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of n numbers, which are sorted. */
static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, by_size);
    return (x[(n - 1) / 2] + x[n / 2]) / 2;
}

static bool is_spike(const struct skips *s, const struct comparison *c,
                     struct problem *why)
{
    int n = s->seen < SKIPS_WINDOW ? (int)s->seen : SKIPS_WINDOW;
    double x[SKIPS_WINDOW], middle, deviation, above;

    if (s->spike <= 0 || c->targets <= 0 || n < LEAST)
        return false;
    memcpy(x, s->excess, (size_t)n * sizeof *x);
    middle = median(x, n);
    for (int i = 0; i < n; i++)
        x[i] = fabs(x[i] - middle);
    deviation = fmax(to_deviation * median(x, n),
                     least_deviation * fmax(1, c->expected));
    above = (c->loss - c->expected - middle) / deviation;
    if (!(above > s->spike))
        return false;
    *why = problem("its loss of %.4f is %.1f deviations above %.4f, the "
                   "recent loss of its skills (train.spike=%g)",
                   c->loss, above, c->expected + middle, s->spike);
    return true;
}

static void learn(struct skips *s, const struct skips_step *step,
                  const struct comparison *c)
{
    if (c->targets > 0)
        s->excess[s->seen++ % SKIPS_WINDOW] = c->loss - c->expected;
    for (int i = 0; i < s->skills; i++) {
        double loss = step->sum[i] / step->targets[i];

        if (step->targets[i] <= 0)
            continue;
        s->known[i]++;
        s->mean[i] += (loss - s->mean[i]) /
                      (double)(s->known[i] < MEMORY ? s->known[i] : MEMORY);
    }
}

enum skip skips_judge(struct skips *s, const struct skips_step *step,
                      struct problem *why)
{
    struct comparison c = compare(s, step);
    enum skip skip = SKIP_NONE;

    if (!isfinite(step->loss) || !isfinite(step->norm))
        skip = SKIP_NOT_FINITE;
    else if (is_spike(s, &c, why))
        skip = SKIP_SPIKE;
    if (skip == SKIP_NONE)
        learn(s, step, &c);
    s->total += skip != SKIP_NONE;
    s->in_a_row = skip != SKIP_NONE ? s->in_a_row + 1 : 0;
    return skip;
}

bool skips_are_too_many(const struct skips *s)
{
    return s->in_a_row > s->limit;
}

void skips_state(struct skips *s, struct arrays *a)
{
    uint64_t n = (uint64_t)s->skills;

    arrays_add(a, "run/skips/total", H5_I64, 1, 1, &s->total);
    arrays_add(a, "run/skips/in_a_row", H5_I64, 1, 1, &s->in_a_row);
    arrays_add(a, "run/skips/seen", H5_I64, 1, 1, &s->seen);
    arrays_add(a, "run/skips/known", H5_I64, n, 1, s->known);
    arrays_add(a, "run/skips/mean", H5_F64, n, 1, s->mean);
    arrays_add(a, "run/skips/excess", H5_F64, SKIPS_WINDOW, 1, s->excess);
}
