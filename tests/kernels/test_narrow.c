/* Numbers are rounded to bf16 as IEEE 754 says: to the nearest, ties to the
 * even one, the same on the device and on the host.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/device.h"
#include "kernels/ops.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

/* Between each finite bf16 and the next: just below the middle, the middle,
 * and just above it. */
enum { STEPS = 0x7f7f, EACH = 3, SIGNS = 2, N = SIGNS * STEPS * EACH };

static float from_bits(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static void fill(float *x, uint16_t *want)
{
    for (uint32_t i = 0; i < N; i++) {
        uint32_t sign = i % SIGNS << 15, low = i / SIGNS / EACH | sign;
        int beside = (int)(i / SIGNS % EACH) - 1;

        x[i] = from_bits((low << 16 | 0x8000) + (uint32_t)beside);
        want[i] = (uint16_t)(low + (beside > 0 || (beside == 0 && low % 2)));
    }
}

static long differences(const real *got, const uint16_t *want)
{
    long n = 0;

    for (long i = 0; i < N; i++)
        n += got[i].bits != want[i];
    return n;
}

int main(int argc, char **argv)
{
    float *x = malloc(N * sizeof *x), special[] = {INFINITY, -INFINITY, NAN};
    uint16_t *want = malloc(N * sizeof *want);
    real *got = malloc(N * sizeof *got), *to;
    wide *from;

    start(&argc, &argv);
    fill(x, want);
    for (long i = 0; i < N; i++)
        got[i] = real_from((double)x[i]);
    ok(differences(got, want) == 0, "on the host, %ld of %d wrong",
       differences(got, want), N);

    from = device_alloc(N * sizeof *from);
    to = device_alloc(N * sizeof *to);
    device_put(from, x, N * sizeof *x);
    op_narrow(to, from, N);
    device_get(got, to, N * sizeof *got);
    ok(differences(got, want) == 0, "on the device, %ld of %d wrong",
       differences(got, want), N);

    device_put(from, special, sizeof special);
    op_narrow(to, from, 3);
    device_get(got, to, 3 * sizeof *got);
    ok(real_value(got[0]) == INFINITY && real_value(got[1]) == -INFINITY &&
           isnan(real_value(got[2])),
       "infinities and NaN stay");
    device_free(from);
    device_free(to);
    free(x);
    free(want);
    free(got);
    tap_done();
    world_stop();
    return 0;
}
