#ifndef SRC_RUN_SAVES_H
#define SRC_RUN_SAVES_H

#include <stdbool.h>
#include <stdint.h>

#include "src/run/save_background.h"

struct run;

/* The checkpoints that a run makes, one at a time.  With
 * checkpoint.asynchronous a save is under way while steps are taken; the ranks
 * agree on its end in the sums of a later step.  Whoever wants the next one,
 * or to stop, waits for it.
 *
 * A save that fails leaves no file and is a warning: it does not end a run.
 * It is tried again behind the next step, and after each failure in a row with
 * twice as many steps between, at most 1,024. */
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
    int64_t last;       /* step of the last that is whole, or began the run */
    int64_t retry;      /* behind this step; -1: none failed */
    int64_t wait;       /* steps between the last two tries */
};

/* Takes the memory that saves need. */
void saves_init(struct run *run);
void saves_free(struct run *run);

/* Makes a checkpoint of now, or begins to.  False if it failed.
 * Collective. */
bool saves_begin(struct run *run);

/* Behind this step, by checkpoint.every or because one has failed. */
bool saves_are_due(const struct run *run);

/* True while this rank's part of the one under way is being written. */
bool saves_is_busy(const struct run *run);

/* Waits for the one under way, if there is one.  False if it failed.
 * Collective. */
bool saves_end(struct run *run);

#endif
