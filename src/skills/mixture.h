#ifndef SRC_SKILLS_MIXTURE_H
#define SRC_SKILLS_MIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "io/checkpoint/arrays.h"
#include "src/settings.h"

/* From shares to whole numbers of samples, by mixture.counts:
 *
 *   carried     Shares are rounded to 1/8192 first, or finer by a power of two
 *               where there are more than eight skills, so that an average
 *               share always has at least 1024 units: the float noise of
 *               another process grid then hardly ever changes a count.  A
 *               share below half a unit is none.  What a skill is owed beyond
 *               the samples it got is carried to the next round, so no other
 *               skill starves.
 *   floor-last  Shares are rounded down to samples, and the last skill gets
 *               the rest, as in the authors' program.
 *
 * With mixture.epoch_cap no skill gives more than that many times its windows
 * in the whole run.  What it may not give goes to the others as if it were
 * theirs, in proportion to their shares; where every skill with a share is
 * full, the cap does not count.
 *
 * Its state, which a resumed run takes over: carry and given. */
struct mixture {
    int k;
    enum settings_mixture_counts rule;
    int64_t units;  /* a share of one */
    int64_t *carry; /* [k] owed, in 1/units of a sample */
    int64_t *given; /* [k] samples so far */
    int64_t *cap;   /* [k] most samples of the run */
    bool *is_told;  /* [k] by mixture_exhausted */
    bool is_beyond; /* the cap did not count in some deal */
};

/* windows[k] is how much data each skill has. */
void mixture_init(struct mixture *m, const struct settings *s, int k,
                  const int64_t *windows);
void mixture_free(struct mixture *m);

/* counts[k] with sum `samples`.  Carried, each is the floor or the ceiling of
 * what its skill is owed, or, where skills that got more than they were owed
 * leave too little, one below.  p[k] >= 0 with sum 1. */
void mixture_deal(struct mixture *m, const double *p, int64_t samples,
                  int64_t *counts);

/* A skill that has reached its cap, each one once; -1: no other. */
int mixture_exhausted(struct mixture *m);

/* Its state, to be saved or restored. */
void mixture_state(struct mixture *m, struct arrays *a);

#endif
