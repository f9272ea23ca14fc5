#include "tests/lib/oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "kernels/device.h"

const double oracle_unit = sizeof(real) == 2   ? 0x1p-9
                           : sizeof(real) == 4 ? 0x1p-24
                                               : 0x1p-53;
const double oracle_difference = 1e-10;

/* Lies between and around the rows of a matrix, and must stay; a number of
 * every type. */
static const double mark = 12352;

/* What oracle_free frees, the last first. */
struct kept {
    struct kept *before;
    void *at;
    void (*free)(void *);
};

static struct kept *kept;

void *oracle_keep(void *at, void (*free_at)(void *))
{
    struct kept *k = malloc(sizeof *k);

    CHECK(at && k, "no memory for a sample");
    *k = (struct kept){kept, at, free_at};
    kept = k;
    return at;
}

void oracle_free(void)
{
    while (kept) {
        struct kept *k = kept;

        kept = k->before;
        k->free(k->at);
        free(k);
    }
}

struct sample oracle_zero(long rows, long cols)
{
    size_t n = (size_t)(rows * cols);

    return (struct sample){oracle_keep(calloc(n + 1, sizeof(double)), free),
                           rows, cols};
}

struct sample oracle_random(long rows, long cols, const char *name)
{
    struct sample s = oracle_zero(rows, cols);

    for (long i = 0; i < rows * cols; i++)
        s.at[i] = real_value(
            real_from(rng_normal(rng_key(1, name, 0, 0), (uint64_t)i)));
    return s;
}

struct sample oracle_copy(struct sample from)
{
    struct sample s = oracle_zero(from.rows, from.cols);

    memcpy(s.at, from.at, (size_t)(s.rows * s.cols) * sizeof *s.at);
    return s;
}

struct mat oracle_put(struct sample s, long gap)
{
    long ld = s.cols + gap, n = s.rows * ld + gap;
    real *host = malloc((size_t)(n + 1) * sizeof *host);
    real *at = oracle_keep(device_alloc((size_t)n * sizeof *at), device_free);

    for (long i = 0; i < n; i++)
        host[i] = real_from(mark);
    for (long r = 0; r < s.rows; r++)
        for (long j = 0; j < s.cols; j++)
            host[gap + r * ld + j] = real_from(s.at[r * s.cols + j]);
    device_put(at, host, (size_t)n * sizeof *at);
    free(host);
    return (struct mat){at + gap, s.rows, s.cols, ld};
}

struct sample oracle_get(struct mat m)
{
    struct sample s = oracle_zero(m.rows, m.cols);
    long gap = m.ld - m.cols, n = m.rows * m.ld + gap;
    real *host = malloc((size_t)(n + 1) * sizeof *host);
    bool is_whole = true;

    device_get(host, m.at - gap, (size_t)n * sizeof *host);
    for (long i = 0; i < n; i++)
        if (m.ld > 0 && i % m.ld < gap && real_value(host[i]) != mark)
            is_whole = false;
    for (long r = 0; r < m.rows; r++)
        for (long j = 0; j < m.cols; j++)
            s.at[r * m.cols + j] =
                is_whole ? real_value(host[gap + r * m.ld + j]) : NAN;
    free(host);
    return s;
}

double oracle_largest(struct sample s)
{
    double largest = 0;

    for (long i = 0; i < s.rows * s.cols; i++)
        largest = fmax(largest, fabs(s.at[i]));
    return largest;
}

const int32_t *oracle_put_ids(const int32_t *ids, long n)
{
    size_t bytes = (size_t)n * sizeof *ids;
    int32_t *at = oracle_keep(device_alloc(bytes), device_free);

    device_put(at, ids, bytes);
    return at;
}

double oracle_error(struct mat got, struct sample want)
{
    struct sample s = oracle_get(got);
    double worst = 0;

    for (long i = 0; i < s.rows * s.cols; i++) {
        double difference = fabs(s.at[i] - want.at[i]);

        worst = difference <= worst ? worst
                : isnan(difference) ? INFINITY
                                    : difference;
    }
    return worst == 0 ? 0 : worst / oracle_largest(want);
}

bool oracle_same(struct mat a, struct mat b)
{
    struct sample x = oracle_get(a), y = oracle_get(b);

    return memcmp(x.at, y.at, (size_t)(x.rows * x.cols) * sizeof *x.at) == 0;
}

double oracle_slope(struct objective f, const double *x, const double *d)
{
    static const double weight[] = {1, -8, 0, 8, -1};
    const double step = 3e-4;
    double *y = malloc((size_t)f.n * sizeof *y), sum = 0;

    for (int k = 0; k < 5; k++) {
        if (weight[k] == 0)
            continue;
        for (long i = 0; i < f.n; i++)
            y[i] = x[i] + (k - 2) * step * d[i];
        sum += weight[k] * f.value(f.what, y);
    }
    free(y);
    return sum / (12 * step);
}

double oracle_gradient_error(struct objective f, const double *x,
                             const double *got)
{
    enum { FEW = 1200, DIRECTIONS = 6 };
    double *d = calloc((size_t)f.n, sizeof *d);
    double size = 0, largest = 0, worst = 0;
    bool is_few = f.n <= FEW;

    for (long i = 0; i < f.n; i++) {
        size += got[i] * got[i];
        largest = fmax(largest, fabs(got[i]));
    }
    for (long k = 0; k < (is_few ? f.n : DIRECTIONS); k++) {
        double along = 0;

        for (long i = 0; i < f.n; i++) {
            d[i] = is_few ? i == k
                          : rng_normal(rng_key(2, "direction", (uint64_t)k, 0),
                                       (uint64_t)i);
            along += d[i] * got[i];
        }

        double error = fabs(along - oracle_slope(f, x, d)) /
                       (is_few ? largest : sqrt(size));

        worst = error <= worst ? worst : isnan(error) ? INFINITY : error;
    }
    free(d);
    return worst;
}
