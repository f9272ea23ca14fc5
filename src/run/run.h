#ifndef SRC_RUN_RUN_H
#define SRC_RUN_RUN_H

#include "src/run/directory.h"
#include "src/run/report.h"
#include "src/run/saves.h"
#include "src/run/stop.h"
#include "src/trainer/trainer.h"

/* A training with a life on disk: its directory, what it reports, its
 * checkpoints, and what asks it to stop. */
struct run {
    const struct settings *settings; /* not owned */
    struct trainer trainer;
    struct directory directory;
    struct report report;
    struct saves saves;
    struct stop stop;
};

/* `is_finished` where there is nothing to do, as the run in its directory has
 * finished: that is reported, and the run closed.  After a problem, the same
 * on all ranks, nothing is left open, and nothing of a run that could not
 * begin.  Collective over g. */
struct problem run_open(struct run *run, const struct settings *s,
                        struct group *g, bool *is_finished);
void run_close(struct run *run);

#endif
