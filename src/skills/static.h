#ifndef SRC_SKILLS_STATIC_H
#define SRC_SKILLS_STATIC_H

#include "src/skills/policy.h"

/* One mixture for the whole run: mixture.weights, or, where only a graph is
 * given, the first mixture of Skill-It. */
extern const struct policy_kind static_kind;

#endif
