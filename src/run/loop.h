#ifndef SRC_RUN_LOOP_H
#define SRC_RUN_LOOP_H

#include "mpi/group.h"
#include "src/settings.h"

/* A whole run of training on the ranks of g: rounds of a mixture that the
 * policy on rank 0 gives, each of some steps, with validation between.
 * `status` is the exit status (kernels/base/exit.h); a problem is what the
 * user got wrong, found before any work.  Collective over g. */
struct problem loop_train(struct group *g, const struct settings *s,
                          int *status);

#endif
