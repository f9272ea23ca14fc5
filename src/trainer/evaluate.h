#ifndef SRC_TRAINER_EVALUATE_H
#define SRC_TRAINER_EVALUATE_H

#include "mpi/grid.h"
#include "src/run/stop.h"
#include "src/trainer/batch.h"

/* What the model makes of the first evaluate.windows windows (0: all) of each
 * skill of a split.
 *
 *   loss      in nats, the mean over the windows of each one's mean over its
 *             targets: those of its answer with evaluate.loss=answer, all
 *             targets with all, and where there is no answer
 *   accuracy  share of the windows whose whole answer is what the model finds
 *             most likely, whatever evaluate.loss says; 0 without answers */
struct evaluation {
    const struct settings *settings;
    const struct grid *grid;
    struct batch *batch;            /* not owned; its contents are lost */
    struct stop *stop;              /* not owned; NULL: nobody asks */
    const struct data_split *split; /* the last one evaluated */
    double *loss, *accuracy;        /* [skills] of it */
};

void evaluate_init(struct evaluation *e, const struct settings *settings,
                   const struct grid *grid, struct batch *batch);
void evaluate_free(struct evaluation *e);

/* The data ranks share the windows, in micro-batches, between which a request
 * to stop is heard: then it returns false, with nothing done.  Collective over
 * the grid. */
bool evaluate_split(struct evaluation *e, const struct data_split *split);

#endif
