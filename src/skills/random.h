#ifndef SRC_SKILLS_RANDOM_H
#define SRC_SKILLS_RANDOM_H

#include "src/skills/policy.h"

/* Samples drawn evenly from all there are: shares as mixture.weights, or else
 * as the sizes of the skills. */
extern const struct policy_kind random_kind;

#endif
