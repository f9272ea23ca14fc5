#include "src/trainer/sampler.h"

#include <assert.h>
#include <stdlib.h>

#include "kernels/base/memory.h"
#include "kernels/base/rng.h"

void sampler_init(struct sampler *s, const struct names *names,
                  const int64_t *windows, uint64_t seed)
{
    size_t k = (size_t)names->n;

    *s = (struct sampler){.k = names->n,
                          .seed = seed,
                          .windows = windows,
                          .names = names,
                          .round = -1};
    s->cursor = memory_take(3 * k, sizeof *s->cursor, "cursors of skills");
    s->count = s->cursor + k;
    s->before = s->count + k;
}

void sampler_free(struct sampler *s)
{
    free(s->cursor);
    *s = (struct sampler){0};
}

void sampler_resume(struct sampler *s)
{
    s->samples = 0;
    for (int i = 0; i < s->k; i++) {
        s->before[i] = s->samples;
        s->samples += s->count[i];
    }
}

void sampler_advance(struct sampler *s, const int64_t *counts)
{
    s->round++;
    for (int i = 0; i < s->k; i++) {
        s->cursor[i] += s->count[i];
        s->count[i] = counts[i];
    }
    sampler_resume(s);
}

void sampler_state(struct sampler *s, struct arrays *a)
{
    arrays_add(a, "mixture/round", H5_I64, 1, 1, &s->round);
    arrays_add(a, "mixture/cursor", H5_I64, (uint64_t)s->k, 1, s->cursor);
    arrays_add(a, "mixture/counts", H5_I64, (uint64_t)s->k, 1, s->count);
}

/* The last skill that begins at or before a slot has it: those without samples
 * begin where the next one does. */
static int find_skill(const struct sampler *s, int64_t slot)
{
    int from = 0, to = s->k;

    while (to - from > 1) {
        int middle = (from + to) / 2;

        if (s->before[middle] <= slot)
            from = middle;
        else
            to = middle;
    }
    return from;
}

struct sampler_draw sampler_draw(const struct sampler *s, int64_t j)
{
    uint64_t order = rng_key(s->seed, "round", (uint64_t)s->round, 0);

    assert(j >= 0 && j < s->samples);

    int64_t slot =
        (int64_t)rng_permute(order, (uint64_t)j, (uint64_t)s->samples);
    int skill = find_skill(s, slot);
    int64_t ordinal = s->cursor[skill] + slot - s->before[skill];
    int64_t n = s->windows[skill];
    uint64_t epoch =
        rng_key(s->seed, s->names->at[skill], (uint64_t)(ordinal / n), 3);

    return (struct sampler_draw){
        skill,
        (int64_t)rng_permute(epoch, (uint64_t)(ordinal % n), (uint64_t)n)};
}
