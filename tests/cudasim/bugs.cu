/* usage: bugs NAME A kernel with the mistake NAME, or with none:
 * tests/cudasim/cudasim.sh says what the simulation must make of each. */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

enum bug {
    NONE,
    MISSING_BARRIER,
    WRONG_MASK,
    OUT_OF_BOUNDS,
    OUT_OF_SHARED,
    UNINITIALISED_SHARED,
    UNINITIALISED_MEMORY,
    WRONG_INDEX,
    DIVERGENT_BARRIER,
    RETURNED_LANE,
    PARTIAL_WARP,
    TOO_MANY_THREADS,
    TOO_MUCH_SHARED,
    FREED_MEMORY,
    TOUCHED_BY_HOST,
    BUGS
};

static const char *const names[BUGS] = {
    "none",
    "missing-barrier",
    "wrong-mask",
    "out-of-bounds",
    "out-of-shared",
    "uninitialised-shared",
    "uninitialised-memory",
    "wrong-index",
    "divergent-barrier",
    "returned-lane",
    "partial-warp",
    "too-many-threads",
    "too-much-shared",
    "freed-memory",
    "touched-by-host",
};

enum { ROWS = 30, COLS = 1000, THREADS = 64, WARP = 32 };

/* y[row] = sum of x[row], by two warps. */
static __global__ void row_sums(enum bug bug, const float *x, float *y)
{
    static __shared__ float parts[2];
    unsigned lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    unsigned mask = bug == WRONG_MASK ? 0x0000ffffu : 0xffffffffu;
    long cols = bug == OUT_OF_BOUNDS ? COLS + 1 : COLS;
    float total = 0;

    if (bug == RETURNED_LANE && lane == 3)
        return;
    for (long j = threadIdx.x; j < cols; j += blockDim.x)
        total += bug == WRONG_INDEX ? x[j * ROWS + blockIdx.x]
                                    : x[blockIdx.x * COLS + j];
    for (int other = WARP / 2; other > 0; other /= 2)
        total += __shfl_xor_sync(mask, total, other);
    if (lane == 0 && !(bug == UNINITIALISED_SHARED && warp == 1))
        parts[bug == OUT_OF_SHARED ? warp + 1 : warp] = total;
    if (bug != MISSING_BARRIER && !(bug == DIVERGENT_BARRIER && warp == 1))
        __syncthreads();
    if (threadIdx.x == 0)
        y[blockIdx.x] = parts[0] + parts[1];
}

static float *take(size_t n)
{
    void *at;

    if (cudaMalloc(&at, n * sizeof(float)))
        abort();
    return (float *)at;
}

static cudaError_t run(enum bug bug, const float *x, float *y)
{
    cudaLaunchConfig_t c = {};

    c.gridDim = dim3(ROWS);
    c.blockDim = dim3(bug == PARTIAL_WARP       ? THREADS - 10
                      : bug == TOO_MANY_THREADS ? 2048
                                                : THREADS);
    c.dynamicSmemBytes = bug == TOO_MUCH_SHARED ? 64 << 10 : 0;
    return cudaLaunchKernelEx(&c, row_sums, bug, x, y);
}

static bool is_right(const float *sums, const float *x)
{
    for (int r = 0; r < ROWS; r++) {
        float want = 0;

        for (int j = 0; j < COLS; j++)
            want += x[r * COLS + j];
        if (!(sums[r] == want))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static float host[ROWS * COLS], sums[ROWS];
    float *x = take(ROWS * COLS), *y = take(ROWS);
    int bug = 0;
    cudaError_t error;

    while (bug < BUGS && (argc < 2 || strcmp(argv[1], names[bug])))
        bug++;
    if (bug == BUGS)
        return 2;
    for (int i = 0; i < ROWS * COLS; i++)
        host[i] = (float)(i % 17);
    if (bug != UNINITIALISED_MEMORY)
        cudaMemcpyAsync(x, host, sizeof host, cudaMemcpyHostToDevice, NULL);
    if (bug == FREED_MEMORY)
        cudaFree(x);
    error = run((enum bug)bug, x, y);
    if (error) {
        printf("launch: %s\n", cudaGetErrorString(error));
        return 1;
    }
    cudaMemcpyAsync(sums, y, sizeof sums, cudaMemcpyDeviceToHost, NULL);
    if (bug == TOUCHED_BY_HOST)
        sums[0] = *(volatile float *)y;
    puts(is_right(sums, host) ? "right" : "wrong");
    return !is_right(sums, host);
}
