#ifndef MPI_COLL_PARTS_H
#define MPI_COLL_PARTS_H

#include "kernels/real.h"
#include "mpi/group.h"

/* Collectives over arrays of as many equal parts as the group has ranks, part
 * r being that of rank r, which continue while the ranks compute:
 *
 *   sum     makes this rank's part the sum of that part over all ranks, and
 *           leaves the others as they were
 *   gather  makes every other part what it is on its rank
 *
 * All ranks begin the same ones in the same order, and they end in that order.
 * Each rank sends every other one what that one needs, so no number crosses a
 * wire twice, and adds what it receives in the order of the ranks: a sum has
 * the same bits each time, whatever the MPI library does.  (NCCL has an order
 * of its own, a function of the machine.)
 *
 * MPI moves data only while it is called, so what is to happen beside a long
 * computation needs a poll now and then in the middle of it.  Until a
 * collective has ended, its array may not be written, nor its results read. */
struct coll_parts;

/* For parts of at most `largest` numbers, of which `room` numbers of other
 * ranks, or one of each, lie here at a time until they are added.  At most
 * `jobs` collectives are under way; one more waits for the first.  Collective
 * over g. */
struct coll_parts *coll_parts_open(struct group *g, long largest, long room,
                                   int jobs);
void coll_parts_close(struct coll_parts *q);

/* What it takes of device memory. */
size_t coll_parts_bytes(const struct coll_parts *q);

/* Begin one over g's size times `part` numbers, and give its ticket.
 * Collective over g. */
long coll_parts_sum(struct coll_parts *q, wide *x, long part);
long coll_parts_gather(struct coll_parts *q, real *x, long part);
long coll_parts_gather_wide(struct coll_parts *q, wide *x, long part);

/* Lets them continue as far as they can without waiting. */
void coll_parts_poll(struct coll_parts *q);

/* Until that of the ticket, and all before it, have ended. */
void coll_parts_wait(struct coll_parts *q, long ticket);
void coll_parts_wait_all(struct coll_parts *q);

/* So far: bytes received, those of them that were not there before they were
 * waited for, and the seconds of that wait and of polls.  Zero where the
 * devices exchange by themselves. */
struct coll_parts_tally {
    int64_t bytes, late_bytes;
    double waited, polled;
};

struct coll_parts_tally coll_parts_tally(const struct coll_parts *q);

#endif
