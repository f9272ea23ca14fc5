/* Collectives, groups and grids against their definition, by plain arithmetic.
 * ranks: 1 2 3 4 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/rng.h"
#include "kernels/device.h"
#include "mpi/coll.h"
#include "mpi/grid.h"
#include "tests/lib/bits.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

/* What rank r contributes at place i: not exact in binary, so that another
 * order of summation could be seen. */
static wide value(int r, long i)
{
    return (wide)((0.1 + 0.37 * r) * sin(1.0 + 0.7 * (double)i) + 0.01 * r);
}

/* This rank's n numbers, on the device. */
static wide *values(int rank, long n)
{
    size_t bytes = (size_t)n * sizeof(wide);
    wide *host = malloc(bytes), *at = device_alloc(bytes);

    for (long i = 0; i < n; i++)
        host[i] = value(rank, i);
    device_put(at, host, bytes);
    free(host);
    return at;
}

/* On the host, and no longer on the device. */
static wide *fetched(wide *at, long n)
{
    size_t bytes = (size_t)n * sizeof(wide);
    wide *host = malloc(bytes);

    device_get(host, at, bytes);
    device_free(at);
    return host;
}

static void check_collectives(long n)
{
    struct group *g = group_world();
    int size = group_size(g), rank = group_rank(g);
    wide *sum = values(rank, n), *max = values(rank, n);
    wide *first = values(rank, n);
    struct group_traffic before = group_traffic(g), after;
    double worst = 0, eps = sizeof(wide) == 8 ? 1e-15 : 5e-7;
    bool is_max = true, is_first = true;

    coll_sum_wide(g, sum, n);
    coll_max_wide(g, max, n);
    coll_broadcast_wide(g, first, n);
    after = group_traffic(g);
    sum = fetched(sum, n), max = fetched(max, n), first = fetched(first, n);
    for (long i = 0; i < n; i++) {
        double expect = 0, peak = -INFINITY;

        for (int r = 0; r < size; r++) {
            expect += (double)value(r, i);
            peak = fmax(peak, (double)value(r, i));
        }
        worst = worse(worst, fabs((double)sum[i] - expect));
        is_max &= (double)max[i] == peak;
        is_first &= first[i] == value(0, i);
    }
    ok(worst < eps * size * size, "sum of %ld by %s, worst %.1e", n,
       coll_way(g), worst);
    ok(is_max, "maximum of %ld", n);
    ok(is_first, "%ld numbers of the first rank", n);
    ok(bits_same(g, sum, n), "sum of %ld has the same bits everywhere", n);
    ok(after.bytes - before.bytes ==
           (size > 1 ? 3 * n * (int64_t)sizeof(wide) : 0),
       "traffic of %ld is counted", n);
    free(sum);
    free(max);
    free(first);
}

/* This rank's n reals, on the device. */
static struct mat reals(int rank, long n)
{
    size_t bytes = (size_t)n * sizeof(real);
    real *host = malloc(bytes), *at = device_alloc(bytes);

    for (long i = 0; i < n; i++)
        host[i] = real_from((double)value(rank, i));
    device_put(at, host, bytes);
    free(host);
    return (struct mat){at, 1, n, n};
}

/* Each of the sums of two is rounded once. */
static void check_reals(long n)
{
    struct group *g = group_world();
    int size = group_size(g);
    struct mat sum = reals(group_rank(g), n);
    size_t bytes = (size_t)n * sizeof(real);
    real *host = malloc(bytes);
    double worst = 0;
    double eps = sizeof(real) == 8 ? 1e-15 : sizeof(real) == 4 ? 5e-7 : 0x1p-8;
    struct group_traffic before = group_traffic(g);

    coll_sum(g, sum);
    device_get(host, sum.at, bytes);
    device_free(sum.at);
    for (long i = 0; i < n; i++) {
        double expect = 0;

        for (int r = 0; r < size; r++)
            expect += real_value(real_from((double)value(r, i)));
        worst = worse(worst, fabs(real_value(host[i]) - expect));
    }
    ok(worst < eps * size * size, "sum of %ld reals, worst %.1e", n, worst);
    ok(group_traffic(g).bytes - before.bytes ==
           (size > 1 ? (int64_t)bytes : 0),
       "traffic of %ld reals is counted", n);
    free(host);
}

/* Whatever the ranks did before, and whoever comes last. */
static void check_repeats(void)
{
    enum { TIMES = 1000, N = 129 };
    struct group *g = group_world();
    int size = group_size(g);
    size_t bytes = N * sizeof(real);
    wide *first = NULL;
    real first_reals[N], again[N];
    bool same = true;

    for (int i = 0; i < TIMES; i++) {
        wide *sum = values(group_rank(g), N);
        struct mat m = reals(group_rank(g), N);

        if ((int)(rng_bits(3, (uint64_t)i) % (uint64_t)size) == group_rank(g))
            usleep(20);
        coll_sum_wide(g, sum, N);
        coll_sum(g, m);
        sum = fetched(sum, N);
        device_get(again, m.at, bytes);
        device_free(m.at);
        if (i == 0) {
            first = sum;
            memcpy(first_reals, again, bytes);
            continue;
        }
        same &= memcmp(sum, first, N * sizeof *sum) == 0 &&
                memcmp(again, first_reals, bytes) == 0;
        free(sum);
    }
    ok(same, "%d sums have the same bits", TIMES);
    free(first);
}

static void check_host_sums(void)
{
    struct group *g = group_world();
    int size = group_size(g), rank = group_rank(g), owner;
    int64_t before[2] = {rank + 1, 10 * rank};
    double sum[1] = {rank + 0.5};
    uint64_t least[1] = {(uint64_t)(100 - rank)};

    group_sum_before(g, before, 2);
    ok(before[0] == (int64_t)rank * (rank + 1) / 2 &&
           before[1] == 5 * (int64_t)rank * (rank - 1),
       "sums over the ranks before");
    group_sum(g, sum, 1);
    ok(sum[0] == size * size / 2.0, "sum in double");
    group_min_counts(g, least, 1);
    ok(least[0] == (uint64_t)(101 - size), "least count");
    ok(group_largest(g, rank == size / 2 ? 7 : -rank, &owner) == 7 &&
           owner == size / 2,
       "largest, and who has it");
    ok(group_any(g, rank == size - 1) && !group_any(g, false), "any");
}

/* Rank r sends (r + d) % 3 bytes of value r * 16 + d to rank d. */
static void check_exchange(void)
{
    struct group *g = group_world();
    int size = group_size(g), rank = group_rank(g);
    size_t send[8], received[8], total = 0;
    char out[24], *in, *at;
    bool right = true;

    for (int d = 0; d < size; d++) {
        send[d] = (size_t)(rank + d) % 3;
        memset(out + total, rank * 16 + d, send[d]);
        total += send[d];
    }
    at = in = group_exchange(g, out, send, received);
    for (int r = 0; r < size; r++) {
        right &= received[r] == (size_t)(r + rank) % 3;
        for (size_t i = 0; i < received[r]; i++)
            right &= *at++ == (char)(r * 16 + rank);
    }
    ok(right, "personal exchange");
    free(in);
}

static void check_grid(void)
{
    struct group *g = group_world();

    for (int tensor = 1; tensor <= group_size(g); tensor++) {
        struct grid grid;

        if (group_size(g) % tensor)
            continue;
        grid_init(&grid, g, tensor);
        ok(group_size(grid.tensor) == tensor &&
               group_size(grid.data) == group_size(g) / tensor &&
               group_rank(grid.data) * tensor + group_rank(grid.tensor) ==
                   group_rank(g),
           "grid of %d tensor ranks: neighbours share a model", tensor);
        grid_free(&grid);
    }
}

int main(int argc, char **argv)
{
    start(&argc, &argv);
    check_collectives(1);
    check_collectives(1001);
    /* More than a GPU hands to MPI at once. */
    check_collectives(1200007);
    check_reals(1);
    check_reals(1001);
    check_reals(2400007);
    check_repeats();
    check_host_sums();
    check_exchange();
    check_grid();
    tap_done();
    world_stop();
    return 0;
}
