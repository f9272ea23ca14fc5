#include "kernels/ops.h"

#include "kernels/cpu/vmath.h"

static const wide sqrt_half = (wide)0.70710678118654752440;
static const wide density_at_0 =
    (wide)0.39894228040143267794;                       /* 1/sqrt(2pi) */
static const wide slope = (wide)0.79788456080286535588; /* sqrt(2/pi) */
static const wide cubic = (wide)0.044715;

static inline wide exact(wide u)
{
    return 0.5f * u * (1 + vmath_erf(u * sqrt_half));
}

static inline wide exact_derivative(wide u)
{
    return 0.5f * (1 + vmath_erf(u * sqrt_half)) +
           u * density_at_0 * vmath_exp(-0.5f * u * u);
}

static inline wide by_tanh(wide u)
{
    return 0.5f * u * (1 + vmath_tanh(slope * (u + cubic * u * u * u)));
}

static inline wide by_tanh_derivative(wide u)
{
    wide t = vmath_tanh(slope * (u + cubic * u * u * u));

    return 0.5f * (1 + t) +
           0.5f * u * (1 - t * t) * slope * (1 + 3 * cubic * u * u);
}

void op_gelu_forward(enum op_gelu kind, struct mat u, const real *bias,
                     struct mat y)
{
    for (long r = 0; r < u.rows; r++) {
        const real *in = u.at + r * u.ld;
        real *out = y.at + r * y.ld;

        if (bias)
            op_bias_forward(mat_rows(u, r, 1), bias);
        if (kind == GELU_EXACT) {
#pragma omp simd
            for (long j = 0; j < u.cols; j++)
                out[j] = exact(in[j]);
        } else {
#pragma omp simd
            for (long j = 0; j < u.cols; j++)
                out[j] = by_tanh(in[j]);
        }
    }
}

/* The bias takes its gradient from a few rows at a time, still in the
 * cache. */
void op_gelu_backward(enum op_gelu kind, struct mat u, struct mat dy,
                      struct mat du, wide *dbias)
{
    enum { ROWS = 16 };

    for (long first = 0; first < u.rows; first += ROWS) {
        long n = first + ROWS < u.rows ? ROWS : u.rows - first;

        for (long r = first; r < first + n; r++) {
            const real *in = u.at + r * u.ld, *d = dy.at + r * dy.ld;
            real *to = du.at + r * du.ld;

            if (kind == GELU_EXACT) {
#pragma omp simd
                for (long j = 0; j < u.cols; j++)
                    to[j] = d[j] * exact_derivative(in[j]);
            } else {
#pragma omp simd
                for (long j = 0; j < u.cols; j++)
                    to[j] = d[j] * by_tanh_derivative(in[j]);
            }
        }
        op_bias_backward(mat_rows(du, first, n), dbias);
    }
}
