#include "src/skills/fixed.h"

#include <stdlib.h>

#include "kernels/base/check.h"
#include "src/skills/weights.h"

/* Below this share nothing is left: 0.1 ten times is not 1. */
static const double nothing = 1e-12;

static struct problem check_left(const struct fixed *f,
                                 const struct names *others, const char *where)
{
    if (f->left < -nothing)
        return problem("%s: the shares sum to %g; they must leave something "
                       "for the other skills",
                       where, 1 - f->left);
    if (others->n == 0)
        return problem("%s: every training skill has a fixed share; leave "
                       "some to the policy, or use mixture.policy=static "
                       "and mixture.weights",
                       where);
    if (f->left < nothing)
        return problem("%s: the shares sum to 1 and leave nothing for the "
                       "other skills",
                       where);
    return NO_PROBLEM;
}

struct problem fixed_init(struct fixed *f, struct names *others,
                          const struct settings *s, const struct names *train)
{
    const char *where = settings_place(s, "mixture.fixed");
    struct problem wrong = NO_PROBLEM;

    *others = (struct names){0};
    f->share = calloc((size_t)train->n, sizeof *f->share);
    f->place = calloc((size_t)train->n, sizeof *f->place);
    f->left = 1;
    CHECK(f->share && f->place, "no memory for %d skills", train->n);
    for (int i = 0; i < train->n; i++)
        f->share[i] = -1;
    if (*s->mixture.fixed)
        wrong = weights_read_some(f->share, s->mixture.fixed, where, train);
    for (int i = 0; i < train->n; i++) {
        if (f->share[i] < 0) {
            f->place[others->n] = i;
            names_add(others, train->at[i]);
        } else {
            f->left -= f->share[i];
        }
    }
    return is_problem(&wrong) ? wrong : check_left(f, others, where);
}

void fixed_free(struct fixed *f)
{
    free(f->share);
    free(f->place);
    *f = (struct fixed){0};
}

void fixed_spread(struct fixed *f, const double *p, int k)
{
    for (int i = 0; i < k; i++)
        f->share[f->place[i]] = f->left * p[i];
}
