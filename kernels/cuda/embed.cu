#include "kernels/cuda/gpu.cuh"

static __global__ void embed_forward(const int32_t *token, struct mat w,
                                     long first, struct mat x)
{
    long j = pack_column(), left = x.cols - j;
    long row = token[blockIdx.x] - first;
    struct pack p = {};

    if (left <= 0)
        return;
    if (row >= 0 && row < w.rows)
        p = pack_load(w.at + row * w.ld + j, left);
    pack_store(x.at + blockIdx.x * x.ld + j, left, p);
}

extern "C" void op_embed_forward(const int32_t *token, struct mat w,
                                 long first, struct mat x)
{
    LAUNCH(embed_forward, by_packs(x.rows, x.cols), token, w, first, x);
}

/* Whether one of the tokens [0, n) is `id`, for the whole block. */
static __device__ bool stands_before(const int32_t *token, long n, int32_t id)
{
    bool found = false;

    for (long i = threadIdx.x; i < n; i += blockDim.x)
        found |= token[i] == id;
    return __syncthreads_or(found);
}

/* The block of a token's first place in the batch adds the gradients of all
 * its places, in order: no two blocks write one row, and no sum depends on
 * when they run.  A warp finds which of 32 places have the token by one
 * vote. */
static __global__ void __launch_bounds__(MOST_THREADS)
    embed_backward(const int32_t *token, struct mat dx, long first,
                   struct wide_mat dw)
{
    long place = blockIdx.x, j = pack_column(), left = dx.cols - j;
    int32_t id = token[place];
    long row = id - first;

    if (row < 0 || row >= dw.rows || stands_before(token, place, id))
        return;

    unsigned lane = threadIdx.x % WARP;
    struct pack total = {};

    for (long at = place; at < dx.rows; at += WARP) {
        unsigned same = __ballot_sync(0xffffffffu, at + lane < dx.rows &&
                                                       token[at + lane] == id);

        for (; same; same &= same - 1) {
            long r = at + __ffs((int)same) - 1;
            struct pack p = {};

            if (left > 0)
                p = pack_load(dx.at + r * dx.ld + j, left);
            for (int i = 0; i < PACK; i++)
                total.v[i] += p.v[i];
        }
    }
    if (left <= 0)
        return;

    wide *to = dw.at + row * dw.ld + j;
    struct pack before = pack_load(to, left);

    for (int i = 0; i < PACK; i++)
        total.v[i] += before.v[i];
    pack_store(to, left, total);
}

extern "C" void op_embed_backward(const int32_t *token, struct mat dx,
                                  long first, struct wide_mat dw)
{
    LAUNCH(embed_backward, by_packs(dx.rows, dx.cols), token, dx, first, dw);
}
