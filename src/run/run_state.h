#ifndef SRC_RUN_RUN_STATE_H
#define SRC_RUN_RUN_STATE_H

#include <stdint.h>

#include "io/checkpoint/arrays.h"
#include "kernels/base/problem.h"
#include "src/trainer/trainer.h"

/* What rank 0 remembers of a run beside its model, as lists of arrays: each
 * module lists its part, and one list serves to save and to restore. */
enum { RUN_STATE_ENVIRONMENT = 512 };

/* Of the state, what the trainer does not hold itself. */
struct run_state {
    int64_t metrics_bytes; /* of metrics.jsonl when it was saved */
};

/* run/, mixture/: what makes the next step what it would have been. */
void run_state_list(struct trainer *t, struct run_state *room,
                    struct arrays *a);

/* names/, data/, mixture/graph/: what the run was given, with numbers for its
 * data that the caller frees. */
struct problem run_state_given(struct trainer *t, struct arrays *a,
                               uint64_t **fingerprint);

/* Everything else that gives a step its last bits: programs, libraries,
 * ranks. */
void run_state_environment(const struct grid *grid,
                           char text[RUN_STATE_ENVIRONMENT]);

#endif
