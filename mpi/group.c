#include "mpi/group.h"

#include <limits.h>
#include <stdlib.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "mpi/comm.h"
#include "mpi/trace.h"

static struct group world;

static void measure(struct group *g)
{
    MPI_Comm_size(g->comm, &g->size);
    MPI_Comm_rank(g->comm, &g->rank);
}

void group_open_world(void)
{
    world.comm = MPI_COMM_WORLD;
    measure(&world);
}

struct group *group_world(void)
{
    return &world;
}

struct group *group_split(struct group *g, int colour)
{
    struct group *part = memory_take(1, sizeof *part, "groups of ranks");

    trace_enter(__func__, g);
    MPI_Comm_split(g->comm, colour, g->rank, &part->comm);
    trace_leave();
    measure(part);
    return part;
}

void group_free(struct group *g)
{
    if (g->close_direct)
        g->close_direct(g->direct);
    MPI_Comm_free(&g->comm);
    free(g);
}

int group_size(const struct group *g)
{
    return g->size;
}

int group_rank(const struct group *g)
{
    return g->rank;
}

bool group_any(struct group *g, bool here)
{
    int any = here;

    trace_enter(__func__, g);
    MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_LOR, g->comm);
    trace_leave();
    return any;
}

struct problem group_agree(struct group *g, struct problem wrong)
{
    int first = is_problem(&wrong) ? g->rank : g->size;

    trace_enter(__func__, g);
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, g->comm);
    if (first < g->size)
        MPI_Bcast(wrong.text, sizeof wrong.text, MPI_CHAR, first, g->comm);
    trace_leave();
    return first < g->size ? wrong : NO_PROBLEM;
}

static int piece(size_t left)
{
    return left < COMM_PIECE ? (int)left : COMM_PIECE;
}

void group_broadcast(struct group *g, void *at, size_t bytes)
{
    trace_enter(__func__, g);
    for (size_t done = 0; done < bytes; done += (size_t)piece(bytes - done))
        MPI_Bcast((char *)at + done, piece(bytes - done), MPI_BYTE, 0,
                  g->comm);
    trace_leave();
}

static void reduce(struct group *g, void *x, long n, MPI_Datatype type,
                   MPI_Op op)
{
    int width;

    MPI_Type_size(type, &width);
    for (long done = 0; done < n; done += piece((size_t)(n - done)))
        MPI_Allreduce(MPI_IN_PLACE, (char *)x + done * width,
                      piece((size_t)(n - done)), type, op, g->comm);
}

void group_sum(struct group *g, double *x, long n)
{
    trace_enter(__func__, g);
    reduce(g, x, n, MPI_DOUBLE, MPI_SUM);
    trace_leave();
}

void group_sum_counts(struct group *g, int64_t *x, long n)
{
    trace_enter(__func__, g);
    reduce(g, x, n, MPI_INT64_T, MPI_SUM);
    trace_leave();
}

void group_min_counts(struct group *g, uint64_t *x, long n)
{
    trace_enter(__func__, g);
    reduce(g, x, n, MPI_UINT64_T, MPI_MIN);
    trace_leave();
}

void group_sum_before(struct group *g, int64_t *x, long n)
{
    trace_enter(__func__, g);
    for (long done = 0; done < n; done += piece((size_t)(n - done))) {
        int count = piece((size_t)(n - done));

        MPI_Exscan(MPI_IN_PLACE, x + done, count, MPI_INT64_T, MPI_SUM,
                   g->comm);
    }
    trace_leave();
    if (g->rank == 0) /* which MPI_Exscan leaves undefined */
        for (long i = 0; i < n; i++)
            x[i] = 0;
}

double group_largest(struct group *g, double x, int *rank)
{
    struct {
        double value;
        int rank;
    } best = {x, g->rank};

    trace_enter(__func__, g);
    MPI_Allreduce(MPI_IN_PLACE, &best, 1, MPI_DOUBLE_INT, MPI_MAXLOC, g->comm);
    trace_leave();
    *rank = best.rank;
    return best.value;
}

void *group_exchange(struct group *g, const void *out, const size_t *send,
                     size_t *received)
{
    int *counts = memory_take(4 * (size_t)g->size, sizeof *counts, "counts");
    int *out_at, *in_counts, *in_at;
    size_t out_total = 0, in_total = 0;
    char *in;

    out_at = counts + g->size;
    in_counts = out_at + g->size, in_at = in_counts + g->size;
    trace_enter(__func__, g);
    MPI_Alltoall(send, sizeof *send, MPI_BYTE, received, sizeof *send,
                 MPI_BYTE, g->comm);
    for (int r = 0; r < g->size; r++) {
        out_at[r] = (int)out_total, in_at[r] = (int)in_total;
        out_total += send[r], in_total += received[r];
        counts[r] = (int)send[r], in_counts[r] = (int)received[r];
        CHECK(out_total <= INT_MAX && in_total <= INT_MAX,
              "an exchange of %zu bytes out and %zu bytes in is larger "
              "than 2 GiB",
              out_total, in_total);
    }
    in = memory_grow(NULL, in_total, 1, "received bytes");
    MPI_Alltoallv(out, counts, out_at, MPI_BYTE, in, in_counts, in_at,
                  MPI_BYTE, g->comm);
    trace_leave();
    free(counts);
    return in;
}

void group_barrier(struct group *g)
{
    trace_enter(__func__, g);
    MPI_Barrier(g->comm);
    trace_leave();
}

struct group_traffic group_traffic(const struct group *g)
{
    return g->traffic;
}
