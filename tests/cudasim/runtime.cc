/* Memory, copies and devices: all is done when a call returns. */
#include "cuda_runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cudasim.h"

extern "C" void __asan_poison_memory_region(const volatile void *at,
                                            size_t bytes)
    __attribute__((weak));

/* A stretch of addresses, handed out front to back and never again, in pieces
 * of whole pages with a border behind each.  Large ones are of large pages:
 * all are protected twice a kernel, at a cost by the page. */
enum {
    PAGE = 4096,
    LARGE_PAGE = 2 << 20,
    LARGE_BYTES = 1 << 17,
    BORDER = 256
};
struct piece {
    void *at; /* below that of the piece before it in the list */
    size_t bytes;
    piece *next;
};

static piece *pieces;
static const size_t room = (size_t)32 << 30;
static char *memory;
static size_t used;
static int opened;
static int device;

/* What is allocated, not all that ever was: the kernel walks what is given. */
static void protect(int how)
{
    for (piece *p = pieces; p;) {
        char *end = (char *)p->at + p->bytes, *from = end;

        for (; p && (char *)p->at + p->bytes == from; p = p->next)
            from = (char *)p->at;
        if (mprotect(from, (size_t)(end - from), how))
            cudasim_fail("device memory cannot be protected");
    }
}

void cudasim_open(void)
{
    if (opened++ == 0)
        protect(PROT_READ | PROT_WRITE);
}

void cudasim_close(void)
{
    if (--opened == 0)
        protect(PROT_NONE);
}

static bool is_device(const void *at)
{
    return memory && (const char *)at >= memory &&
           (const char *)at < memory + room;
}

const char *cudaGetErrorString(cudaError_t error)
{
    return error == cudaErrorInvalidValue           ? "invalid argument"
           : error == cudaErrorMemoryAllocation     ? "out of memory"
           : error == cudaErrorInvalidConfiguration ? "invalid configuration"
           : error == cudaErrorNoDevice             ? "no device is detected"
                                                    : "no error";
}

cudaError_t cudaGetDeviceCount(int *n)
{
    const char *text = getenv("CUDASIM_DEVICES");

    *n = text ? atoi(text) : 8;
    return *n > 0 ? cudaSuccess : cudaErrorNoDevice;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int)
{
    snprintf(p->name, sizeof p->name, "simulated GPU");
    return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char *id, int size, int number)
{
    snprintf(id, (size_t)size, "0000:%02x:00.0", number);
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int number)
{
    int n;

    if (cudaGetDeviceCount(&n) || number < 0 || number >= n)
        return cudaErrorInvalidValue;
    device = number;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int *number)
{
    *number = device;
    return cudaSuccess;
}

static size_t round_up(size_t bytes, size_t page)
{
    return (bytes + page - 1) / page * page;
}

static void reserve()
{
    void *got = mmap(NULL, room + LARGE_PAGE, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    memory =
        got == MAP_FAILED ? NULL : (char *)round_up((size_t)got, LARGE_PAGE);
}

static void note(void *at, size_t bytes)
{
    piece *p = (piece *)malloc(sizeof *p);

    *p = piece{at, bytes, pieces};
    pieces = p;
}

static void poison(void *at, size_t bytes)
{
    if (__asan_poison_memory_region)
        __asan_poison_memory_region(at, bytes);
}

cudaError_t cudaMalloc(void **at, size_t bytes)
{
    size_t page = bytes < LARGE_BYTES ? PAGE : LARGE_PAGE;
    size_t whole = round_up(bytes + BORDER, page);

    if (!memory)
        reserve();
    used = round_up(used, page);
    if (!memory || whole > room - used)
        return cudaErrorMemoryAllocation;
    *at = memory + used;
    used += whole;
    note(*at, whole);
    if (page == LARGE_PAGE)
        madvise(*at, whole, MADV_HUGEPAGE);
    cudasim_open();
    memset(*at, 0xff, bytes);
    cudasim_close();
    poison((char *)*at + bytes, whole - bytes);
    return cudaSuccess;
}

/* The addresses stay taken, so that a use after this is found. */
cudaError_t cudaFree(void *at)
{
    piece **link = &pieces;

    while (*link && (*link)->at != at)
        link = &(*link)->next;

    piece *p = *link;

    if (!p)
        return at ? cudaErrorInvalidValue : cudaSuccess;
    madvise(at, p->bytes, MADV_DONTNEED);
    poison(p->at, p->bytes);
    *link = p->next;
    free(p);
    return cudaSuccess;
}

cudaError_t cudaMallocHost(void **at, size_t bytes)
{
    *at = malloc(bytes);
    return *at ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                            cudaMemcpyKind kind, cudaStream_t)
{
    bool is_put = kind == cudaMemcpyHostToDevice;

    if (bytes > 0 && (is_device(to) != is_put || is_device(from) == is_put))
        return cudaErrorInvalidValue;
    cudasim_open();
    memcpy(to, from, bytes);
    cudasim_close();
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void *at, int value, size_t bytes, cudaStream_t)
{
    if (bytes > 0 && !is_device(at))
        return cudaErrorInvalidValue;
    cudasim_open();
    memset(at, value, bytes);
    cudasim_close();
    return cudaSuccess;
}

/* What a stream has been given and was put off, oldest first. */
struct task {
    void (*run)(void *of);
    void *of;
    task *next;
};

struct CUstream_st {
    bool is_first;
    task *oldest;
    long given, done;
};

struct CUevent_st {
    cudaStream_t stream;
    long given; /* when it was recorded */
};

extern "C" void cudasim_put_off(cudaStream_t stream, void (*run)(void *of),
                                void *of)
{
    task **end = &stream->oldest;

    if (stream->is_first) {
        run(of);
        return;
    }
    while (*end)
        end = &(*end)->next;
    *end = new task{run, of, NULL};
    stream->given++;
}

static void catch_up(cudaStream_t stream, long given)
{
    while (stream->done < given) {
        task *t = stream->oldest;

        stream->oldest = t->next;
        stream->done++;
        t->run(t->of);
        delete t;
    }
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned)
{
    static bool has_first;

    *stream = new CUstream_st{!has_first, NULL, 0, 0};
    has_first = true;
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    delete stream;
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    catch_up(stream, stream->given);
    return cudaSuccess;
}

/* What the first stream does is done at once, so it waits at once. */
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                unsigned)
{
    if (event->stream && stream->is_first)
        catch_up(event->stream, event->given);
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
    *event = new CUevent_st{NULL, 0};
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete event;
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    *event = CUevent_st{stream, stream->given};
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    if (event->stream)
        catch_up(event->stream, event->given);
    return cudaSuccess;
}
