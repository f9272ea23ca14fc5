#ifndef SRC_SKILLS_SKILL_IT_H
#define SRC_SKILLS_SKILL_IT_H

#include "src/skills/policy.h"

/* Skill-It (Chen et al., arXiv 2307.14430, Algorithm 1):
 *
 *   p_i = exp(eta sum_j A_ij L_j) / sum
 *
 * L_j is the mean (or sum) of the last `window` observed losses of evaluation
 * skill j, and 1 before the first.  The mixture before does not enter. */
void skill_it_mix(struct policy *p);

#endif
