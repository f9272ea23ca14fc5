#ifndef SRC_RUN_LOOP_H
#define SRC_RUN_LOOP_H

#include "mpi/group.h"
#include "src/settings.h"

/* A whole run of training on the ranks of g: rounds of a mixture that the
 * policy on rank 0 gives, each of some steps, with validation between.
 * Returns the exit status.  Collective over g. */
int loop_train(struct group *g, const struct settings *s);

#endif
