#include "mpi/coll.h"

#include <assert.h>

#include "kernels/device.h"
#include "mpi/coll_direct.h"
#include "mpi/trace.h"

struct coll_direct *coll_direct_of(struct group *g)
{
    if (!g->is_way_chosen) {
        g->is_way_chosen = true;
        g->direct = coll_direct_open(g);
        g->close_direct = coll_direct_close;
    }
    return g->direct;
}

const char *coll_way(struct group *g)
{
    return g->size == 1        ? "none"
           : coll_direct_of(g) ? "NCCL"
           : device_is_host()  ? "MPI"
                               : "MPI through the host";
}

#ifdef SKILLET_BF16

/* MPI has no bf16: each sum is rounded as on the device. */
static void add_reals(void *from, void *to, int *n, MPI_Datatype *type)
{
    const real *x = from;
    real *y = to;

    (void)type;
    for (int i = 0; i < *n; i++)
        y[i] = real_from(real_value(y[i]) + real_value(x[i]));
}

static MPI_Op sum_of_reals(void)
{
    static MPI_Op op = MPI_OP_NULL;

    if (op == MPI_OP_NULL)
        MPI_Op_create(add_reals, 1, &op);
    return op;
}

#endif

static MPI_Datatype type_of(enum coll_direct_number number)
{
    if (number == COLL_REAL && !REAL_IS_WIDE)
        return MPI_UINT16_T;
    return sizeof(wide) == 8 ? MPI_DOUBLE : MPI_FLOAT;
}

static MPI_Op op_of(enum coll_direct_number number, enum coll_direct_join join)
{
#ifdef SKILLET_BF16
    if (number == COLL_REAL)
        return sum_of_reals();
#endif
    (void)number;
    return join == COLL_SUM ? MPI_SUM : MPI_MAX;
}

static size_t width_of(enum coll_direct_number number)
{
    return number == COLL_REAL ? sizeof(real) : sizeof(wide);
}

/* The next numbers to go, where MPI can reach them. */
static int stage(char *x, long left, size_t width, void **host)
{
    long most = left < COMM_PIECE ? left : COMM_PIECE;

    return (int)(device_stage(x, (size_t)most * width, host) / width);
}

static void reduce(struct group *g, void *x, long n,
                   enum coll_direct_number number, enum coll_direct_join join)
{
    size_t width = width_of(number);

    if (g->size == 1)
        return;
    comm_count(g, n, width);
    if (coll_direct_of(g)) {
        coll_direct_reduce(g->direct, x, n, number, join);
        return;
    }
    for (long done = 0, some; done < n; done += some) {
        char *at = (char *)x + (size_t)done * width;
        void *host;

        some = stage(at, n - done, width, &host);
        MPI_Allreduce(MPI_IN_PLACE, host, (int)some, type_of(number),
                      op_of(number, join), g->comm);
        device_unstage(at, host, (size_t)some * width);
    }
}

static void broadcast(struct group *g, wide *x, long n)
{
    for (long done = 0, some; done < n; done += some) {
        void *host;

        some = stage((char *)(x + done), n - done, sizeof *x, &host);
        MPI_Bcast(host, (int)some, type_of(COLL_WIDE), 0, g->comm);
        device_unstage(x + done, host, (size_t)some * sizeof *x);
    }
}

void coll_broadcast_wide(struct group *g, wide *x, long n)
{
    if (g->size == 1)
        return;
    comm_count(g, n, sizeof *x);
    trace_enter(__func__, g);
    if (coll_direct_of(g))
        coll_direct_broadcast(g->direct, x, n);
    else
        broadcast(g, x, n);
    trace_leave();
}

void coll_sum(struct group *g, struct mat m)
{
    assert(m.ld == m.cols);
    trace_enter(__func__, g);
    reduce(g, m.at, m.rows * m.cols, COLL_REAL, COLL_SUM);
    trace_leave();
}

void coll_sum_wide(struct group *g, wide *x, long n)
{
    trace_enter(__func__, g);
    reduce(g, x, n, COLL_WIDE, COLL_SUM);
    trace_leave();
}

void coll_max_wide(struct group *g, wide *x, long n)
{
    trace_enter(__func__, g);
    reduce(g, x, n, COLL_WIDE, COLL_MAXIMUM);
    trace_leave();
}
