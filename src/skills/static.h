#ifndef SRC_SKILLS_STATIC_H
#define SRC_SKILLS_STATIC_H

#include "src/skills/policy.h"

/* One mixture for the whole run: mixture.weights (NAME:WEIGHT,..., or a number
 * for each of skills.train in order; any positive scale), or, where only a
 * graph is given, the first mixture of Skill-It,
 *
 *   p_i = exp(eta sum_j A_ij) / sum */
struct problem static_start(struct policy *p, const struct settings *s,
                            const struct names *train);
void static_mix(struct policy *p);

#endif
