#include "kernels/ops.h"

#include <assert.h>

#include "kernels/cpu/vmath.h"

/* Pointers that inner loops use are copied out of *n: the compiler would read
 * them again for every element. */
void op_norm_forward(const struct op_norm *n, struct mat x, struct mat y)
{
    const real *weight = n->weight, *bias = n->bias;

    for (long r = 0; r < x.rows; r++) {
        const real *from = x.at + r * x.ld;
        real *to = y.at + r * y.ld;
        wide sum = 0, squares = 0;

#pragma omp simd reduction(+ : sum)
        for (long j = 0; j < x.cols; j++)
            sum += from[j];

        wide mean = sum / (wide)x.cols;

#pragma omp simd reduction(+ : squares)
        for (long j = 0; j < x.cols; j++)
            squares += (from[j] - mean) * (from[j] - mean);

        wide inverse = 1 / vmath_sqrt(squares / (wide)x.cols + n->epsilon);

#pragma omp simd
        for (long j = 0; j < x.cols; j++)
            to[j] = (from[j] - mean) * inverse * weight[j] + bias[j];
        n->mean[r] = mean;
        n->inverse[r] = inverse;
    }
}

/* dweight += sum dy (x - mean) inverse;  dbias += sum dy, over a few rows. */
static void parameters_backward(const struct op_norm *n, struct mat x,
                                struct mat dy, long first, long end)
{
    enum { COLS = 1024 };

    for (long left = 0; left < x.cols; left += COLS) {
        long cols = left + COLS < x.cols ? COLS : x.cols - left;
        wide dweight[COLS] = {0}, dbias[COLS] = {0};

        for (long r = first; r < end; r++) {
            const real *from = x.at + r * x.ld + left;
            const real *d = dy.at + r * dy.ld + left;
            wide mean = n->mean[r], inverse = n->inverse[r];

#pragma omp simd
            for (long j = 0; j < cols; j++) {
                dweight[j] += d[j] * ((from[j] - mean) * inverse);
                dbias[j] += d[j];
            }
        }
        for (long j = 0; j < cols; j++) {
            n->dweight[left + j] += dweight[j];
            n->dbias[left + j] += dbias[j];
        }
    }
}

/* With g = dy * weight and h = (x - mean) * inverse,
 *   dx = inverse (g - average(g) - h average(g h)). */
static void row_backward(const struct op_norm *n, long r, struct mat x,
                         struct mat dy, wide beta, struct mat dx)
{
    const real *weight = n->weight;
    const real *from = x.at + r * x.ld, *d = dy.at + r * dy.ld;
    real *to = dx.at + r * dx.ld;
    wide mean = n->mean[r], inverse = n->inverse[r];
    wide g_sum = 0, gh_sum = 0;

#pragma omp simd reduction(+ : g_sum, gh_sum)
    for (long j = 0; j < x.cols; j++) {
        wide g = d[j] * weight[j];

        g_sum += g;
        gh_sum += g * ((from[j] - mean) * inverse);
    }

    wide a = inverse * (g_sum / (wide)x.cols);
    wide b = inverse * inverse * (gh_sum / (wide)x.cols);

    if (beta == 0) {
#pragma omp simd
        for (long j = 0; j < x.cols; j++)
            to[j] = inverse * d[j] * weight[j] - a - b * (from[j] - mean);
    } else {
#pragma omp simd
        for (long j = 0; j < x.cols; j++)
            to[j] = beta * to[j] +
                    (inverse * d[j] * weight[j] - a - b * (from[j] - mean));
    }
}

/* A few rows at a time: the second pass finds them in the cache, and where dx
 * is dy the first has read them. */
void op_norm_backward(const struct op_norm *n, struct mat x, struct mat dy,
                      wide beta, struct mat dx)
{
    enum { ROWS = 16 };

    assert(dx.at != dy.at || beta == 0);
    for (long first = 0; first < x.rows; first += ROWS) {
        long end = first + ROWS < x.rows ? first + ROWS : x.rows;

        parameters_backward(n, x, dy, first, end);
        for (long r = first; r < end; r++)
            row_backward(n, r, x, dy, beta, dx);
    }
}
