#ifndef SRC_SKILLS_POLICY_H
#define SRC_SKILLS_POLICY_H

#include <stdbool.h>

#include "src/settings.h"
#include "src/skills/graph.h"

/* What to train on next.  The coordinator (rank 0 of a run) holds one policy;
 * it hands it the losses on the evaluation skills at each round's start and
 * asks for the next stretch of training.  A run of `steps` has `rounds`
 * stretches; stretch r covers steps floor(r steps / rounds) on.
 *
 * The policies stand in one table in policy.c, one file each. */
struct policy {
    const struct policy_kind *kind;
    int k, m;  /* training, evaluation skills */
    double *p; /* [k] the mixture last given */

    struct graph graph;
    double eta;
    long window; /* how many of the last observations count */
    enum window_reduce reduce;
    double *losses; /* [window, m] a ring of observations */
    long observed;

    long round, rounds, steps;
};

struct policy_kind {
    const char *name;
    bool needs_graph; /* and where none is given, takes the identity */
    struct problem (*start)(struct policy *p, const struct settings *s,
                            const struct names *train);
    void (*mix)(struct policy *p); /* sets p->p */
};

struct stretch {
    const double *p; /* [k], sum 1; valid until the next call */
    long steps;      /* 0 after the last */
};

/* `without_graph` is set where a graph is wanted and none was given. */
struct problem policy_init(struct policy *p, const struct settings *s,
                           const struct names *train,
                           const struct names *evaluate, bool *without_graph);
void policy_free(struct policy *p);

/* Losses of the evaluation skills before the next stretch, [m]. */
void policy_observe(struct policy *p, const double *losses);
struct stretch policy_next(struct policy *p);

/* p[i] = exp(score[i]) / sum, safe for any finite scores; may be in place. */
void policy_softmax(const double *score, int k, double *p);

#endif
