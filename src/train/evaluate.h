#ifndef SRC_TRAIN_EVALUATE_H
#define SRC_TRAIN_EVALUATE_H

#include "mpi/grid.h"
#include "src/train/batch.h"

/* Validation loss by evaluation skill: the mean over the tokens of its first
 * `cap` windows (0: all), in nats.  The data ranks share the windows, in
 * micro-batches of b.  loss[evaluation skills].  Collective over the grid. */
void evaluate_skills(struct batch *b, const struct grid *grid, long cap,
                     double *loss);

#endif
