#include "src/synth/samples.h"

#include <stdlib.h>

#include "io/sum.h"
#include "kernels/base/memory.h"

/* Sentences that must be told apart: those of training can repeat where they
 * may, if only they are none of the others. */
static bool is_kept(const struct generator *g, enum split split)
{
    return split != SPLIT_TRAIN || !g->may_repeat;
}

static long kept(const struct generator *g, const struct settings *s)
{
    return s->synth.validation + s->synth.test +
           (is_kept(g, SPLIT_TRAIN) ? s->synth.train : 0);
}

struct problem samples_check(const struct generator *g,
                             const struct settings *s)
{
    double there = g->sentences(s);

    if (2 * (double)kept(g, s) > there)
        return problem(
            "%ld different samples of each skill are asked for, but at "
            "most half of the %.0f possible ones are allowed: %s",
            kept(g, s), there, g->remedy);
    return NO_PROBLEM;
}

void samples_init(struct samples *x, const struct generator *g,
                  const struct settings *s, int skill)
{
    *x = (struct samples){.generator = g, .settings = s, .skill = skill};
    x->slots = 2 * (uint64_t)kept(g, s);
    x->seen = memory_take(x->slots, sizeof *x->seen, "samples to tell apart");
}

void samples_free(struct samples *x)
{
    free(x->seen);
}

/* The split of a sentence stands in the two lowest bits of its hash; it is not
 * 0 there. */
static bool accept(struct samples *x, const struct sentence *out,
                   enum split split)
{
    uint64_t hash = sum_bytes(out->text, out->bytes, 0);
    uint64_t entry = (hash & ~(uint64_t)3) | (uint64_t)(split + 1);
    uint64_t at = (hash >> 2) % x->slots;

    while (x->seen[at] && (x->seen[at] ^ entry) > 3)
        at = (at + 1) % x->slots;
    if (x->seen[at])
        return x->generator->may_repeat && x->seen[at] == entry;
    if (is_kept(x->generator, split))
        x->seen[at] = entry;
    return true;
}

void samples_next(struct samples *x, enum split split, struct sentence *out)
{
    do
        x->generator->sentence(x->settings, x->skill, x->candidate++, out);
    while (!accept(x, out, split));
}
