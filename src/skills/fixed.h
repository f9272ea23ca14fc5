#ifndef SRC_SKILLS_FIXED_H
#define SRC_SKILLS_FIXED_H

#include "src/settings.h"
#include "src/skills/names.h"

/* mixture.fixed: training skills that get just their share, whatever the
 * policy does, which mixes the others over what is left. */
struct fixed {
    double *share; /* [all training skills] */
    int *place;    /* [the policy's skills] where each is among all */
    double left;   /* for the policy's skills together */
};

/* `others` become the skills of the policy, in the order of `train`. */
struct problem fixed_init(struct fixed *f, struct names *others,
                          const struct settings *s, const struct names *train);
void fixed_free(struct fixed *f);

/* Sets f->share from p[k], the mixture of the policy's skills. */
void fixed_spread(struct fixed *f, const double *p, int k);

#endif
