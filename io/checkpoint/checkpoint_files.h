#ifndef IO_CHECKPOINT_CHECKPOINT_FILES_H
#define IO_CHECKPOINT_CHECKPOINT_FILES_H

#include <stdint.h>

#include "kernels/base/problem.h"

/* The checkpoints in a directory, by their names alone: files of any other
 * name are left alone.  For one rank. */

/* Steps of the checkpoints, the latest first; malloc'd, NULL after a problem.
 * No directory: none. */
struct problem checkpoint_files_list(const char *directory, int64_t **steps,
                                     long *n);

/* The length of the file of a step, or 0. */
int64_t checkpoint_files_bytes(const char *directory, int64_t step);

/* Removes what writers that were killed have left (checkpoint-STEP.h5.tmp). */
struct problem checkpoint_files_sweep(const char *directory);

/* Removes checkpoints up to step `now` but the latest `keep` of them and those
 * whose step is a multiple of keep_every (0: none is).  Later ones were found
 * damaged, or the run would have resumed from them: they do not count, and
 * stay until they are replaced. */
struct problem checkpoint_files_prune(const char *directory, long keep,
                                      long keep_every, int64_t now);

#endif
