#ifndef TESTS_CUDASIM_CUDA_RUNTIME_H
#define TESTS_CUDASIM_CUDA_RUNTIME_H

/* CUDA C++ on the CPU, for tests: as much of it as kernels/cuda/ uses, so that
 * the very sources of the GPU programs run where there is no GPU and no CUDA.
 *
 * The threads of a block are fibers of one process, which run until they wait
 * for each other, in an order that changes with CUDASIM_SEED; blocks run one
 * after another.  What a GPU leaves undefined ends the process here, with a
 * sentence: a barrier or an exchange that not all threads reach, masks that
 * disagree, a lane that is not there.  Memory of the device and of blocks
 * starts as NaN, the host cannot touch the former at all, and the address
 * sanitizer, where the compiler has one, watches its borders.
 *
 * Not here: the memory model, and what is asynchronous: all that kernels and
 * copies do is done when a call returns.  What libraries do on another stream
 * than the first is put off until an event or the stream is waited for. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ __attribute__((section("cudasim_shared")))

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1)
        : x(x_), y(y_), z(z_)
    {
    }
};

/* Of the thread that runs. */
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;

/* Threads that wait for each other.  `line` is where, for the check that all
 * of them wait at the same place. */
int cudasim_barrier(int value, int line);
uint64_t cudasim_exchange(unsigned mask, uint64_t value, unsigned lane,
                          int line);
unsigned cudasim_vote(unsigned mask, bool value, int line);
unsigned cudasim_lane();

static inline void __syncthreads(int line = __builtin_LINE())
{
    cudasim_barrier(0, line);
}

static inline int __syncthreads_count(int value, int line = __builtin_LINE())
{
    return cudasim_barrier(value != 0, line);
}

static inline int __syncthreads_or(int value, int line = __builtin_LINE())
{
    return cudasim_barrier(value != 0, line) > 0;
}

template <class T>
static inline T cudasim_take(unsigned mask, T value, unsigned lane, int line)
{
    uint64_t bits = 0;

    static_assert(sizeof value <= sizeof bits, "shuffles take up to 8 bytes");
    memcpy(&bits, &value, sizeof value);
    bits = cudasim_exchange(mask, bits, lane, line);
    memcpy(&value, &bits, sizeof value);
    return value;
}

template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int other,
                                int line = __builtin_LINE())
{
    return cudasim_take(mask, value, cudasim_lane() ^ (unsigned)other, line);
}

template <class T>
static inline T __shfl_sync(unsigned mask, T value, int lane,
                            int line = __builtin_LINE())
{
    return cudasim_take(mask, value, (unsigned)lane % 32, line);
}

static inline unsigned __ballot_sync(unsigned mask, int value,
                                     int line = __builtin_LINE())
{
    return cudasim_vote(mask, value != 0, line);
}

static inline int __any_sync(unsigned mask, int value,
                             int line = __builtin_LINE())
{
    return cudasim_vote(mask, value != 0, line) != 0;
}

static inline void __syncwarp(unsigned mask = 0xffffffffu,
                              int line = __builtin_LINE())
{
    cudasim_vote(mask, false, line);
}

/* Fibers are not interrupted. */
template <class T> static inline T atomicAdd(T *at, T value)
{
    T before = *at;

    *at = before + value;
    return before;
}

static inline int __ffs(int x)
{
    return __builtin_ffs(x);
}

static inline long min(long a, long b)
{
    return a < b ? a : b;
}

/* The runtime's calls. */

enum cudaError_t {
    cudaSuccess,
    cudaErrorInvalidValue,
    cudaErrorMemoryAllocation,
    cudaErrorInvalidConfiguration = 9,
    cudaErrorNoDevice = 100
};
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost };
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };

typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;

struct cudaDeviceProp {
    char name[256];
};

struct cudaLaunchConfig_t {
    dim3 gridDim, blockDim;
    size_t dynamicSmemBytes;
    cudaStream_t stream;
};

const char *cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetDeviceCount(int *n);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device);
cudaError_t cudaDeviceGetPCIBusId(char *id, int size, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int *device);
cudaError_t cudaMalloc(void **at, size_t bytes);
cudaError_t cudaFree(void *at);
cudaError_t cudaMallocHost(void **at, size_t bytes);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemsetAsync(void *at, int value, size_t bytes,
                            cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned flags);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);

/* Runs body(of) on every thread of every block. */
cudaError_t cudasim_launch(const cudaLaunchConfig_t *config,
                           void (*body)(void *of), void *of);

template <class... P, class... A>
static inline cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t *config,
                                             void (*kernel)(P...),
                                             const A &...argument)
{
    auto body = [&] { kernel((P)argument...); };

    return cudasim_launch(
        config, [](void *of) { (*(decltype(body) *)of)(); }, &body);
}

#endif
