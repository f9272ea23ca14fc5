#include "src/skills/mixture.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/check.h"

void mixture_init(struct mixture *m, int k)
{
    m->k = k;
    m->units = 8192;
    while (m->units / k < 1024)
        m->units *= 2;
    m->carry = calloc((size_t)k, sizeof *m->carry);
    CHECK(m->carry, "no memory for a mixture of %d skills", k);
}

void mixture_free(struct mixture *m)
{
    free(m->carry);
    *m = (struct mixture){0};
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

static int by_place(const void *a, const void *b)
{
    return ((const struct part *)a)->place - ((const struct part *)b)->place;
}

/* Adds or takes ones, largest remainder first, until the wholes sum to
 * `total`.  One can only be taken where there is one. */
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
    qsort(parts, (size_t)k, sizeof *parts, by_place);
}

/* The units of each skill, from shares whose sum is 1 but for rounding. */
static void quantise(struct part *parts, const struct mixture *m,
                     const double *p)
{
    for (int i = 0; i < m->k; i++) {
        double units = rint(p[i] * (double)m->units);

        CHECK(units >= 0 && units <= (double)m->units,
              "share %d of a mixture is %g", i, p[i]);
        /* A remainder to a thousandth of a unit: ties go by place. */
        parts[i] = (struct part){
            (int64_t)units,
            (int64_t)rint((p[i] * (double)m->units - units) * 1000), i};
    }
    level(parts, m->k, m->units);
}

void mixture_deal(struct mixture *m, const double *p, int64_t samples,
                  int64_t *counts)
{
    struct part *parts = calloc((size_t)m->k, sizeof *parts);

    CHECK(parts, "no memory to deal %d skills", m->k);
    quantise(parts, m, p);
    for (int i = 0; i < m->k; i++) {
        __int128 owed = m->carry[i] + (__int128)samples * parts[i].whole;
        int64_t whole = owed > 0 ? (int64_t)(owed / m->units) : 0;

        parts[i] = (struct part){
            whole, (int64_t)(owed - (__int128)whole * m->units), i};
        m->carry[i] = parts[i].rest;
        counts[i] = whole;
    }
    level(parts, m->k, samples);
    for (int i = 0; i < m->k; i++) {
        m->carry[i] -= (parts[i].whole - counts[i]) * m->units;
        counts[i] = parts[i].whole;
    }
    free(parts);
}
