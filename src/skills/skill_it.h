#ifndef SRC_SKILLS_SKILL_IT_H
#define SRC_SKILLS_SKILL_IT_H

#include "src/skills/policy.h"

/* Skill-It (Chen et al., arXiv 2307.14430, Algorithm 1), with the switches of
 * the authors' program:
 *
 *   q_i = prior_i exp(eta sum_j A_ij L_j) / sum        prior 1
 *   p_i = (1 - floor) q_i + floor / k
 *
 * L_j is the mean (or sum) of the losses of evaluation skill j in the window;
 * for the first mixture it is 1, unless mixture.initial is that mixture.  The
 * mixture before does not enter.
 *
 *   eta_schedule=loss     eta * sum_j first_j / sum_j last_j
 *   relative_loss         L_j / first_j
 *   edge_decay            from the third mixture on, positive edges shrink by
 *                         this factor each time: those to other skills, where
 *                         the skills evaluated are those trained, else all
 *   lone_skills=uniform   a skill with no edge but one of weight 1 to itself
 *                         has q_i = 1/k; the others share the rest
 *
 * A loss below 1e-9 counts as 1e-9 where it divides. */
extern const struct policy_kind skill_it_kind;

/* Its own state.  A resumed run takes over `decay`. */
struct skill_it {
    double *prior;   /* [skills] */
    double *initial; /* [skills] or NULL */
    bool *is_lone;   /* [skills] */
    int lone;        /* how many are */
    double *loss;    /* [evaluation skills] what the window gives */
    double decay;    /* product of mixture.edge_decay so far */
};

/* What a policy does that has the same state. */
struct problem skill_it_start(struct policy *p, const int64_t *windows);
void skill_it_mix(struct policy *p);
void skill_it_free(struct policy *p);

#endif
