#ifndef MPI_COMM_H
#define MPI_COMM_H

#include <mpi.h>

#include "mpi/group.h"

/* What a group is; only mpi/ knows. */
struct group {
    MPI_Comm comm;
    int size, rank;
    struct group_traffic traffic;
    bool is_way_chosen;         /* of coll.c, which fills the rest */
    struct coll_direct *direct; /* NULL if there is none */
    void (*close_direct)(struct coll_direct *);
};

/* A collective of coll_* over n numbers. */
static inline void comm_count(struct group *g, int64_t n, size_t width)
{
    g->traffic.calls++;
    g->traffic.bytes += n * (int64_t)width;
}

/* MPI counts are int: long buffers go in pieces of this many elements. */
enum { COMM_PIECE = 1 << 28 };

/* The world's group, before and after MPI runs. */
void group_open_world(void);

#endif
