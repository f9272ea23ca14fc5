/* One communicator of NCCL a group.  What a computation waits for at once is
 * on the stream of the kernels; what goes on beside it, on one of the group's
 * own. */
#include "mpi/coll_direct.h"

#include <nccl.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "kernels/cuda/stream.h"
#include "mpi/world.h"

#define NCCL_CHECK(call)                                                      \
    do {                                                                      \
        ncclResult_t result_ = (call);                                        \
        CHECK(result_ == ncclSuccess, "%s: %s", #call,                        \
              ncclGetErrorString(result_));                                   \
    } while (0)

struct coll_direct {
    ncclComm_t comm;
    struct CUstream_st *beside;
    struct CUevent_st *given; /* what the kernels' stream had to do */
    struct CUevent_st **ended;
    long events;
};

/* NCCL does not serve two ranks that share a GPU. */
static bool has_a_gpu_each(struct group *g)
{
    enum { NAME = 320 };
    char here[NAME] = "",
         *all = memory_take((size_t)g->size, NAME, "names of GPUs");
    bool shared = false;

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
    d = memory_take(1, sizeof *d, "communicators");
    d->beside = device_stream_open();
    d->given = device_event_open();
    if (g->rank == 0)
        NCCL_CHECK(ncclGetUniqueId(&id));
    MPI_Bcast(&id, sizeof id, MPI_BYTE, 0, g->comm);
    NCCL_CHECK(ncclCommInitRank(&d->comm, g->size, id, g->rank));
    return d;
}

void coll_direct_close(struct coll_direct *d)
{
    if (!d)
        return;
    device_stream_close(d->beside);
    NCCL_CHECK(ncclCommDestroy(d->comm));
    device_event_close(d->given);
    for (long i = 0; i < d->events; i++)
        device_event_close(d->ended[i]);
    free(d->ended);
    free(d);
}

static ncclDataType_t type_of(enum coll_direct_number number)
{
    if (number == COLL_REAL && !REAL_IS_WIDE)
        return ncclBfloat16;
    return sizeof(wide) == 8 ? ncclDouble : ncclFloat;
}

void coll_direct_reduce(struct coll_direct *d, void *x, long n,
                        enum coll_direct_number number,
                        enum coll_direct_join join)
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

static void begin_beside(struct coll_direct *d)
{
    device_event_mark(d->given, device_stream());
    device_event_await(d->given, d->beside);
}

/* Event numbers are few, and all of them come in the first step. */
static void end_beside(struct coll_direct *d, long event)
{
    for (; d->events <= event; d->events++) {
        d->ended = memory_grow(d->ended, (size_t)d->events + 1,
                               sizeof *d->ended, "events");
        d->ended[d->events] = device_event_open();
    }
    device_event_mark(d->ended[event], d->beside);
}

void coll_direct_sum_part(struct coll_direct *d, wide *x, long part,
                          long event)
{
    int rank;

    NCCL_CHECK(ncclCommUserRank(d->comm, &rank));
    begin_beside(d);
    NCCL_CHECK(ncclReduceScatter(x, x + rank * part, (size_t)part,
                                 type_of(COLL_WIDE), ncclSum, d->comm,
                                 d->beside));
    end_beside(d, event);
}

void coll_direct_gather_parts(struct coll_direct *d, void *x,
                              size_t part_bytes, long event)
{
    int rank;

    NCCL_CHECK(ncclCommUserRank(d->comm, &rank));
    begin_beside(d);
    NCCL_CHECK(ncclAllGather((char *)x + (size_t)rank * part_bytes, x,
                             part_bytes, ncclChar, d->comm, d->beside));
    end_beside(d, event);
}

void coll_direct_await(struct coll_direct *d, long event)
{
    device_event_await(d->ended[event], device_stream());
}
