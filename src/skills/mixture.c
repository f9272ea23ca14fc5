#include "src/skills/mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"

/* floor(epoch_cap windows); nothing reaches the largest number. */
static int64_t find_cap(double epoch_cap, int64_t windows)
{
    double cap = floor(epoch_cap * (double)windows);

    return epoch_cap > 0 && cap < 9e18 ? (int64_t)cap : INT64_MAX;
}

void mixture_init(struct mixture *m, const struct settings *s, int k,
                  const int64_t *windows)
{
    *m = (struct mixture){
        .k = k,
        .rule = s->mixture.counts,
        .units = 8192,
        .carry = memory_take((size_t)k, sizeof *m->carry, "skills"),
        .given = memory_take((size_t)k, sizeof *m->given, "skills"),
        .cap = memory_take((size_t)k, sizeof *m->cap, "skills"),
        .is_told = memory_take((size_t)k, sizeof *m->is_told, "skills"),
    };
    while (m->units / k < 1024)
        m->units *= 2;
    for (int i = 0; i < k; i++)
        m->cap[i] = find_cap(s->mixture.epoch_cap, windows[i]);
}

void mixture_free(struct mixture *m)
{
    free(m->carry);
    free(m->given);
    free(m->cap);
    free(m->is_told);
    *m = (struct mixture){0};
}

int mixture_exhausted(struct mixture *m)
{
    for (int i = 0; i < m->k; i++)
        if (m->given[i] >= m->cap[i] && !m->is_told[i]) {
            m->is_told[i] = true;
            return i;
        }
    return -1;
}

/* A whole part and what is left of it, for the largest-remainder rule. */
struct part {
    int64_t whole, rest;
    int place;
};

static int by_rest(const void *a, const void *b)
{
    const struct part *x = a, *y = b;

    if (x->rest != y->rest)
        return x->rest < y->rest ? 1 : -1;
    return x->place - y->place;
}

/* Adds or takes ones, largest remainder first, until the wholes sum to
 * `total`.  One can only be taken where there is one.  The parts end in the
 * order of their remainders. */
static void level(struct part *parts, int k, int64_t total)
{
    int64_t missing = total;

    for (int i = 0; i < k; i++)
        missing -= parts[i].whole;
    qsort(parts, (size_t)k, sizeof *parts, by_rest);
    for (int i = 0; missing > 0; i = (i + 1) % k, missing--)
        parts[i].whole++;
    for (int i = k - 1; missing < 0; i = (i + k - 1) % k)
        if (parts[i].whole > 0)
            parts[i].whole--, missing++;
}

/* One deal under way: what each skill has in its hand.  One that is full gives
 * all of its room; the others share the samples that are left for them. */
struct hand {
    double share;
    int64_t units; /* the share in units, for carried counts */
    int64_t room;  /* what the cap still allows */
    int64_t count, carry;
    bool is_full;
};

struct deal {
    const struct mixture *m;
    struct hand *hand;  /* [k] */
    struct part *parts; /* [k] room for a rule */
    int64_t samples;    /* for the skills that are not full */
};

/* The units of each skill, from shares whose sum is 1 but for rounding. */
static void quantise(struct deal *d)
{
    const struct mixture *m = d->m;

    for (int i = 0; i < m->k; i++) {
        double exact = d->hand[i].share * (double)m->units;
        double units = rint(exact);

        /* A remainder to a thousandth of a unit: ties go by place. */
        d->parts[i] = (struct part){(int64_t)units,
                                    (int64_t)rint((exact - units) * 1000), i};
    }
    level(d->parts, m->k, m->units);
    for (int i = 0; i < m->k; i++)
        d->hand[d->parts[i].place].units = d->parts[i].whole;
}

/* What the skills that are not full are owed together, in 1/units of a sample
 * and without their carries: the carries of all sum to 0, and that of a full
 * skill goes to them. */
static __int128 find_owed(const struct deal *d, int64_t *units)
{
    __int128 owed = (__int128)d->samples * d->m->units;

    *units = 0;
    for (int i = 0; i < d->m->k; i++)
        if (!d->hand[i].is_full) {
            owed -= d->m->carry[i];
            *units += d->hand[i].units;
        }
    return owed;
}

/* Each is owed its part of the whole as one cumulative sum less another, so
 * that nothing is lost to rounding. */
static void deal_carried(struct deal *d)
{
    const struct mixture *m = d->m;
    int64_t units, upto = 0;
    __int128 all = find_owed(d, &units), before = 0;
    int n = 0;

    for (int i = 0; i < m->k; i++) {
        struct hand *h = &d->hand[i];

        h->carry = 0;
        if (h->is_full)
            continue;
        upto += h->units;

        __int128 sum = units ? all * upto / units : 0;
        __int128 owed = m->carry[i] + sum - before;

        before = sum;
        h->count = owed > 0 ? (int64_t)(owed / m->units) : 0;
        h->carry = (int64_t)(owed - (__int128)h->count * m->units);
        d->parts[n++] = (struct part){h->count, h->carry, i};
    }
    level(d->parts, n, d->samples);
    for (const struct part *part = d->parts; part < d->parts + n; part++) {
        struct hand *h = &d->hand[part->place];

        h->carry -= (part->whole - h->count) * m->units;
        h->count = part->whole;
    }
}

static void deal_floor_last(struct deal *d)
{
    struct hand *last = NULL;
    double open = 0;
    int64_t left = d->samples;
    bool some_full = false;

    for (struct hand *h = d->hand; h < d->hand + d->m->k; h++) {
        some_full |= h->is_full;
        open += h->is_full ? 0 : h->share;
        last = h->is_full ? last : h;
    }
    for (struct hand *h = d->hand; last && h < last; h++) {
        /* The shares as they are given, where no skill is full. */
        double share = some_full && open > 0 ? h->share / open : h->share;
        int64_t count = (int64_t)(share * (double)d->samples);

        if (h->is_full)
            continue;
        h->count = count < left ? count : left;
        left -= h->count;
    }
    if (last)
        last->count = left;
}

/* Fills the skills that would get more than their room, until none would: the
 * more there are, the more each of the others gets. */
static void deal_in_room(struct deal *d)
{
    bool again = true;

    while (again) {
        again = false;
        if (d->m->rule == COUNTS_CARRIED)
            deal_carried(d);
        else
            deal_floor_last(d);
        for (struct hand *h = d->hand; h < d->hand + d->m->k; h++)
            if (!h->is_full && h->count > h->room) {
                h->count = h->room;
                d->samples -= h->room;
                h->is_full = again = true;
            }
    }
}

static void take_hands(struct deal *d, const double *p)
{
    const struct mixture *m = d->m;

    d->hand = memory_take((size_t)m->k, sizeof *d->hand, "skills");
    d->parts = memory_take((size_t)m->k, sizeof *d->parts, "skills");
    for (int i = 0; i < m->k; i++) {
        int64_t room = m->cap[i] - m->given[i];

        CHECK(p[i] >= 0 && p[i] <= 1 + 1e-9, "share %d of a mixture is %g", i,
              p[i]);
        d->hand[i] = (struct hand){.share = p[i], .room = room > 0 ? room : 0};
    }
    if (m->rule == COUNTS_CARRIED)
        quantise(d);
}

static bool has_share(const struct deal *d, const struct hand *h)
{
    return d->m->rule == COUNTS_CARRIED ? h->units > 0 : h->share > 0;
}

/* Is there room for all samples in the skills with a share? */
static bool has_room(const struct deal *d)
{
    __int128 room = 0;

    for (int i = 0; i < d->m->k; i++)
        room += has_share(d, &d->hand[i]) ? d->hand[i].room : 0;
    return room >= d->samples;
}

/* Fills every skill with a share; the cap does not count for what is left. */
static void fill_up(struct deal *d, int64_t *counts)
{
    for (int i = 0; i < d->m->k; i++) {
        struct hand *h = &d->hand[i];

        counts[i] = has_share(d, h) ? h->room : 0;
        d->samples -= counts[i];
        h->room = INT64_MAX;
    }
}

void mixture_deal(struct mixture *m, const double *p, int64_t samples,
                  int64_t *counts)
{
    struct deal d = {.m = m, .samples = samples};

    take_hands(&d, p);
    memset(counts, 0, (size_t)m->k * sizeof *counts);
    if (!has_room(&d)) {
        fill_up(&d, counts);
        m->is_beyond = true;
    }
    deal_in_room(&d);
    for (int i = 0; i < m->k; i++) {
        counts[i] += d.hand[i].count;
        m->given[i] += counts[i];
        m->carry[i] = d.hand[i].carry;
    }
    free(d.hand);
    free(d.parts);
}

void mixture_state(struct mixture *m, struct arrays *a)
{
    uint64_t k = (uint64_t)m->k;

    arrays_add(a, "mixture/carry", H5_I64, k, 1, m->carry);
    arrays_add(a, "mixture/given", H5_I64, k, 1, m->given);
    arrays_add(a, "mixture/is_told", H5_U8, k, 1, m->is_told);
    arrays_add(a, "mixture/is_beyond", H5_U8, 1, 1, &m->is_beyond);
}
