#ifndef KERNELS_CUDA_GPU_CUH
#define KERNELS_CUDA_GPU_CUH

/* What the .cu files share: the headers of the project, which are C, launches,
 * access to memory by 16 bytes, and reductions of a warp and a block.
 *
 * All work goes to one stream, in order.  Every kernel is `static`, has blocks
 * of whole warps, and sums in an order that depends on sizes alone: no atomic
 * adds floating-point numbers. */

#include <assert.h>
#include <cuda_runtime.h>
#include <math.h>

#define _Noreturn __attribute__((noreturn))
extern "C" {
#include "kernels/base/check.h"
#include "kernels/cuda/stream.h"
#include "kernels/device.h"
#include "kernels/ops.h"
}

#ifdef SKILLET_BF16
#include <cuda_bf16.h>
#endif

#define CUDA_CHECK(call)                                                      \
    do {                                                                      \
        cudaError_t error_ = (call);                                          \
        CHECK(error_ == cudaSuccess, "%s: %s", #call,                         \
              cudaGetErrorString(error_));                                    \
    } while (0)

/* ---- launches ---- */

enum { WARP = 32, MOST_THREADS = 256 };

struct blocks {
    dim3 grid;
    unsigned threads;
};

/* Rows of memory are worked on by packs of 16 bytes of reals. */
enum { PACK = 16 / sizeof(real) };

static inline long divide_up(long n, long by)
{
    return (n + by - 1) / by;
}

/* As many threads as n needs, in whole warps, at least one, up to a block. */
static inline unsigned threads_for(long n)
{
    long warps = n > 0 ? divide_up(n, WARP) : 1;

    return (unsigned)min(warps * WARP, (long)MOST_THREADS);
}

/* A block a row. */
static inline struct blocks by_rows(long rows, long cols)
{
    return blocks{dim3((unsigned)rows), threads_for(divide_up(cols, PACK))};
}

/* A thread a pack of every row: pack_column() says which. */
static inline struct blocks by_packs(long rows, long cols)
{
    long packs = divide_up(cols, PACK);
    unsigned threads = threads_for(packs);

    return blocks{dim3((unsigned)rows, (unsigned)divide_up(packs, threads)),
                  threads};
}

/* A thread a pack of a vector: flat_place() says which. */
static inline struct blocks by_flat_packs(long n)
{
    long packs = divide_up(n, PACK);
    unsigned threads = threads_for(packs);

    return blocks{dim3((unsigned)divide_up(packs, threads)), threads};
}

/* Nothing to do is no launch: CUDA does not allow an empty one. */
template <class... P, class... A>
static void launch(const char *name, struct blocks blocks,
                   void (*kernel)(P...), const A &...argument)
{
    cudaLaunchConfig_t config = {};

    if (blocks.grid.x == 0 || blocks.grid.y == 0)
        return;
    config.gridDim = blocks.grid;
    config.blockDim = dim3(blocks.threads);
    config.stream = device_stream();

    cudaError_t error = cudaLaunchKernelEx(&config, kernel, argument...);

    CHECK(error == cudaSuccess, "kernel %s, %u x %u blocks of %u: %s", name,
          blocks.grid.x, blocks.grid.y, blocks.threads,
          cudaGetErrorString(error));
}

#define LAUNCH(kernel, blocks, ...)                                           \
    launch(#kernel, blocks, kernel, __VA_ARGS__)

static __device__ inline long pack_column()
{
    return ((long)blockIdx.y * blockDim.x + threadIdx.x) * PACK;
}

static __device__ inline long flat_place()
{
    return ((long)blockIdx.x * blockDim.x + threadIdx.x) * PACK;
}

/* ---- numbers ---- */

static __device__ inline wide widen(wide x)
{
    return x;
}

static __device__ inline void narrow(wide x, wide *to)
{
    *to = x;
}

#ifdef SKILLET_BF16
static __device__ inline wide widen(real x)
{
    return __bfloat162float(__ushort_as_bfloat16(x.bits));
}

static __device__ inline void narrow(wide x, real *to)
{
    to->bits = __bfloat16_as_ushort(__float2bfloat16_rn(x));
}
#endif

/* ---- memory by 16 bytes ---- */

struct pack {
    wide v[PACK];
};

template <class T> struct alignas(16) line {
    T v[16 / sizeof(T)];
};

/* Whether a whole pack lies at `at` and may be accessed by lines. */
static __device__ inline bool is_whole(const void *at, long left)
{
    return left >= PACK && (uintptr_t)at % 16 == 0;
}

/* Numbers from `from` on, of which `left` are there; 0 for the others.  The
 * same numbers go to the same thread whether the row is aligned or not, so the
 * bits of a sum do not depend on it. */
template <class T>
static __device__ inline struct pack pack_load(const T *from, long left)
{
    enum { EACH = 16 / sizeof(T) };
    struct pack p;

    if (is_whole(from, left)) {
#pragma unroll
        for (int i = 0; i < PACK; i += EACH) {
            const line<T> l = *(const line<T> *)(from + i);

#pragma unroll
            for (int j = 0; j < EACH; j++)
                p.v[i + j] = widen(l.v[j]);
        }
    } else {
#pragma unroll
        for (int i = 0; i < PACK; i++)
            p.v[i] = i < left ? widen(from[i]) : 0;
    }
    return p;
}

template <class T>
static __device__ inline void pack_store(T *to, long left, struct pack p)
{
    enum { EACH = 16 / sizeof(T) };

    if (is_whole(to, left)) {
#pragma unroll
        for (int i = 0; i < PACK; i += EACH) {
            line<T> l;

#pragma unroll
            for (int j = 0; j < EACH; j++)
                narrow(p.v[i + j], &l.v[j]);
            *(line<T> *)(to + i) = l;
        }
    } else {
#pragma unroll
        for (int i = 0; i < PACK; i++)
            if (i < left)
                narrow(p.v[i], to + i);
    }
}

/* ---- reductions: the same bits on every thread ---- */

struct sum {
    template <class T> __device__ T operator()(T a, T b) const
    {
        return a + b;
    }
};

struct maximum {
    template <class T> __device__ T operator()(T a, T b) const
    {
        return a > b ? a : b;
    }
};

template <class F, class T> static __device__ inline T warp_reduce(F join, T x)
{
#pragma unroll
    for (int other = WARP / 2; other > 0; other /= 2)
        x = join(x, __shfl_xor_sync(0xffffffffu, x, other));
    return x;
}

/* All threads of the block call it; `none` is what changes no result. */
template <class F, class T>
static __device__ inline T block_reduce(F join, T x, T none)
{
    static __shared__ T parts[WARP];
    unsigned lane = threadIdx.x % WARP;

    x = warp_reduce(join, x);
    if (blockDim.x == WARP)
        return x;
    if (lane == 0)
        parts[threadIdx.x / WARP] = x;
    __syncthreads();
    x = warp_reduce(join, lane < blockDim.x / WARP ? parts[lane] : none);
    __syncthreads(); /* before `parts` serves the next one */
    return x;
}

template <class T> static __device__ inline T block_sum(T x)
{
    return block_reduce(sum(), x, (T)0);
}

/* The maximum of nothing: finite, so that its difference to any peak is a
 * number. */
static __device__ inline wide lowest()
{
    return sizeof(wide) == 4 ? (wide)-3.402823466e+38
                             : (wide)-1.7976931348623157e+308;
}

static __device__ inline wide block_maximum(wide x)
{
    return block_reduce(maximum(), x, lowest());
}

#endif
