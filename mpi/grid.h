#ifndef MPI_GRID_H
#define MPI_GRID_H

#include "mpi/group.h"

/* The process grid of a run: tensor x data ranks on a given group.
 *
 * Rank r of `all` is tensor rank r % tensor and data rank r / tensor: tensor
 * ranks are neighbours, so that they share a node.  `tensor` holds the pieces
 * of one copy of the model, `data` the ranks with the same piece of every
 * copy. */
struct grid {
    struct group *all; /* not owned */
    struct group *tensor, *data;
};

/* The size of `all` must be a multiple of `tensor`.  Collective over all. */
void grid_init(struct grid *grid, struct group *all, int tensor);
void grid_free(struct grid *grid);

#endif
