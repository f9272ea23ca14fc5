/* One communicator of NCCL a group, on the stream of the kernels. */
#include "mpi/coll_direct.h"

#include <nccl.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "kernels/cuda/stream.h"
#include "mpi/world.h"

#define NCCL_CHECK(call)                                                       \
    do {                                                                       \
        ncclResult_t result_ = (call);                                         \
        CHECK(result_ == ncclSuccess, "%s: %s", #call,                         \
              ncclGetErrorString(result_));                                    \
    } while (0)

struct coll_direct {
    ncclComm_t comm;
};

/* NCCL does not serve two ranks that share a GPU. */
static bool has_a_gpu_each(struct group *g)
{
    enum { NAME = 320 };
    char here[NAME] = "", *all = malloc((size_t)g->size * NAME);
    bool shared = false;

    CHECK(all, "no memory for the names of %d GPUs", g->size);
    strncpy(here, world_host(), 255);
    device_place(here + 256, NAME - 256);
    MPI_Allgather(here, NAME, MPI_CHAR, all, NAME, MPI_CHAR, g->comm);
    for (int i = 0; i < g->size; i++)
        shared |= i != g->rank && memcmp(all + i * NAME, here, NAME) == 0;
    free(all);
    return !group_any(g, shared);
}

struct coll_direct *coll_direct_open(struct group *g)
{
    struct coll_direct *d;
    ncclUniqueId id;

    if (g->size == 1 || !has_a_gpu_each(g))
        return NULL;
    d = malloc(sizeof *d);
    CHECK(d, "no memory for a communicator");
    if (g->rank == 0)
        NCCL_CHECK(ncclGetUniqueId(&id));
    MPI_Bcast(&id, sizeof id, MPI_BYTE, 0, g->comm);
    NCCL_CHECK(ncclCommInitRank(&d->comm, g->size, id, g->rank));
    return d;
}

void coll_direct_close(struct coll_direct *d)
{
    if (d)
        NCCL_CHECK(ncclCommDestroy(d->comm));
    free(d);
}

static ncclDataType_t type_of(enum coll_number number)
{
    if (number == COLL_REAL && !REAL_IS_WIDE)
        return ncclBfloat16;
    return sizeof(wide) == 8 ? ncclDouble : ncclFloat;
}

void coll_direct_reduce(struct coll_direct *d, void *x, long n,
                        enum coll_number number, enum coll_join join)
{
    NCCL_CHECK(ncclAllReduce(x, x, (size_t)n, type_of(number),
                             join == COLL_SUM ? ncclSum : ncclMax, d->comm,
                             device_stream()));
}

void coll_direct_broadcast(struct coll_direct *d, wide *x, long n)
{
    NCCL_CHECK(ncclBroadcast(x, x, (size_t)n, type_of(COLL_WIDE), 0, d->comm,
                             device_stream()));
}
