#include "kernels/ops.h"

#include <string.h>

void op_add(struct mat y, struct mat x)
{
    for (long r = 0; r < y.rows; r++) {
        real *to = y.at + r * y.ld;
        const real *from = x.at + r * x.ld;

#pragma omp simd
        for (long j = 0; j < y.cols; j++)
            to[j] += from[j];
    }
}

void op_bias_forward(struct mat x, const real *b)
{
    for (long r = 0; r < x.rows; r++) {
        real *row = x.at + r * x.ld;

#pragma omp simd
        for (long j = 0; j < x.cols; j++)
            row[j] += b[j];
    }
}

/* Sums of a few rows first, then into db: the rounding error grows with the
 * number of blocks, not of rows. */
void op_bias_backward(struct mat dx, wide *db)
{
    enum { ROWS = 64, COLS = 256 };

    for (long first = 0; first < dx.rows; first += ROWS) {
        long end = first + ROWS < dx.rows ? first + ROWS : dx.rows;

        for (long left = 0; left < dx.cols; left += COLS) {
            long n = left + COLS < dx.cols ? COLS : dx.cols - left;
            wide sum[COLS] = {0};

            for (long r = first; r < end; r++) {
                const real *row = dx.at + r * dx.ld + left;

#pragma omp simd
                for (long j = 0; j < n; j++)
                    sum[j] += row[j];
            }
            for (long j = 0; j < n; j++)
                db[left + j] += sum[j];
        }
    }
}

void op_residual(struct mat x, struct mat s, const real *b1, const real *b2,
                 struct mat y)
{
    for (long r = 0; r < y.rows; r++) {
        const real *a = x.at + r * x.ld, *b = s.at + r * s.ld;
        real *to = y.at + r * y.ld;

        if (b2) {
#pragma omp simd
            for (long j = 0; j < y.cols; j++)
                to[j] = a[j] + (b[j] + (b1[j] + b2[j]));
        } else {
#pragma omp simd
            for (long j = 0; j < y.cols; j++)
                to[j] = a[j] + (b[j] + b1[j]);
        }
    }
}

static void add(wide *to, const wide *x, long n)
{
#pragma omp simd
    for (long i = 0; i < n; i++)
        to[i] += x[i];
}

/* By blocks that stay in the cache while all arrays are added to them. */
void op_sum_copies(wide *own, const wide *copies, long place, long others,
                   long n)
{
    enum { BLOCK = 1024 };
    wide sum[BLOCK];

    for (long at = 0; at < n; at += BLOCK) {
        long here = n - at < BLOCK ? n - at : BLOCK;
        size_t bytes = (size_t)here * sizeof *sum;

        memcpy(sum, (place == 0 ? own : copies) + at, bytes);
        for (long i = 1; i <= others; i++)
            add(sum, (i == place ? own : copies + (i - (i > place)) * n) + at,
                here);
        memcpy(own + at, sum, bytes);
    }
}

double op_sum_squares(const wide *x, long n)
{
    double sum = 0;

#pragma omp simd reduction(+ : sum)
    for (long i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

void op_narrow(real *to, const wide *from, long n)
{
#pragma omp simd
    for (long i = 0; i < n; i++)
        to[i] = (real)from[i];
}
