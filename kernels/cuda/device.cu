/* One GPU a rank, one stream, and two pinned buffers that copies go
 * through. */
#include "kernels/cuda/gpu.cuh"

#include <stdio.h>
#include <string.h>

enum { STAGES = 2 };
static const size_t stage_bytes = (size_t)4 << 20;

/* Memory that both sides reach, and the end of its last copy. */
struct stage {
    void *at;
    cudaEvent_t done;
};

static cudaStream_t stream;
static struct stage stages[STAGES];
static void *workspace;
static char name[sizeof((cudaDeviceProp *)0)->name];

extern "C" const char *device_kind(void)
{
    return "gpu";
}

extern "C" const char *device_name(void)
{
    return *name ? name : "gpu";
}

static void make_stages(void)
{
    for (int i = 0; i < STAGES; i++) {
        CUDA_CHECK(cudaMallocHost(&stages[i].at, stage_bytes));
        stages[i].done = device_event_open();
    }
}

extern "C" struct problem device_open(int rank_on_node)
{
    cudaDeviceProp properties;
    int n = 0;
    cudaError_t error = cudaGetDeviceCount(&n);

    if (error != cudaSuccess || n == 0)
        return problem(
            "no GPU can be used here (%s): start on nodes that have "
            "one, or set train.device=cpu",
            cudaGetErrorString(error ? error : cudaErrorNoDevice));
    CUDA_CHECK(cudaSetDevice(rank_on_node % n));
    CUDA_CHECK(cudaGetDeviceProperties(&properties, rank_on_node % n));
    snprintf(name, sizeof name, "%s", properties.name);
    CUDA_CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA_CHECK(cudaMalloc(&workspace, DEVICE_WORKSPACE_BYTES));
    make_stages();
    return NO_PROBLEM;
}

extern "C" struct CUstream_st *device_stream(void)
{
    return stream;
}

extern "C" struct CUstream_st *device_stream_open(void)
{
    cudaStream_t other;

    CUDA_CHECK(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
    return other;
}

extern "C" void device_stream_close(struct CUstream_st *other)
{
    CUDA_CHECK(cudaStreamSynchronize(other));
    CUDA_CHECK(cudaStreamDestroy(other));
}

extern "C" struct CUevent_st *device_event_open(void)
{
    cudaEvent_t event;

    CUDA_CHECK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    return event;
}

extern "C" void device_event_close(struct CUevent_st *event)
{
    CUDA_CHECK(cudaEventDestroy(event));
}

extern "C" void device_event_mark(struct CUevent_st *event,
                                  struct CUstream_st *on)
{
    CUDA_CHECK(cudaEventRecord(event, on));
}

extern "C" void device_event_await(struct CUevent_st *event,
                                   struct CUstream_st *on)
{
    CUDA_CHECK(cudaStreamWaitEvent(on, event, 0));
}

extern "C" void *device_workspace(void)
{
    return workspace;
}

extern "C" void device_place(char *text, size_t size)
{
    int device;

    CUDA_CHECK(cudaGetDevice(&device));
    CUDA_CHECK(cudaDeviceGetPCIBusId(text, (int)size, device));
}

extern "C" void *device_alloc(size_t bytes)
{
    void *at = NULL;
    cudaError_t error = cudaMalloc(&at, bytes + 1);

    CHECK(
        error == cudaSuccess,
        "no %zu bytes of GPU memory (%s); use more tensor ranks or a smaller "
        "micro-batch",
        bytes, cudaGetErrorString(error));
    device_zero(at, bytes);
    return at;
}

extern "C" void device_free(void *at)
{
    CUDA_CHECK(cudaStreamSynchronize(stream));
    CUDA_CHECK(cudaFree(at));
}

static size_t part(size_t left)
{
    return left < stage_bytes ? left : stage_bytes;
}

/* Returns as soon as the numbers are in pinned memory: the copy of one part
 * goes on while the next is filled. */
extern "C" void device_put(void *to, const void *from_host, size_t bytes)
{
    for (size_t i = 0; i * stage_bytes < bytes; i++) {
        size_t at = i * stage_bytes, n = part(bytes - at);
        struct stage *s = &stages[i % STAGES];

        CUDA_CHECK(cudaEventSynchronize(s->done));
        memcpy(s->at, (const char *)from_host + at, n);
        CUDA_CHECK(cudaMemcpyAsync((char *)to + at, s->at, n,
                                   cudaMemcpyHostToDevice, stream));
        CUDA_CHECK(cudaEventRecord(s->done, stream));
    }
}

static void start_get(const void *from, size_t bytes, size_t i)
{
    struct stage *s = &stages[i % STAGES];
    size_t at = i * stage_bytes;

    if (at >= bytes)
        return;
    CUDA_CHECK(cudaMemcpyAsync(s->at, (const char *)from + at,
                               part(bytes - at), cudaMemcpyDeviceToHost,
                               stream));
    CUDA_CHECK(cudaEventRecord(s->done, stream));
}

/* One part is on its way while the one before is taken out. */
extern "C" void device_get(void *to_host, const void *from, size_t bytes)
{
    start_get(from, bytes, 0);
    for (size_t i = 0; i * stage_bytes < bytes; i++) {
        size_t at = i * stage_bytes;

        start_get(from, bytes, i + 1);
        CUDA_CHECK(cudaEventSynchronize(stages[i % STAGES].done));
        memcpy((char *)to_host + at, stages[i % STAGES].at, part(bytes - at));
    }
}

extern "C" void device_zero(void *at, size_t bytes)
{
    CUDA_CHECK(cudaMemsetAsync(at, 0, bytes, stream));
}

extern "C" size_t device_stage(void *at, size_t bytes, void **host)
{
    start_get(at, part(bytes), 0);
    CUDA_CHECK(cudaEventSynchronize(stages[0].done));
    *host = stages[0].at;
    return part(bytes);
}

extern "C" void device_unstage(void *at, const void *host, size_t bytes)
{
    CUDA_CHECK(
        cudaMemcpyAsync(at, host, bytes, cudaMemcpyHostToDevice, stream));
    CUDA_CHECK(cudaEventRecord(stages[0].done, stream));
}

extern "C" bool device_is_host(void)
{
    return false;
}
