#ifndef SRC_RUN_SNAPSHOT_H
#define SRC_RUN_SNAPSHOT_H

#include "src/run/save_background.h"
#include "src/trainer/trainer.h"

/* A checkpoint of a training as it is now: the model, and beside it what
 * resume.h lists.  `metrics_bytes` of metrics.jsonl belong to it.  A problem,
 * on all ranks, leaves none.  Collective over the grid. */
struct problem snapshot_save(struct trainer *t, int64_t metrics_bytes);

/* The start of one (save_background.h). */
struct problem snapshot_start(struct trainer *t, int64_t metrics_bytes,
                              struct save_background *b);

#endif
