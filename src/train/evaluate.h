#ifndef SRC_TRAIN_EVALUATE_H
#define SRC_TRAIN_EVALUATE_H

#include "mpi/grid.h"
#include "src/model/model.h"
#include "src/train/data.h"

/* Validation loss by evaluation skill: the mean over the tokens of its first
 * `cap` windows (0: all), in nats.  The data ranks share the windows; the
 * result is the same on all ranks.  loss[evaluation skills].  Collective over
 * the grid. */
void evaluate_skills(struct model *m, const struct data *d,
                     const struct grid *grid, long cap, double *loss);

#endif
