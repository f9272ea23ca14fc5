#include "kernels/self_check.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/base/memory.h"
#include "kernels/base/rng.h"
#include "kernels/device.h"
#include "kernels/ops.h"

/* Odd sizes, larger than the tiles of any BLAS, so that every edge case of its
 * inner kernels runs. */
enum { ROWS = 197, COLS = 131, INNER = 269 };

/* One matrix, here and on the device. */
struct matrix_pair {
    real *host;
    struct mat device;
};

static size_t bytes_of(struct mat m)
{
    return (size_t)(m.rows * m.cols) * sizeof *m.at;
}

static struct matrix_pair random_pair(long rows, long cols, uint64_t key)
{
    struct matrix_pair p = {.device = {NULL, rows, cols, cols}};

    p.host = memory_take(bytes_of(p.device), 1, "bytes of a matrix");
    for (long i = 0; i < rows * cols; i++)
        p.host[i] = real_from(2 * rng_uniform(key, (uint64_t)i) - 1);
    p.device.at = device_alloc(bytes_of(p.device));
    device_put(p.device.at, p.host, bytes_of(p.device));
    return p;
}

static void free_pair(struct matrix_pair p)
{
    device_free(p.device.at);
    free(p.host);
}

static double worst_error(const real *a, const real *b, const real *c)
{
    double worst = 0;

    for (long i = 0; i < ROWS; i++)
        for (long j = 0; j < COLS; j++) {
            double sum = 0, size = 0;

            for (long k = 0; k < INNER; k++) {
                double term = real_value(a[i * INNER + k]) *
                              real_value(b[j * INNER + k]);

                sum += term;
                size += fabs(term);
            }

            double error = fabs(real_value(c[i * COLS + j]) - sum) / size;

            /* Written so that a NaN is an error too. */
            if (!(error <= worst))
                worst = isnan(error) ? HUGE_VAL : error;
        }
    return worst;
}

double self_check_product(void)
{
    struct matrix_pair a = random_pair(ROWS, INNER, 1),
                       b = random_pair(COLS, INNER, 2);
    struct matrix_pair c = random_pair(ROWS, COLS, 3);
    double worst;

    op_gemm('N', 'T', a.device, b.device, 0, c.device);
    device_get(c.host, c.device.at, bytes_of(c.device));
    worst = worst_error(a.host, b.host, c.host);
    free_pair(a);
    free_pair(b);
    free_pair(c);
    return worst;
}

double self_check_limit(void)
{
    return sizeof(real) == 8 ? 1e-13 : sizeof(real) == 4 ? 1e-5 : 1e-2;
}
