#ifndef MPI_COMM_H
#define MPI_COMM_H

#include <mpi.h>

#include "mpi/group.h"

/* What a group is; only mpi/ knows. */
struct group {
    MPI_Comm comm;
    int size, rank;
    struct traffic traffic;
};

/* MPI counts are int: long buffers go in pieces of this many elements. */
enum { COMM_PIECE = 1 << 28 };

/* The world's group, before and after MPI runs. */
void group_open_world(void);

#endif
