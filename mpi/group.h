#ifndef MPI_GROUP_H
#define MPI_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/base/problem.h"

/* Ranks that work together, and what they settle on the host: decisions,
 * counts, sums in double.  Collectives over device memory are in coll.h. */
struct group;

/* All ranks of the job; owned by world_start. */
struct group *group_world(void);

/* The ranks of g that name the same colour, ordered by their rank in g.
 * Collective over g; the caller frees. */
struct group *group_split(struct group *g, int colour);
void group_free(struct group *g);

int group_size(const struct group *g);
int group_rank(const struct group *g);

/* True on every rank if it is true on one: the way to agree on what a single
 * rank has seen, before anyone leaves a collective path.  Collective over
 * g. */
bool group_any(struct group *g, bool here);

/* The problem of the lowest rank that has one, on every rank; none if no rank
 * has.  Collective over g. */
struct problem group_agree(struct group *g, struct problem wrong);

/* The bytes of rank 0 on every rank.  Collective over g. */
void group_broadcast(struct group *g, void *at, size_t bytes);

/* Element-wise reductions on the host, in place.  Collective over g. */
void group_sum(struct group *g, double *x, long n);
void group_sum_counts(struct group *g, int64_t *x, long n);
void group_min_counts(struct group *g, uint64_t *x, long n);

/* Sum over the ranks before this one (0 on rank 0), element-wise, in place.
 * Collective over g. */
void group_sum_before(struct group *g, int64_t *x, long n);

/* Largest x and the rank that has it.  Collective over g. */
double group_largest(struct group *g, double x, int *rank);

/* Personalised exchange: send[r] bytes lie for rank r, one after another, in
 * `out`.  Fills received[r] and returns the bytes from all ranks in rank
 * order, malloc'd.  Collective over g. */
void *group_exchange(struct group *g, const void *out, const size_t *send,
                     size_t *received);

void group_barrier(struct group *g);

/* What this rank has handed to the coll_* functions of g so far, in bytes of
 * the reduced buffers: sums cross the wires by the rule of design.md, so equal
 * bytes are equal cost. */
struct group_traffic {
    int64_t calls, bytes;
};

struct group_traffic group_traffic(const struct group *g);

/* What the user got wrong.  refuse: every rank knows it; refuse_if: some ranks
 * may, and the sentence of the lowest of them is spoken.  Rank 0 prints it and
 * all ranks end with status 2; where there is no problem, refuse_if returns.
 * Collective over g. */
_Noreturn void refuse(struct group *g, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void refuse_if(struct group *g, struct problem wrong);

#endif
