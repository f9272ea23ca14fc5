#ifndef KERNELS_BASE_DURATION_H
#define KERNELS_BASE_DURATION_H

#include <stdbool.h>

/* Seconds, or as schedulers write them: [[DAYS-]HOURS:]MINUTES:SECONDS.  What
 * Slurm says where there is no limit, UNLIMITED and NOT_SET, is 0.  False,
 * with nothing changed, where the text is none of these. */
bool duration_read(const char *text, long *seconds);

#endif
