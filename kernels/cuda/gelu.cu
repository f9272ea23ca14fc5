#include "kernels/cuda/gpu.cuh"

static __device__ inline wide half_of(wide x)
{
    return x / 2;
}

static __device__ inline wide tanh_argument(wide u)
{
    const wide slope = (wide)0.79788456080286535588; /* sqrt(2/pi) */

    return slope * (u + (wide)0.044715 * u * u * u);
}

namespace
{
struct by_erf {
    __device__ wide value(wide u) const
    {
        return half_of(u) * (1 + erf(u * (wide)0.70710678118654752440));
    }
    __device__ wide derivative(wide u) const
    {
        const wide density_at_0 = (wide)0.39894228040143267794;

        return half_of(1 + erf(u * (wide)0.70710678118654752440)) +
               u * density_at_0 * exp(-half_of(u * u));
    }
};

struct by_tanh {
    __device__ wide value(wide u) const
    {
        return half_of(u) * (1 + tanh(tanh_argument(u)));
    }
    __device__ wide derivative(wide u) const
    {
        const wide slope = (wide)0.79788456080286535588;
        wide t = tanh(tanh_argument(u));

        return half_of(1 + t) + half_of(u * (1 - t * t)) * slope *
                                    (1 + 3 * (wide)0.044715 * u * u);
    }
};
} // namespace

/* Rounded as it is in memory: what is computed again from there has the same
 * bits. */
static __device__ inline struct pack stored(struct pack p)
{
    for (int i = 0; i < PACK; i++) {
        real x;

        narrow(p.v[i], &x);
        p.v[i] = widen(x);
    }
    return p;
}

template <class F>
static __global__ void gelu_forward(F gelu, struct mat u, const real *bias,
                                    struct mat y)
{
    long j = pack_column(), left = u.cols - j;

    if (left <= 0)
        return;

    real *in = u.at + blockIdx.x * u.ld + j;
    struct pack p = pack_load(in, left);

    if (bias) {
        struct pack b = pack_load(bias + j, left);

        for (int i = 0; i < PACK; i++)
            p.v[i] += b.v[i];
        p = stored(p);
        pack_store(in, left, p);
    }
    for (int i = 0; i < PACK; i++)
        p.v[i] = gelu.value(p.v[i]);
    pack_store(y.at + blockIdx.x * y.ld + j, left, p);
}

template <class F>
static __global__ void gelu_backward(F gelu, struct mat u, struct mat dy,
                                     struct mat du)
{
    long j = pack_column(), left = u.cols - j;

    if (left <= 0)
        return;

    struct pack p = pack_load(u.at + blockIdx.x * u.ld + j, left);
    struct pack d = pack_load(dy.at + blockIdx.x * dy.ld + j, left);

    for (int i = 0; i < PACK; i++)
        p.v[i] = d.v[i] * gelu.derivative(p.v[i]);
    pack_store(du.at + blockIdx.x * du.ld + j, left, p);
}

extern "C" void op_gelu_forward(enum op_gelu kind, struct mat u,
                                const real *bias, struct mat y)
{
    struct blocks blocks = by_packs(u.rows, u.cols);

    if (kind == GELU_EXACT)
        LAUNCH(gelu_forward<by_erf>, blocks, by_erf(), u, bias, y);
    else
        LAUNCH(gelu_forward<by_tanh>, blocks, by_tanh(), u, bias, y);
}

extern "C" void op_gelu_backward(enum op_gelu kind, struct mat u,
                                 struct mat dy, struct mat du, wide *dbias)
{
    struct blocks blocks = by_packs(u.rows, u.cols);

    if (kind == GELU_EXACT)
        LAUNCH(gelu_backward<by_erf>, blocks, by_erf(), u, dy, du);
    else
        LAUNCH(gelu_backward<by_tanh>, blocks, by_tanh(), u, dy, du);
    op_bias_backward(du, dbias);
}
