/* Not a test: what this machine's BLAS gives, in GFLOP/s over all ranks at the
 * same time, for products of the shapes of a training step.
 *
 *   gemm [TOKENS WIDTH] */
#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/clock.h"
#include "kernels/device.h"
#include "kernels/ops.h"
#include "mpi/group.h"
#include "mpi/world.h"

static struct mat matrix(long rows, long cols)
{
    size_t n = (size_t)(rows * cols);
    real *host = malloc(n * sizeof *host);
    struct mat m = {device_alloc(n * sizeof *host), rows, cols, cols};

    for (size_t i = 0; host && i < n; i++)
        host[i] = (real)(i % 7) - 3;
    device_put(m.at, host, n * sizeof *host);
    free(host);
    return m;
}

int main(int argc, char **argv)
{
    long tokens = argc > 2 ? atol(argv[1]) : 2048;
    long width = argc > 2 ? atol(argv[2]) : 512;
    struct mat x, w, y;
    double best = 0;

    world_start(&argc, &argv);
    x = matrix(tokens, width);
    w = matrix(4 * width, width);
    y = matrix(tokens, 4 * width);
    for (int i = 0; i < 12; i++) {
        double seconds, rate;
        int calls = 4;

        group_barrier(group_world());
        seconds = clock_seconds();
        for (int j = 0; j < calls; j++)
            op_gemm('N', 'T', x, w, 0, y);
        seconds = clock_seconds() - seconds;
        rate = calls * 2.0 * (double)tokens * (double)width * 4 *
               (double)width / seconds / 1e9;
        group_sum(group_world(), &rate, 1);
        best = rate > best ? rate : best;
    }
    if (group_rank(group_world()) == 0)
        printf("%.1f\n", best);
    device_free(x.at);
    device_free(w.at);
    device_free(y.at);
    world_stop();
    return 0;
}
