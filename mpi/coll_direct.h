#ifndef MPI_COLL_DIRECT_H
#define MPI_COLL_DIRECT_H

#include "kernels/real.h"
#include "mpi/comm.h"

/* A way between the devices of a group that does not lead through their hosts,
 * for coll.c: NCCL (coll_nccl.c), or none (coll_none.c), by program. */
struct coll_direct;

enum coll_direct_number { COLL_REAL, COLL_WIDE };
enum coll_direct_join { COLL_SUM, COLL_MAXIMUM };

/* Of g, opened at the first call; NULL if it has none.  Collective over g. */
struct coll_direct *coll_direct_of(struct group *g);
struct coll_direct *coll_direct_open(struct group *g);
void coll_direct_close(struct coll_direct *d);

/* In place, in order with the work of the device.  Collective over the group
 * that it was opened on. */
void coll_direct_reduce(struct coll_direct *d, void *x, long n,
                        enum coll_direct_number number,
                        enum coll_direct_join join);
void coll_direct_broadcast(struct coll_direct *d, wide *x, long n);

/* Beside the work of the device: begun after what it has been given so far.
 * They raise event number `event`, for which what it is given after a call of
 * await waits.  As in coll_parts.h; the order of a sum is the library's. */
void coll_direct_sum_part(struct coll_direct *d, wide *x, long part,
                          long event);
void coll_direct_gather_parts(struct coll_direct *d, void *x,
                              size_t part_bytes, long event);
void coll_direct_await(struct coll_direct *d, long event);

#endif
