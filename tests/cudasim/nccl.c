/* NCCL by MPI.  The id of a communicator is the place of its first rank in the
 * world and a number; the others tell that rank where they are. */
#include "tests/cudasim/nccl.h"

#include <limits.h>
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cudasim/cudasim.h"

enum { TAG = 30000, TAGS = 1000 };

struct ncclComm {
    MPI_Comm comm;
};

struct id {
    int root, number;
};

const char *ncclGetErrorString(ncclResult_t result)
{
    return result == ncclSuccess ? "no error" : "invalid usage";
}

ncclResult_t ncclGetUniqueId(ncclUniqueId *id)
{
    static int number;
    struct id mine;

    MPI_Comm_rank(MPI_COMM_WORLD, &mine.root);
    mine.number = number++ % TAGS;
    memcpy(id->internal, &mine, sizeof mine);
    return ncclSuccess;
}

/* places[ranks] in the world, on all of them. */
static void find_places(struct id id, int *places, int ranks, int rank)
{
    int tag = TAG + id.number;

    if (rank > 0) {
        int mine[2] = {rank, 0};

        MPI_Comm_rank(MPI_COMM_WORLD, &mine[1]);
        MPI_Send(mine, 2, MPI_INT, id.root, tag, MPI_COMM_WORLD);
        MPI_Recv(places, ranks, MPI_INT, id.root, tag, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
        return;
    }
    places[0] = id.root;
    for (int i = 1; i < ranks; i++) {
        int other[2];

        MPI_Recv(other, 2, MPI_INT, MPI_ANY_SOURCE, tag, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
        places[other[0]] = other[1];
    }
    for (int i = 1; i < ranks; i++)
        MPI_Send(places, ranks, MPI_INT, places[i], tag, MPI_COMM_WORLD);
}

ncclResult_t ncclCommInitRank(ncclComm_t *comm, int ranks, ncclUniqueId from,
                              int rank)
{
    int *places = malloc((size_t)ranks * sizeof *places);
    MPI_Group world, part;
    struct id id;

    memcpy(&id, from.internal, sizeof id);
    find_places(id, places, ranks, rank);
    *comm = malloc(sizeof **comm);
    MPI_Comm_group(MPI_COMM_WORLD, &world);
    MPI_Group_incl(world, ranks, places, &part);
    MPI_Comm_create_group(MPI_COMM_WORLD, part, TAG + TAGS + id.number,
                          &(*comm)->comm);
    MPI_Group_free(&world);
    MPI_Group_free(&part);
    free(places);
    return ncclSuccess;
}

ncclResult_t ncclCommDestroy(ncclComm_t comm)
{
    MPI_Comm_free(&comm->comm);
    free(comm);
    return ncclSuccess;
}

ncclResult_t ncclCommUserRank(ncclComm_t comm, int *rank)
{
    MPI_Comm_rank(comm->comm, rank);
    return ncclSuccess;
}

static MPI_Datatype type_of(ncclDataType_t type)
{
    return type == ncclChar     ? MPI_BYTE
           : type == ncclDouble ? MPI_DOUBLE
           : type == ncclFloat  ? MPI_FLOAT
                                : MPI_UINT16_T;
}

static float widened(uint16_t bits)
{
    uint32_t wide = (uint32_t)bits << 16;
    float value;

    memcpy(&value, &wide, sizeof value);
    return value;
}

static void add_bf16(void *from, void *to, int *n, MPI_Datatype *type)
{
    const uint16_t *x = from;
    uint16_t *y = to;

    (void)type;
    for (int i = 0; i < *n; i++) {
        float sum = widened(x[i]) + widened(y[i]);
        uint32_t bits;

        memcpy(&bits, &sum, sizeof bits);
        y[i] = (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}

ncclResult_t ncclAllReduce(const void *from, void *to, size_t n,
                           ncclDataType_t type, ncclRedOp_t op,
                           ncclComm_t comm, cudaStream_t stream)
{
    MPI_Op join = op == ncclMax ? MPI_MAX : MPI_SUM;

    (void)stream;
    if (n > INT_MAX || from != to || (type == ncclBfloat16 && op == ncclMax))
        return ncclInvalidUsage;
    if (type == ncclBfloat16)
        MPI_Op_create(add_bf16, 1, &join);
    cudasim_open();
    MPI_Allreduce(MPI_IN_PLACE, to, (int)n, type_of(type), join, comm->comm);
    cudasim_close();
    if (type == ncclBfloat16)
        MPI_Op_free(&join);
    return ncclSuccess;
}

ncclResult_t ncclBroadcast(const void *from, void *to, size_t n,
                           ncclDataType_t type, int root, ncclComm_t comm,
                           cudaStream_t stream)
{
    (void)stream;
    if (n > INT_MAX || from != to)
        return ncclInvalidUsage;
    cudasim_open();
    MPI_Bcast(to, (int)n, type_of(type), root, comm->comm);
    cudasim_close();
    return ncclSuccess;
}

/* In place, as Skillet does; a stream may put it off. */
struct parts {
    char *x; /* part 0 */
    int n;   /* of a part */
    ncclDataType_t type;
    MPI_Comm comm;
};

static void put_off(struct parts parts, void (*run)(void *of),
                    cudaStream_t stream)
{
    struct parts *of = malloc(sizeof *of);

    *of = parts;
    cudasim_put_off(stream, run, of);
}

static void gather(void *of)
{
    struct parts *p = of;

    cudasim_open();
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_BYTE, p->x, p->n, type_of(p->type),
                  p->comm);
    cudasim_close();
    free(p);
}

static void add(void *to, const void *from, long n, ncclDataType_t type)
{
    for (long i = 0; i < n; i++)
        if (type == ncclDouble)
            ((double *)to)[i] += ((const double *)from)[i];
        else
            ((float *)to)[i] += ((const float *)from)[i];
}

/* In the order of the ranks. */
static void sum_part(void *of)
{
    struct parts *p = of;
    size_t part = (size_t)p->n * (p->type == ncclDouble ? 8 : 4);
    int size, rank;
    char *in;

    MPI_Comm_size(p->comm, &size);
    MPI_Comm_rank(p->comm, &rank);
    in = malloc((size_t)size * part);
    cudasim_open();
    MPI_Alltoall(p->x, p->n, type_of(p->type), in, p->n, type_of(p->type),
                 p->comm);
    for (int r = 1; r < size; r++)
        add(in, in + (size_t)r * part, p->n, p->type);
    memcpy(p->x + (size_t)rank * part, in, part);
    cudasim_close();
    free(in);
    free(p);
}

ncclResult_t ncclReduceScatter(const void *from, void *to, size_t n,
                               ncclDataType_t type, ncclRedOp_t op,
                               ncclComm_t comm, cudaStream_t stream)
{
    size_t part = n * (type == ncclDouble ? 8 : 4);
    int rank;

    MPI_Comm_rank(comm->comm, &rank);
    if (n > INT_MAX || op != ncclSum ||
        (type != ncclFloat && type != ncclDouble) ||
        (const char *)from + (size_t)rank * part != to)
        return ncclInvalidUsage;
    put_off((struct parts){(char *)to - (size_t)rank * part, (int)n, type,
                           comm->comm},
            sum_part, stream);
    return ncclSuccess;
}

ncclResult_t ncclAllGather(const void *from, void *to, size_t n,
                           ncclDataType_t type, ncclComm_t comm,
                           cudaStream_t stream)
{
    int rank;

    MPI_Comm_rank(comm->comm, &rank);
    if (n > INT_MAX || type != ncclChar ||
        (char *)to + (size_t)rank * n != from)
        return ncclInvalidUsage;
    put_off((struct parts){to, (int)n, type, comm->comm}, gather, stream);
    return ncclSuccess;
}
