#include "kernels/cuda/columns.cuh"

static __global__ void add(struct mat y, struct mat x)
{
    long j = pack_column(), left = y.cols - j;

    if (left <= 0)
        return;

    real *to = y.at + blockIdx.x * y.ld + j;
    struct pack a = pack_load(to, left);
    struct pack b = pack_load(x.at + blockIdx.x * x.ld + j, left);

    for (int i = 0; i < PACK; i++)
        a.v[i] += b.v[i];
    pack_store(to, left, a);
}

extern "C" void op_add(struct mat y, struct mat x)
{
    LAUNCH(add, by_packs(y.rows, y.cols), y, x);
}

static __global__ void add_bias(struct mat x, const real *b)
{
    long j = pack_column(), left = x.cols - j;

    if (left <= 0)
        return;

    real *to = x.at + blockIdx.x * x.ld + j;
    struct pack a = pack_load(to, left), c = pack_load(b + j, left);

    for (int i = 0; i < PACK; i++)
        a.v[i] += c.v[i];
    pack_store(to, left, a);
}

extern "C" void op_bias_forward(struct mat x, const real *b)
{
    LAUNCH(add_bias, by_packs(x.rows, x.cols), x, b);
}

namespace
{
struct element {
    struct mat m;

    __device__ struct pack operator()(long row, long column, long left) const
    {
        return pack_load(m.at + row * m.ld + column, left);
    }
};
} // namespace

extern "C" void op_bias_backward(struct mat dx, wide *db)
{
    columns_add(element{dx}, dx.rows, dx.cols, db);
}

static __global__ void residual(struct mat x, struct mat s, const real *b1,
                                const real *b2, struct mat y)
{
    long j = pack_column(), left = y.cols - j;

    if (left <= 0)
        return;

    struct pack a = pack_load(x.at + blockIdx.x * x.ld + j, left);
    struct pack b = pack_load(s.at + blockIdx.x * s.ld + j, left);
    struct pack c = pack_load(b1 + j, left);

    if (b2) {
        struct pack d = pack_load(b2 + j, left);

        for (int i = 0; i < PACK; i++)
            c.v[i] += d.v[i];
    }
    for (int i = 0; i < PACK; i++)
        a.v[i] += b.v[i] + c.v[i];
    pack_store(y.at + blockIdx.x * y.ld + j, left, a);
}

extern "C" void op_residual(struct mat x, struct mat s, const real *b1,
                            const real *b2, struct mat y)
{
    LAUNCH(residual, by_packs(y.rows, y.cols), x, s, b1, b2, y);
}

static __global__ void sum_copies(wide *own, const wide *copies, long place,
                                  long others, long n)
{
    long at = flat_place(), left = n - at;

    if (left <= 0)
        return;

    struct pack sum = pack_load((place == 0 ? own : copies) + at, left);

    for (long i = 1; i <= others; i++) {
        const wide *x = i == place ? own : copies + (i - (i > place)) * n;
        struct pack p = pack_load(x + at, left);

        for (int j = 0; j < PACK; j++)
            sum.v[j] += p.v[j];
    }
    pack_store(own + at, left, sum);
}

extern "C" void op_sum_copies(wide *own, const wide *copies, long place,
                              long others, long n)
{
    LAUNCH(sum_copies, by_flat_packs(n), own, copies, place, others, n);
}

/* Block b takes packs b, b + gridDim, ... of each block's length, so that the
 * order depends on n alone. */
static __global__ void __launch_bounds__(MOST_THREADS)
    squares_partial(const wide *x, long n, double *partial)
{
    double total = 0;

    for (long at = flat_place(); at < n;
         at += (long)gridDim.x * blockDim.x * PACK) {
        struct pack p = pack_load(x + at, n - at);

        for (int i = 0; i < PACK; i++)
            total += (double)p.v[i] * (double)p.v[i];
    }
    total = block_sum(total);
    if (threadIdx.x == 0)
        partial[blockIdx.x] = total;
}

static __global__ void __launch_bounds__(MOST_THREADS)
    squares_finish(double *partial, long n)
{
    double total = 0;

    for (long i = threadIdx.x; i < n; i += blockDim.x)
        total += partial[i];
    total = block_sum(total);
    if (threadIdx.x == 0)
        partial[0] = total;
}

extern "C" double op_sum_squares(const wide *x, long n)
{
    enum { MOST_BLOCKS = 1024 };
    double *partial = (double *)device_workspace(), total = 0;
    struct blocks many = by_flat_packs(n), one = {dim3(1), 0};

    if (n == 0)
        return 0;
    many.grid.x = (unsigned)min((long)many.grid.x, (long)MOST_BLOCKS);
    one.threads = threads_for((long)many.grid.x);
    LAUNCH(squares_partial, many, x, n, partial);
    LAUNCH(squares_finish, one, partial, (long)many.grid.x);
    device_get(&total, partial, sizeof total);
    return total;
}

static __global__ void narrow_all(real *to, const wide *from, long n)
{
    long at = flat_place();

    if (at < n)
        pack_store(to + at, n - at, pack_load(from + at, n - at));
}

extern "C" void op_narrow(real *to, const wide *from, long n)
{
    LAUNCH(narrow_all, by_flat_packs(n), to, from, n);
}
