#ifndef SRC_TRAIN_SAVES_H
#define SRC_TRAIN_SAVES_H

#include <stdbool.h>
#include <stdint.h>

#include "src/train/save_background.h"

struct run;

/* The checkpoints that a run makes, one at a time.  With
 * checkpoint.asynchronous a save is under way while steps are taken; the ranks
 * agree on its end in the sums of a later step.  Whoever wants the next one, or
 * to stop, waits for it.
 *
 * A save that fails leaves no file and is a warning: it does not end a run. */
struct saved {
    int64_t step;
    double seconds;       /* from its start until it has its name */
    double stall_seconds; /* of those in which no step was taken */
    int64_t bytes;        /* on rank 0 */
};

struct saves {
    struct save_background background; /* with checkpoint.asynchronous */
    bool is_under_way;
    double start;
    struct saved saved; /* the last, as far as it is */
};

/* Takes the memory that saves need. */
void saves_init(struct run *run);
void saves_free(struct run *run);

/* Makes a checkpoint of now, or begins to.  False if it failed.  Collective. */
bool saves_begin(struct run *run);

/* True while this rank's part of the one under way is being written. */
bool saves_is_busy(const struct run *run);

/* Waits for the one under way, if there is one.  False if it failed.
 * Collective. */
bool saves_end(struct run *run);

#endif
