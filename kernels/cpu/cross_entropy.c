#include "kernels/ops.h"

#include "kernels/cpu/vmath.h"

static wide maximum(const real *x, long n)
{
    wide peak = vmath_lowest;

#pragma omp simd reduction(max : peak)
    for (long j = 0; j < n; j++)
        peak = x[j] > peak ? x[j] : peak;
    return peak;
}

/* x becomes exp(x - peak); the sum.  A vocabulary is long: blocks are summed
 * in double. */
static double exponentials(real *x, long n, wide peak)
{
    enum { BLOCK = 512 };
    double total = 0;

    for (long first = 0; first < n; first += BLOCK) {
        long end = first + BLOCK < n ? first + BLOCK : n;
        wide sum = 0;

#pragma omp simd reduction(+ : sum)
        for (long j = first; j < end; j++) {
            x[j] = vmath_exp(x[j] - peak);
            sum += x[j];
        }
        total += sum;
    }
    return total;
}

/* Column of row r's target on this rank, or -1. */
static long target_column(const struct op_cross_entropy *c, long r)
{
    long j = c->target[r] - c->first;

    return c->target[r] >= 0 && j >= 0 && j < c->valid ? j : -1;
}

static void fill_zero(real *x, long first, long end)
{
    for (long j = first; j < end; j++)
        x[j] = 0;
}

void op_cross_entropy_exponentials(const struct op_cross_entropy *c,
                                   struct mat logits)
{
    for (long r = 0; r < logits.rows; r++) {
        real *row = logits.at + r * logits.ld;
        long at = target_column(c, r);

        c->sums[logits.rows + r] = at < 0 ? 0 : row[at];
        c->peak[r] = maximum(row, c->valid);
        c->peak_all[r] = c->peak[r];
        c->sums[r] = (wide)exponentials(row, c->valid, c->peak[r]);
        fill_zero(row, c->valid, logits.cols);
    }
}

void op_cross_entropy_sums(const struct op_cross_entropy *c, long rows)
{
    for (long r = 0; r < rows; r++)
        c->sums[r] *= vmath_exp(c->peak[r] - c->peak_all[r]);
}

void op_cross_entropy_losses(const struct op_cross_entropy *c, long rows,
                             wide *loss)
{
    for (long r = 0; r < rows; r++)
        loss[r] = c->target[r] < 0 ? 0
                                   : vmath_log(c->sums[r]) +
                                         (c->peak_all[r] - c->sums[rows + r]);
}

static wide log_z(const struct op_cross_entropy *c, long r)
{
    return vmath_log(c->sums[r]) + c->peak_all[r];
}

void op_cross_entropy_logs(const struct op_cross_entropy *c, long rows,
                           wide *log)
{
    for (long r = 0; r < rows; r++)
        log[r] = c->target[r] < 0 ? 0 : log_z(c, r);
}

void op_cross_entropy_hits(const struct op_cross_entropy *c, long rows,
                           wide *hit)
{
    for (long r = 0; r < rows; r++)
        hit[r] = c->target[r] >= 0 && c->sums[rows + r] >= c->peak_all[r];
}

void op_cross_entropy_backward(const struct op_cross_entropy *c, struct mat e,
                               wide scale)
{
    for (long r = 0; r < e.rows; r++) {
        real *row = e.at + r * e.ld;
        long at = target_column(c, r);

        if (c->target[r] < 0) {
            fill_zero(row, 0, e.cols);
            continue;
        }

        wide factor =
            vmath_exp(c->peak[r] - c->peak_all[r]) * scale / c->sums[r];

        if (c->z > 0)
            factor *= 1 + 2 * c->z * log_z(c, r);

#pragma omp simd
        for (long j = 0; j < c->valid; j++)
            row[j] *= factor;
        if (at >= 0)
            row[at] -= scale;
    }
}
