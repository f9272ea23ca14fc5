#ifndef MPI_COLL_H
#define MPI_COLL_H

#include "kernels/tensor.h"
#include "mpi/group.h"

/* Collectives over device memory: what the ranks of a model exchange.  All are
 * collective over g; on one rank they do nothing.  A sum has the same bits on
 * every rank as far as the MPI library keeps its advice to implementers; what
 * must not drift apart is broadcast. */

/* How the numbers of g travel: "none", "MPI", "NCCL" or "MPI through the
 * host". */
const char *coll_way(struct group *g);

/* m = sum over g, element-wise.  m has no gaps between its rows. */
void coll_sum(struct group *g, struct mat m);

/* x = sum, or maximum, over g. */
void coll_sum_wide(struct group *g, wide *x, long n);
void coll_max_wide(struct group *g, wide *x, long n);

/* x = that of rank 0. */
void coll_broadcast_wide(struct group *g, wide *x, long n);

#endif
