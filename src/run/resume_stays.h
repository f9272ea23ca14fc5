#ifndef SRC_RUN_RESUME_STAYS_H
#define SRC_RUN_RESUME_STAYS_H

#include "kernels/base/problem.h"
#include "src/settings.h"

/* A problem if a run with the settings `now` cannot resume one that had
 * `before`, which is from the file `where`: the model, the data, the mixture,
 * batches and seeds must be the same. */
struct problem resume_stays_check(const struct settings *before,
                                  const struct settings *now,
                                  const char *where);

/* Says all changes on the log. */
void resume_stays_tell(const struct settings *before,
                       const struct settings *now);

#endif
