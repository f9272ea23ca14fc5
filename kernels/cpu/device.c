#include "kernels/device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "kernels/ops.h"
#include "kernels/rng.h"

enum { ALIGN = 64 };

const char *device_name(void)
{
    return "cpu";
}

void *device_alloc(size_t bytes)
{
    size_t whole = (bytes / ALIGN + 1) * ALIGN;
    void *at = whole > bytes ? aligned_alloc(ALIGN, whole) : NULL;

    CHECK(at, "no %zu bytes of memory; use more ranks or a smaller micro-batch",
          bytes);
    return memset(at, 0, whole);
}

void device_free(void *at)
{
    free(at);
}

void device_put(void *to, const void *from_host, size_t bytes)
{
    memcpy(to, from_host, bytes);
}

void device_get(void *to_host, const void *from, size_t bytes)
{
    memcpy(to_host, from, bytes);
}

void device_zero(void *at, size_t bytes)
{
    memset(at, 0, bytes);
}

static struct mat random_mat(long rows, long cols, uint64_t key)
{
    struct mat m = {device_alloc((size_t)(rows * cols) * sizeof(real)), rows,
                    cols, cols};

    for (long i = 0; i < rows * cols; i++)
        m.at[i] = (real)(2 * rng_uniform(key, (uint64_t)i) - 1);
    return m;
}

/* Odd sizes, larger than the tiles of any BLAS, so that every edge case of its
 * inner kernels runs. */
double device_self_check(void)
{
    enum { ROWS = 197, COLS = 131, INNER = 269 };
    struct mat a = random_mat(ROWS, INNER, 1), b = random_mat(COLS, INNER, 2);
    struct mat c = random_mat(ROWS, COLS, 3);
    double worst = 0;

    op_gemm('N', 'T', a, b, 0, c);
    for (long i = 0; i < ROWS; i++)
        for (long j = 0; j < COLS; j++) {
            double sum = 0, size = 0;

            for (long k = 0; k < INNER; k++) {
                double term = (double)a.at[i * INNER + k] * b.at[j * INNER + k];

                sum += term;
                size += fabs(term);
            }

            double error = fabs(c.at[i * COLS + j] - sum) / size;

            /* Written so that a NaN is an error too. */
            if (!(error <= worst))
                worst = isnan(error) ? HUGE_VAL : error;
        }
    device_free(a.at);
    device_free(b.at);
    device_free(c.at);
    return worst;
}
