#ifndef SRC_RUN_RESUME_COMPARE_H
#define SRC_RUN_RESUME_COMPARE_H

#include "io/checkpoint/checkpoint.h"
#include "src/run/directory.h"
#include "src/trainer/trainer.h"

/* Is the run that was saved this one?  For rank 0. */

/* A problem if not.  Sets `before` to the settings in the checkpoint, and
 * whether programs or ranks are others than they were. */
struct problem resume_compare(const struct checkpoint *c, struct trainer *t,
                              struct settings *before, bool *is_elsewhere);

/* The same of a run that was killed before its first checkpoint, and so starts
 * again: all that there is of it is its run.ini. */
struct problem resume_compare_start(const struct directory *o,
                                    const struct settings *now);

/* checkpoint.resume=auto, not a checkpoint by name. */
bool resume_compare_is_automatic(const struct settings *s);

#endif
