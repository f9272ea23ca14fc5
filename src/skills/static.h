#ifndef SRC_SKILLS_STATIC_H
#define SRC_SKILLS_STATIC_H

#include "src/skills/policy.h"

/* One mixture for the whole run: mixture.weights, or, where only a graph is
 * given, the first mixture of Skill-It. */
struct problem static_start(struct policy *p, const int64_t *windows);

#endif
