#ifndef SRC_MODEL_EXCHANGE_H
#define SRC_MODEL_EXCHANGE_H

#include "mpi/coll_parts.h"
#include "mpi/grid.h"
#include "src/model/parameters.h"

/* What the ranks of a grid exchange of parameters and their gradients, bucket
 * by bucket, while they compute: backward of the last micro-batch of a step
 * says which gradients it has completed, forward which weights it needs.
 *
 *   exchange_complete  the gradients of a bucket begin to be summed over the
 *                      data ranks, each part on the rank that owns it
 *   exchange_sum       partial gradients are summed over the tensor ranks,
 *                      then the first bucket over the data ranks; all sums
 *                      are there
 *   exchange_update    the weights of a bucket begin to be gathered, while the
 *                      optimiser updates the next one, which forward needs
 *                      next
 *   exchange_need      forward waits for the weights of a bucket
 *
 * Where each rank has the moments of all, the sums are gathered instead, and
 * every rank updates everything.  What is not cut is the same on all tensor
 * ranks: its gradients are those of the first of them.
 *
 * All are collective over the grid. */
struct exchange {
    struct parameters *parameters; /* not owned */
    struct group *tensor, *data;   /* not owned */
    struct coll_parts *parts;
    bool is_last;      /* the micro-batch that completes the gradients */
    bool *is_begun;    /* [buckets] the sum of its gradients */
    long *new_weights; /* [buckets] tickets */
};

void exchange_init(struct exchange *e, struct parameters *p,
                   const struct grid *grid);
void exchange_free(struct exchange *e);

/* Weights from the master weights of the ranks that own them, whether those
 * are initial values or come from a file. */
void exchange_share(struct exchange *e);

/* The next backward is the last before exchange_sum. */
void exchange_expect(struct exchange *e);

/* Backward has completed the gradients of a bucket of pieces. */
void exchange_complete(struct exchange *e, int bucket);

/* Makes the gradients of what this rank updates those of the whole batch. */
void exchange_sum(struct exchange *e);

/* The weights of a bucket have been updated where they are owned: begins to
 * hand them around. */
void exchange_update(struct exchange *e, int bucket);

/* Until the weights of the bucket, and of those before it, are there. */
void exchange_need(struct exchange *e, int bucket);

/* In the middle of a long computation. */
void exchange_poll(struct exchange *e);

/* Until nothing is under way: before ranks do different things, as one that
 * waits needs the others to continue. */
void exchange_settle(struct exchange *e);

#endif
