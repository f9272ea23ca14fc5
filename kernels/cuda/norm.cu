#include "kernels/cuda/columns.cuh"

static __global__ void __launch_bounds__(MOST_THREADS)
    norm_forward(struct op_norm n, struct mat x, struct mat y)
{
    const real *from = x.at + blockIdx.x * x.ld;
    real *to = y.at + blockIdx.x * y.ld;
    long first = threadIdx.x * PACK, step = blockDim.x * PACK;
    wide total = 0, squares = 0;

    for (long j = first; j < x.cols; j += step) {
        struct pack p = pack_load(from + j, x.cols - j);

        for (int i = 0; i < PACK; i++)
            total += p.v[i];
    }

    wide mean = block_sum(total) / (wide)x.cols;

    for (long j = first; j < x.cols; j += step) {
        struct pack p = pack_load(from + j, x.cols - j);

        for (int i = 0; i < PACK; i++)
            if (j + i < x.cols)
                squares += (p.v[i] - mean) * (p.v[i] - mean);
    }

    wide variance = block_sum(squares) / (wide)x.cols;
    wide inverse = 1 / sqrt(variance + n.epsilon);

    for (long j = first; j < x.cols; j += step) {
        long left = x.cols - j;
        struct pack p = pack_load(from + j, left);
        struct pack w = pack_load(n.weight + j, left);
        struct pack b = pack_load(n.bias + j, left);

        for (int i = 0; i < PACK; i++)
            p.v[i] = (p.v[i] - mean) * inverse * w.v[i] + b.v[i];
        pack_store(to + j, left, p);
    }
    if (threadIdx.x == 0) {
        n.mean[blockIdx.x] = mean;
        n.inverse[blockIdx.x] = inverse;
    }
}

extern "C" void op_norm_forward(const struct op_norm *n, struct mat x,
                                struct mat y)
{
    LAUNCH(norm_forward, by_rows(x.rows, x.cols), *n, x, y);
}

/* With g = dy * weight and h = (x - mean) * inverse,
 *   dx = inverse (g - average(g) - h average(g h)). */
static __global__ void __launch_bounds__(MOST_THREADS)
    norm_backward(struct op_norm n, struct mat x, struct mat dy, wide beta,
                  struct mat dx)
{
    const real *from = x.at + blockIdx.x * x.ld;
    const real *d = dy.at + blockIdx.x * dy.ld;
    real *to = dx.at + blockIdx.x * dx.ld;
    long first = threadIdx.x * PACK, step = blockDim.x * PACK;
    wide mean = n.mean[blockIdx.x], inverse = n.inverse[blockIdx.x];
    wide g_sum = 0, gh_sum = 0;

    for (long j = first; j < x.cols; j += step) {
        long left = x.cols - j;
        struct pack p = pack_load(from + j, left), g = pack_load(d + j, left);
        struct pack w = pack_load(n.weight + j, left);

        for (int i = 0; i < PACK; i++) {
            g_sum += g.v[i] * w.v[i];
            gh_sum += g.v[i] * w.v[i] * ((p.v[i] - mean) * inverse);
        }
    }

    wide a = inverse * (block_sum(g_sum) / (wide)x.cols);
    wide b = inverse * inverse * (block_sum(gh_sum) / (wide)x.cols);

    for (long j = first; j < x.cols; j += step) {
        long left = x.cols - j;
        struct pack p = pack_load(from + j, left), g = pack_load(d + j, left);
        struct pack w = pack_load(n.weight + j, left), before = {};

        if (beta != 0)
            before = pack_load(to + j, left);
        for (int i = 0; i < PACK; i++)
            p.v[i] = beta * before.v[i] +
                     (inverse * g.v[i] * w.v[i] - a - b * (p.v[i] - mean));
        pack_store(to + j, left, p);
    }
}

namespace
{
struct scaled {
    struct mat x, dy;
    const wide *mean, *inverse;

    __device__ struct pack operator()(long row, long column, long left) const
    {
        struct pack p = pack_load(x.at + row * x.ld + column, left);
        struct pack d = pack_load(dy.at + row * dy.ld + column, left);

        for (int i = 0; i < PACK; i++)
            p.v[i] = d.v[i] * ((p.v[i] - mean[row]) * inverse[row]);
        return p;
    }
};
} // namespace

/* The parameters first: dx may be dy. */
extern "C" void op_norm_backward(const struct op_norm *n, struct mat x,
                                 struct mat dy, wide beta, struct mat dx)
{
    assert(dx.at != dy.at || beta == 0);
    columns_add(scaled{x, dy, n->mean, n->inverse}, x.rows, x.cols,
                n->dweight);
    op_bias_backward(dy, n->dbias);
    LAUNCH(norm_backward, by_rows(x.rows, x.cols), *n, x, dy, beta, dx);
}
