#include "mpi/coll.h"

#include <assert.h>

#include "mpi/comm.h"

#ifdef SKILLET_DOUBLE
#define MPI_REAL_TYPE MPI_DOUBLE
#else
#define MPI_REAL_TYPE MPI_FLOAT
#endif

/* MPI counts are int: long buffers go in pieces of this many elements. */
enum { PIECE = 1 << 28 };

static void reduce(struct group *g, char *x, long n, size_t width, MPI_Op op)
{
    if (g->size == 1)
        return;
    for (long done = 0; done < n; done += PIECE) {
        int count = n - done < PIECE ? (int)(n - done) : PIECE;

        MPI_Allreduce(MPI_IN_PLACE, x + (size_t)done * width, count,
                      MPI_REAL_TYPE, op, g->comm);
    }
    g->traffic.calls++;
    g->traffic.bytes += n * (int64_t)width;
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
