#ifndef SRC_SKILLS_MIXTURE_H
#define SRC_SKILLS_MIXTURE_H

#include <stdint.h>

/* From shares to whole numbers of samples.
 *
 * Shares are rounded to 1/8192 first, or finer by a power of two where there
 * are more than eight skills, so that an average share always has at least 1024
 * units: the float noise of another process grid then hardly ever changes a
 * count.  A share below half a unit is none.  What a skill is owed beyond the
 * samples it got is carried to the next round, so no other skill starves. */
struct mixture {
    int k;
    int64_t units;  /* a share of one */
    int64_t *carry; /* [k] owed, in 1/units of a sample */
};

void mixture_init(struct mixture *m, int k);
void mixture_free(struct mixture *m);

/* counts[k] with sum `samples`: each is the floor or the ceiling of what its
 * skill is owed, or, where skills that got more than they were owed leave too
 * little, one below.  p[k] >= 0 with sum 1. */
void mixture_deal(struct mixture *m, const double *p, int64_t samples,
                  int64_t *counts);

#endif
