#ifndef KERNELS_CUDA_COLUMNS_CUH
#define KERNELS_CUDA_COLUMNS_CUH

#include "kernels/cuda/gpu.cuh"

/* Sums over the rows of a matrix, for gradients of biases: chunks of rows go
 * to blocks, whose sums meet in the workspace and are added up in order. */

enum { CHUNK = 64, ROWS_AT_ONCE = MOST_THREADS / WARP };

/* A block takes a chunk of rows and the columns of one warp's packs; warp w
 * takes every eighth row.  term(row, column, left) is the pack to sum. */
template <class F>
static __global__ void __launch_bounds__(MOST_THREADS)
    columns_partial(F term, long rows, long cols, long chunk, wide *partial)
{
    static __shared__ struct pack parts[ROWS_AT_ONCE][WARP];
    unsigned lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    long column = ((long)blockIdx.y * WARP + lane) * PACK;
    long end = min((blockIdx.x + 1) * chunk, rows);
    struct pack total = {};

    if (column < cols)
        for (long r = blockIdx.x * chunk + warp; r < end; r += ROWS_AT_ONCE) {
            struct pack p = term(r, column, cols - column);

            for (int i = 0; i < PACK; i++)
                total.v[i] += p.v[i];
        }
    parts[warp][lane] = total;
    __syncthreads();
    if (warp > 0 || column >= cols)
        return;
    for (int w = 1; w < ROWS_AT_ONCE; w++)
        for (int i = 0; i < PACK; i++)
            total.v[i] += parts[w][lane].v[i];
    pack_store(partial + blockIdx.x * cols + column, cols - column, total);
}

static __global__ void columns_finish(const wide *partial, long chunks,
                                      long cols, wide *to)
{
    long column = flat_place(), left = cols - column;

    if (left <= 0)
        return;

    struct pack total = pack_load(partial + column, left);

    for (long c = 1; c < chunks; c++) {
        struct pack p = pack_load(partial + c * cols + column, left);

        for (int i = 0; i < PACK; i++)
            total.v[i] += p.v[i];
    }

    struct pack before = pack_load(to + column, left);

    for (int i = 0; i < PACK; i++)
        total.v[i] += before.v[i];
    pack_store(to + column, left, total);
}

/* to[cols] += the sums of term(row, ...) over the rows. */
template <class F>
static void columns_add(F term, long rows, long cols, wide *to)
{
    wide *partial = (wide *)device_workspace();
    long room = DEVICE_WORKSPACE_BYTES / (long)sizeof *partial / (cols + 1);
    long chunk = CHUNK;

    if (rows == 0)
        return;
    CHECK(room > 0, "a matrix of %ld columns is too wide", cols);
    if (divide_up(rows, chunk) > room)
        chunk = divide_up(rows, room);

    long chunks = divide_up(rows, chunk);
    struct blocks blocks = {
        dim3((unsigned)chunks, (unsigned)divide_up(cols, WARP * PACK)),
        MOST_THREADS};

    LAUNCH(columns_partial<F>, blocks, term, rows, cols, chunk, partial);
    LAUNCH(columns_finish, by_flat_packs(cols), partial, chunks, cols, to);
}

#endif
