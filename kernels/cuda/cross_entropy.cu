#include "kernels/cuda/gpu.cuh"

/* Column of row r's target on this rank, or -1. */
static __device__ long target_column(const struct op_cross_entropy &c, long r)
{
    long j = c.target[r] - c.first;

    return c.target[r] >= 0 && j >= 0 && j < c.valid ? j : -1;
}

/* A vocabulary is long: what a thread sums is short, and their sums are added
 * in pairs. */
static __global__ void __launch_bounds__(MOST_THREADS)
    exponentials(struct op_cross_entropy c, struct mat logits)
{
    long r = blockIdx.x, at = target_column(c, r);
    real *row = logits.at + r * logits.ld;
    long first = threadIdx.x * PACK, step = blockDim.x * PACK;
    wide peak = lowest(), total = 0;
    wide target = at < 0 ? 0 : widen(row[at]);

    for (long j = first; j < c.valid; j += step) {
        struct pack p = pack_load(row + j, c.valid - j);

        for (int i = 0; i < PACK; i++)
            if (j + i < c.valid && p.v[i] > peak)
                peak = p.v[i];
    }
    peak = block_maximum(peak);
    __syncthreads(); /* all have read the target's logit */
    for (long j = first; j < logits.cols; j += step) {
        struct pack p = pack_load(row + j, c.valid - j);

        for (int i = 0; i < PACK; i++) {
            p.v[i] = j + i < c.valid ? exp(p.v[i] - peak) : 0;
            total += p.v[i];
        }
        pack_store(row + j, logits.cols - j, p);
    }
    total = block_sum(total);
    if (threadIdx.x > 0)
        return;
    c.peak[r] = c.peak_all[r] = peak;
    c.sums[r] = total;
    c.sums[logits.rows + r] = target;
}

extern "C" void op_cross_entropy_exponentials(const struct op_cross_entropy *c,
                                              struct mat logits)
{
    LAUNCH(exponentials, by_rows(logits.rows, logits.cols), *c, logits);
}

static struct blocks a_thread_each(long n)
{
    return blocks{dim3((unsigned)divide_up(n, MOST_THREADS)), threads_for(n)};
}

static __device__ long thread_number()
{
    return (long)blockIdx.x * blockDim.x + threadIdx.x;
}

static __global__ void common_peak(struct op_cross_entropy c, long rows)
{
    long r = thread_number();

    if (r < rows)
        c.sums[r] *= exp(c.peak[r] - c.peak_all[r]);
}

extern "C" void op_cross_entropy_sums(const struct op_cross_entropy *c,
                                      long rows)
{
    LAUNCH(common_peak, a_thread_each(rows), *c, rows);
}

static __global__ void losses(struct op_cross_entropy c, long rows, wide *loss)
{
    long r = thread_number();

    if (r < rows)
        loss[r] = c.target[r] < 0
                      ? 0
                      : log(c.sums[r]) + (c.peak_all[r] - c.sums[rows + r]);
}

extern "C" void op_cross_entropy_losses(const struct op_cross_entropy *c,
                                        long rows, wide *loss)
{
    LAUNCH(losses, a_thread_each(rows), *c, rows, loss);
}

static __device__ wide log_z(const struct op_cross_entropy &c, long r)
{
    return log(c.sums[r]) + c.peak_all[r];
}

static __global__ void logs(struct op_cross_entropy c, long rows, wide *to)
{
    long r = thread_number();

    if (r < rows)
        to[r] = c.target[r] < 0 ? 0 : log_z(c, r);
}

extern "C" void op_cross_entropy_logs(const struct op_cross_entropy *c,
                                      long rows, wide *log)
{
    LAUNCH(logs, a_thread_each(rows), *c, rows, log);
}

static __global__ void hits(struct op_cross_entropy c, long rows, wide *hit)
{
    long r = thread_number();

    if (r < rows)
        hit[r] = c.target[r] >= 0 && c.sums[rows + r] >= c.peak_all[r];
}

extern "C" void op_cross_entropy_hits(const struct op_cross_entropy *c,
                                      long rows, wide *hit)
{
    LAUNCH(hits, a_thread_each(rows), *c, rows, hit);
}

static __global__ void backward(struct op_cross_entropy c, struct mat e,
                                wide scale)
{
    long r = blockIdx.x, j = pack_column(), at = target_column(c, r);
    real *row = e.at + r * e.ld;
    struct pack p = {};

    if (j >= e.cols)
        return;
    if (c.target[r] >= 0) {
        wide factor = exp(c.peak[r] - c.peak_all[r]) * scale / c.sums[r];

        if (c.z > 0)
            factor *= 1 + 2 * c.z * log_z(c, r);
        p = pack_load(row + j, e.cols - j);
        for (int i = 0; i < PACK; i++)
            p.v[i] = p.v[i] * factor - (j + i == at ? scale : 0);
    }
    pack_store(row + j, e.cols - j, p);
}

extern "C" void op_cross_entropy_backward(const struct op_cross_entropy *c,
                                          struct mat e, wide scale)
{
    LAUNCH(backward, by_packs(e.rows, e.cols), *c, e, scale);
}
