/* Samples follow the mixture exactly, in both ways to count them, and no skill
 * is seen more often than the cap allows.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/rng.h"
#include "src/skills/mixture.h"
#include "tests/lib/tap.h"

static uint64_t draws;

static double draw(void)
{
    return rng_uniform(31, draws++);
}

/* A mixture of k skills with these settings; each has `windows`, or, if that
 * is NULL, more than a run can use. */
static void start(struct mixture *m, int k, const int64_t *windows,
                  const char *counts, double epoch_cap)
{
    int64_t *many = calloc((size_t)k, sizeof *many);
    struct settings s;
    char text[64];

    for (int i = 0; i < k; i++)
        many[i] = INT64_MAX;
    settings_init(&s);
    snprintf(text, sizeof text, "mixture.counts=%s", counts);
    settings_read_argument(&s, text);
    snprintf(text, sizeof text, "mixture.epoch_cap=%.17g", epoch_cap);
    settings_read_argument(&s, text);
    mixture_init(m, &s, k, windows ? windows : many);
    settings_free(&s);
    free(many);
}

/* Shares of k skills that wander, in whole units so that rounding them does
 * nothing, and what the rule promises of the counts. */
static void check_deal(int k, int64_t samples)
{
    struct mixture m;
    double *p = calloc((size_t)k, sizeof *p), off = 0;
    int64_t *counts = calloc((size_t)k, sizeof *counts);
    int64_t *total = calloc((size_t)k, sizeof *total);
    int64_t *owed = calloc((size_t)k, sizeof *owed);
    bool sums = true, positive = true;

    start(&m, k, NULL, "carried", 0);
    for (int round = 0; round < 50; round++) {
        int64_t sum = 0, left = m.units;

        for (int i = 0; i < k; i++) {
            int64_t units =
                i == k - 1 ? left
                           : (int64_t)((double)m.units / k *
                                       (1 + 0.9 * sin(0.3 * round + 1.3 * i)));

            units = units < left ? units : left;
            left -= units;
            p[i] = (double)units / (double)m.units;
            owed[i] += units * samples;
        }
        mixture_deal(&m, p, samples, counts);
        for (int i = 0; i < k; i++) {
            sum += counts[i];
            positive &= counts[i] >= 0;
            total[i] += counts[i];
            off = worse(off, fabs((double)total[i] -
                                  (double)owed[i] / (double)m.units));
        }
        sums &= sum == samples;
    }
    ok(sums && positive, "%d skills, %ld samples: counts sum up", k,
       (long)samples);
    ok(off <= 1.05, "%d skills, %ld samples: one sample off at most (%.3f)", k,
       (long)samples, off);
    mixture_free(&m);
    free(p), free(owed), free(counts), free(total);
}

/* The largest run that the settings allow. */
static void check_huge(void)
{
    const int64_t samples = (int64_t)1000000000 * (1 << 24);
    struct mixture m;
    int64_t counts[3];

    start(&m, 3, NULL, "carried", 0);
    mixture_deal(&m, (double[3]){.25, .5, .25}, samples, counts);
    ok(counts[0] == samples / 4 && counts[1] == samples / 2 &&
           counts[2] == samples / 4,
       "1.7e16 samples do not overflow");
    mixture_free(&m);
}

static void check_noise(void)
{
    double p[7], q[7], all = 0;
    int64_t a[7], b[7];
    struct mixture m, n;

    start(&m, 7, NULL, "carried", 0);
    start(&n, 7, NULL, "carried", 0);
    for (int i = 0; i < 7; i++)
        all += p[i] = 1 + 0.1 * i;
    for (int i = 0; i < 7; i++) {
        p[i] /= all;
        q[i] = p[i] * (1 + (i % 2 ? 1e-7 : -1e-7));
    }
    mixture_deal(&m, p, 1000000, a);
    mixture_deal(&n, q, 1000000, b);
    ok(memcmp(a, b, sizeof a) == 0,
       "noise of 1e-7 in the shares changes no count");
    mixture_free(&m);
    mixture_free(&n);
}

/* Shares that differ by orders of magnitude; some are 0. */
static void draw_shares(double *p, int k)
{
    double sum = 0;

    for (int i = 0; i < k; i++)
        sum += p[i] = draw() < 0.2 ? 0 : pow(draw(), 4);
    p[0] += sum == 0, sum += sum == 0;
    for (int i = 0; i < k; i++)
        p[i] /= sum;
}

static int64_t total(const int64_t *x, int k)
{
    int64_t sum = 0;

    for (int i = 0; i < k; i++)
        sum += x[i];
    return sum;
}

static void check_floor_last(void)
{
    enum { K = 5 };
    bool right = true;

    for (int turn = 0; turn < 200; turn++) {
        int64_t samples = (int64_t)(1e6 * draw()), counts[K];
        double p[K];
        struct mixture m;

        draw_shares(p, K);
        start(&m, K, NULL, "floor-last", 0);
        mixture_deal(&m, p, samples, counts);
        mixture_deal(&m, p, samples, counts);
        for (int i = 0; i < K - 1; i++)
            right &= counts[i] == (int64_t)floor(p[i] * (double)samples);
        right &= total(counts, K) == samples;
        mixture_free(&m);
    }
    ok(right, "floor-last rounds down, the last skill gets the rest");
}

/* What holds of runs with random shares under a cap. */
struct capped {
    bool sums, within, reported;
    int full; /* skills in the end */
};

static void check_capped(struct capped *c, const char *counts, int k,
                         double epoch_cap, int rounds)
{
    int64_t *windows = calloc((size_t)k, sizeof *windows);
    int64_t *got = calloc((size_t)k, sizeof *got);
    int64_t *given = calloc((size_t)k, sizeof *given);
    int *told = calloc((size_t)k, sizeof *told);
    double *p = calloc((size_t)k, sizeof *p);
    struct mixture m;

    for (int i = 0; i < k; i++)
        windows[i] = 1 + (int64_t)(1000 * pow(draw(), 4));
    start(&m, k, windows, counts, epoch_cap);
    for (int round = 0; round < rounds; round++) {
        int64_t samples = 1 + (int64_t)(100 * k * draw());
        bool over = false, room = false;

        draw_shares(p, k);
        mixture_deal(&m, p, samples, got);
        c->sums &= total(got, k) == samples;
        for (int i = 0; i < k; i++) {
            int64_t cap = (int64_t)floor(epoch_cap * (double)windows[i]);

            c->sums &= got[i] >= 0;
            given[i] += got[i];
            over |= given[i] > cap && got[i] > 0;
            room |= given[i] < cap && p[i] * (double)m.units > 0.51;
        }
        c->within &= !(over && room);
        for (int i; (i = mixture_exhausted(&m)) >= 0;)
            told[i]++;
    }
    for (int i = 0; i < k; i++) {
        bool full = given[i] >= (int64_t)floor(epoch_cap * (double)windows[i]);

        c->reported &= told[i] == full;
        c->full += full;
    }
    mixture_free(&m);
    free(windows), free(got), free(given), free(told), free(p);
}

static void check_caps(const char *counts)
{
    struct capped c = {true, true, true, 0};
    int skills = 0;

    for (int turn = 0; turn < 100; turn++) {
        int k = 1 + (int)(20 * draw());

        check_capped(&c, counts, k, 0.3 + 5 * draw(), 6);
        skills += k;
    }
    ok(c.full > skills / 4 && c.full < skills,
       "%s: %d of %d skills reach their cap", counts, c.full, skills);
    ok(c.sums, "%s: counts sum up under a cap", counts);
    ok(c.within, "%s: no skill goes beyond its cap while another has room",
       counts);
    ok(c.reported, "%s: each full skill is reported once", counts);
}

/* Water filling: the level at which the skills, each full at its cap and else
 * at level p[i], hold `samples` together. */
static double find_level(const double *p, const int64_t *cap, int k,
                         double samples)
{
    double low = 0, high = 1e30;

    for (int turn = 0; turn < 300; turn++) {
        double level = (low + high) / 2, sum = 0;

        for (int i = 0; i < k; i++)
            sum += fmin((double)cap[i], level * p[i]);
        *(sum < samples ? &low : &high) = level;
    }
    return low;
}

/* A fixed mixture: what each skill has got in the end, against water
 * filling. */
static void check_filling(int k, const double *p, const int64_t *windows,
                          int64_t samples, int rounds)
{
    int64_t *got = calloc((size_t)k, sizeof *got);
    double off = 0, level;
    struct mixture m;
    int full = 0;

    start(&m, k, windows, "carried", 1);
    for (int round = 0; round < rounds; round++)
        mixture_deal(&m, p, samples, got);
    level = find_level(p, windows, k, (double)samples * rounds);
    for (int i = 0; i < k; i++) {
        double expect = fmin((double)windows[i], level * p[i]);

        /* Many that are a part of a sample from full move the level a bit. */
        off = worse(off,
                    fabs((double)m.given[i] - expect) / (1 + 1e-4 * expect));
        full += m.given[i] == windows[i];
    }
    ok(full > 0 && full < k && off < 1,
       "%d skills, %d of them full: %.2f samples off water filling", k, full,
       off);
    mixture_free(&m);
    free(got);
}

/* Shares of whole units, so that rounding them does nothing. */
static void check_random_filling(int k, int64_t samples, int rounds)
{
    int64_t *windows = calloc((size_t)k, sizeof *windows), units = 8192, left;
    double *p = calloc((size_t)k, sizeof *p);

    for (int i = 0; i < k; i++)
        windows[i] =
            1 + (int64_t)(pow(draw(), 3) * 6 * (double)samples * rounds / k);
    windows[0] = samples * rounds; /* they never are all full */
    while (units / k < 1024)
        units *= 2;
    left = units;
    for (int i = k - 1; i >= 0; i--) {
        double whole = 1 + rint((double)units / k * 1.8 * draw());

        whole = i ? fmin(whole, (double)(left - i)) : (double)left;
        p[i] = whole / (double)units;
        left -= (int64_t)whole;
    }
    check_filling(k, p, windows, samples, rounds);
    free(windows), free(p);
}

static void check_loose_cap(const char *counts)
{
    int64_t windows[9], a[9], b[9];
    struct mixture free_mixture, capped;
    double p[9];
    int same = 0;

    for (int i = 0; i < 9; i++)
        windows[i] = 100 * 1000;
    start(&free_mixture, 9, windows, counts, 0);
    start(&capped, 9, windows, counts, 1);
    for (int round = 0; round < 100; round++) {
        draw_shares(p, 9);
        mixture_deal(&free_mixture, p, 997, a);
        mixture_deal(&capped, p, 997, b);
        same += memcmp(a, b, sizeof a) == 0;
    }
    ok(same == 100 && mixture_exhausted(&capped) == -1,
       "%s: a cap that is not reached changes nothing", counts);
    mixture_free(&free_mixture);
    mixture_free(&capped);
}

static void is_dealt(const char *name, const char *counts,
                     const int64_t *windows, const double *p, int64_t samples,
                     const int64_t *expect)
{
    struct mixture m;
    int64_t got[3];

    start(&m, 3, windows, counts, 1);
    mixture_deal(&m, p, samples, got);
    ok(memcmp(got, expect, sizeof got) == 0, "%s, %s: %ld %ld %ld", counts,
       name, (long)got[0], (long)got[1], (long)got[2]);
    mixture_free(&m);
}

/* By hand. */
static void check_cases(void)
{
    static const char *const rules[] = {"carried", "floor-last"};
    static const int64_t small_first[3] = {10, 1000, 1000};
    static const int64_t cascade[3] = {10, 32, 1000};
    static const int64_t all_small[3] = {10, 100, 1000};

    for (int i = 0; i < 2; i++) {
        is_dealt("the rest in proportion", rules[i], small_first,
                 (double[3]){.5, .375, .125}, 90, (int64_t[3]){10, 60, 20});
        is_dealt("one after another", rules[i], cascade,
                 (double[3]){.5, .25, .25}, 80, (int64_t[3]){10, 32, 38});
        is_dealt("all full, and a skill without a share", rules[i], all_small,
                 (double[3]){.5, .5, 0}, 130, (int64_t[3]){20, 110, 0});
    }
}

/* Six of eight skills get a sample more than they are owed, and then have no
 * share: what the other two are owed is more than there is. */
static void check_debts(void)
{
    enum { K = 8 };
    static const double first[K] = {.125, .125, .125, .125,
                                    .125, .125, .125, .125};
    static const double second[K] = {[6] = .5, [7] = .5};
    static const int64_t expect[K] = {[6] = 1};
    int64_t counts[K];
    struct mixture m;

    start(&m, K, NULL, "carried", 0);
    mixture_deal(&m, first, 6, counts);
    mixture_deal(&m, second, 1, counts);
    ok(memcmp(counts, expect, sizeof counts) == 0,
       "nothing is taken back from a skill that got too much");
    mixture_free(&m);
}

/* Rounded down three times and up once, the shares lack a unit. */
static void check_units(void)
{
    enum { K = 5 };
    static const double p[K] = {0, 2048.4 / 8192, 2048.4 / 8192, 2048.4 / 8192,
                                2046.8 / 8192};
    static const int64_t expect[K] = {0, 2049, 2048, 2048, 2047};
    int64_t counts[K];
    struct mixture m;

    start(&m, K, NULL, "carried", 0);
    mixture_deal(&m, p, 8192, counts);
    ok(memcmp(counts, expect, sizeof counts) == 0,
       "the unit goes to the largest remainder, not to a skill without a "
       "share");
    mixture_free(&m);
}

/* A floor of 0.01 under ten thousand skills, one of which has all the rest. */
static void check_floor(void)
{
    enum { K = 10000, ROUNDS = 200 };
    double *p = calloc(K, sizeof *p);
    int64_t *got = calloc(K, sizeof *got), least = INT64_MAX, most = 0;
    struct mixture m;

    for (int i = 0; i < K; i++)
        p[i] = 0.01 / K + (i == 77 ? 0.99 : 0);
    start(&m, K, NULL, "carried", 0);
    for (int round = 0; round < ROUNDS; round++)
        mixture_deal(&m, p, 20000, got);
    for (int i = 0; i < K; i++)
        if (i != 77) {
            least = m.given[i] < least ? m.given[i] : least;
            most = m.given[i] > most ? m.given[i] : most;
        }
    /* 4 each, and 5 % for units: 10 or 11 stand for 10.5. */
    ok(least >= 3 && most <= 5,
       "floors of 1e-6 are kept: %ld to %ld samples, not 4", (long)least,
       (long)most);
    mixture_free(&m);
    free(p), free(got);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_deal(1, 7);
    check_deal(7, 1000);
    check_deal(7, 3);
    check_deal(1000, 1000);
    check_deal(10000, 320);
    check_huge();
    check_noise();
    check_debts();
    check_units();
    check_floor();
    check_floor_last();
    check_cases();
    check_caps("carried");
    check_caps("floor-last");
    check_random_filling(4, 1000, 7);
    check_random_filling(50, 333, 20);
    check_random_filling(10000, 100000, 3);
    check_loose_cap("carried");
    check_loose_cap("floor-last");
    tap_done();
    world_stop();
    return 0;
}
