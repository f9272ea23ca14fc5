#ifndef SRC_PROGRAM_H
#define SRC_PROGRAM_H

#include "src/settings.h"

/* The program that serves train.precision and train.device, built or not:
 * "skillet-cpu-float".  The problem if none can. */
struct problem program_for(const struct settings *s, const char **name);

#endif
