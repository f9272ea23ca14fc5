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
 * A policy is one file and one row of the table in policy.c: what it computes
 * beyond this struct lies in `own`, which its kind takes, saves and frees.  It
 * mixes the training skills that mixture.fixed leaves to it: `skills`, which
 * are also the rows of the graph and those that have a prior or a weight.
 *
 * Its state, which a resumed run takes over: round, ends, that of the window,
 * and what the kind adds. */
struct policy {
    const struct policy_kind *kind;
    const struct settings *settings; /* not owned */
    struct names skills;
    struct graph graph;   /* without rows if there is none */
    bool is_between_same; /* the evaluation skills are the training skills */
    double *p;            /* [skills] the mixture last made */
    struct fixed fixed;   /* from it to all training skills */
    struct window window; /* losses */
    char warning[160];    /* or empty */
    void *own;            /* kind->bytes, zero before start */

    long round, rounds, steps;
    long ends; /* the step after the last of the round it is in */
};

/* NULL where there is nothing to do. */
struct policy_kind {
    const char *name, *help; /* one line */
    size_t bytes;            /* of its own state */
    bool needs_graph;        /* and where none is given, takes the identity */
    struct problem (*start)(struct policy *p, const int64_t *windows);
    void (*mix)(struct policy *p); /* sets p->p; NULL: start did, for good */
    void (*observe)(struct policy *p, const double *losses); /* each time */
    void (*state)(struct policy *p, struct arrays *a); /* save or restore */
    void (*free)(struct policy *p);
};

/* Number i from 0 on, NULL after the last. */
const struct policy_kind *policy_kind(int i);

struct policy_stretch {
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

/* The same with a kind that is not in the table. */
struct problem
policy_init_kind(struct policy *p, const struct policy_kind *kind,
                 const struct settings *s, const struct names *train,
                 const struct names *evaluate, const int64_t *windows);
void policy_free(struct policy *p);

/* Every evaluation of a run, that of step 0 too: losses[m] of the evaluation
 * skills after `step` steps.  The policy knows which of them count.  At a
 * round's start the losses come before policy_next with
 * mixture.window_unit=rounds, and after it with evaluations. */
void policy_observe(struct policy *p, long step, const double *losses);
struct policy_stretch policy_next(struct policy *p);

/* Its state, to be saved or restored, and what must be the same then: the
 * graph. */
void policy_state(struct policy *p, struct arrays *a);
void policy_given(struct policy *p, struct arrays *a);

#endif
