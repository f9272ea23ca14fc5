#include "mpi/coll.h"

#include <assert.h>

#include "mpi/comm.h"

#ifdef SKILLET_DOUBLE
#define MPI_REAL_TYPE MPI_DOUBLE
#else
#define MPI_REAL_TYPE MPI_FLOAT
#endif

static void count(struct group *g, long n, size_t width)
{
    g->traffic.calls++;
    g->traffic.bytes += n * (int64_t)width;
}

static int piece(long left)
{
    return left < COMM_PIECE ? (int)left : COMM_PIECE;
}

static void reduce(struct group *g, char *x, long n, size_t width, MPI_Op op)
{
    if (g->size == 1)
        return;
    for (long done = 0; done < n; done += COMM_PIECE)
        MPI_Allreduce(MPI_IN_PLACE, x + (size_t)done * width, piece(n - done),
                      MPI_REAL_TYPE, op, g->comm);
    count(g, n, width);
}

void coll_broadcast_wide(struct group *g, wide *x, long n)
{
    if (g->size == 1)
        return;
    for (long done = 0; done < n; done += COMM_PIECE)
        MPI_Bcast(x + done, piece(n - done), MPI_REAL_TYPE, 0, g->comm);
    count(g, n, sizeof *x);
}

void coll_sum(struct group *g, struct mat m)
{
    assert(m.ld == m.cols);
    reduce(g, (char *)m.at, m.rows * m.cols, sizeof(real), MPI_SUM);
}

void coll_sum_wide(struct group *g, wide *x, long n)
{
    reduce(g, (char *)x, n, sizeof(wide), MPI_SUM);
}

void coll_max_wide(struct group *g, wide *x, long n)
{
    reduce(g, (char *)x, n, sizeof(wide), MPI_MAX);
}
