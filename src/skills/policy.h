#ifndef SRC_SKILLS_POLICY_H
#define SRC_SKILLS_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "io/checkpoint/arrays.h"
#include "src/settings.h"
#include "src/skills/fixed.h"
#include "src/skills/graph.h"
#include "src/skills/window.h"

/* What to train on next.  The coordinator (rank 0 of a run) holds one policy;
 * it hands it the losses on the evaluation skills at each round's start and
 * asks for the next stretch of training.  A run of `steps` has `rounds`
 * stretches; stretch r covers steps floor(r steps / rounds) on.
 *
 * The policies stand in one table in policy.c, one file each.  A policy mixes
 * the training skills that mixture.fixed leaves to it: `skills`, which are
 * also the rows of the graph and those that have a prior or a weight.
 *
 * Its state, which goes on from a stop: round, ends, decay, and that of the
 * window. */
struct policy {
    const struct policy_kind *kind;
    const struct settings *settings; /* not owned */
    struct names skills;
    struct graph graph;   /* without rows if there is none */
    bool is_between_same; /* the evaluation skills are the training skills */
    double *p;            /* [skills] the mixture last made */
    struct fixed fixed;   /* from it to all training skills */
    char warning[160];    /* or empty */

    /* Skill-It */
    double *prior;   /* [skills] */
    double *initial; /* [skills] or NULL */
    bool *is_lone;   /* [skills] */
    int lone;        /* how many are */
    double *loss;    /* [evaluation skills] room for what the window gives */
    double decay;    /* product of mixture.edge_decay so far */
    struct window window;

    long round, rounds, steps;
    long ends; /* the step after the last of the round it is in */
};

struct policy_kind {
    const char *name;
    bool needs_graph; /* and where none is given, takes the identity */
    struct problem (*start)(struct policy *p, const int64_t *windows);
    void (*mix)(struct policy *p); /* sets p->p; NULL: start did, for good */
};

struct stretch {
    const double *p; /* [training skills], sum 1; valid until the next call */
    long steps;      /* 0 after the last */
};

/* windows[training skills] says how much data each has; NULL where that is not
 * known (a replay).  The settings must last as long as the policy.  After a
 * problem, too, policy_free. */
struct problem policy_init(struct policy *p, const struct settings *s,
                           const struct names *train,
                           const struct names *evaluate,
                           const int64_t *windows);
void policy_free(struct policy *p);

/* What the user should know of the policy at the start: number i from 0 on, or
 * NULL behind the last. */
const char *policy_warning(const struct policy *p, int i);

/* Every evaluation of a run, that of step 0 too: losses[m] of the evaluation
 * skills after `step` steps.  The policy knows which of them count.  At a
 * round's start the losses come before policy_next with
 * mixture.window_unit=rounds, and after it with evaluations. */
void policy_observe(struct policy *p, long step, const double *losses);
struct stretch policy_next(struct policy *p);

/* Its state, to be saved or restored, and what must be the same then: the
 * graph. */
void policy_state(struct policy *p, struct arrays *a);
void policy_given(struct policy *p, struct arrays *a);

#endif
