#ifndef SRC_TRAINER_BLAME_H
#define SRC_TRAINER_BLAME_H

#include "kernels/base/problem.h"
#include "src/trainer/sampler.h"
#include "src/trainer/step.h"

/* Where a step became something that is no finite number: the skill and the
 * layer from which on a loss is not finite, or the parameter nearest to the
 * loss whose gradient is not; what came first in the step is named, and the
 * lowest rank that has it.
 *
 * It computes the gradients of the step's batch again, before anything is
 * summed over data ranks, which needs weights that have not changed; they are
 * lost.  What does not come again was no property of model and data: the
 * sentence then says so.  The same on all ranks.  Collective over the grid. */
struct problem blame_find(struct step *s, const struct sampler *sampler,
                          long in_round);

#endif
