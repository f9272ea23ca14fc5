#ifndef SRC_RUN_SAVES_H
#define SRC_RUN_SAVES_H

#include <stdbool.h>
#include <stdint.h>

#include "src/run/save_background.h"
#include "src/trainer/trainer.h"

/* The checkpoints that a run makes, one at a time.  With
 * checkpoint.asynchronous a save is under way while steps are taken; the ranks
 * agree on its end in the sums of a later step.  Whoever wants the next one,
 * or to stop, waits for it.
 *
 * A save that fails leaves no file and is a warning: it does not end a run.
 * It is tried again after the next step, and after each failure in a row with
 * twice as many steps between, at most 1,024. */
struct saved {
    int64_t step;
    double seconds;       /* from its start until it has its name */
    double stall_seconds; /* of those in which no step was taken */
    int64_t bytes;        /* on rank 0 */
};

struct saves {
    struct trainer *trainer;           /* not owned */
    struct save_background background; /* with checkpoint.asynchronous */
    bool is_under_way;
    double start;
    struct saved saved; /* the last, as far as it is */
    int64_t last;       /* step of the last that is whole, or began the run */
    int64_t retry;      /* after this step; -1: none failed */
    int64_t wait;       /* steps between the last two tries */
};

/* Takes the memory that saves need. */
void saves_init(struct saves *s, struct trainer *t);
void saves_free(struct saves *s);

enum saves_outcome {
    SAVES_QUIET, /* no save has ended */
    SAVES_WHOLE, /* see s->saved; `wrong` if older ones were not removed */
    SAVES_FAILED /* `wrong` says why */
};

/* Makes a checkpoint of now, or begins to; none may be under way.  It counts
 * as begun at `since` by the clock.  `metrics_bytes`: see snapshot.h.
 * Collective. */
enum saves_outcome saves_begin(struct saves *s, double since,
                               int64_t metrics_bytes, struct problem *wrong);

/* Waits for the one under way, if there is one.  Collective. */
enum saves_outcome saves_end(struct saves *s, struct problem *wrong);

/* After this step, by checkpoint.every or because one has failed. */
bool saves_are_due(const struct saves *s);

/* True while this rank's part of the one under way is being written. */
bool saves_is_busy(const struct saves *s);

#endif
