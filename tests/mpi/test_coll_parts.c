/* Collectives that go on while the ranks compute are those of plain
 * arithmetic, to the bit and each time, in whatever pieces they travel.
 * ranks: 1 2 3 4 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/rng.h"
#include "kernels/device.h"
#include "mpi/coll.h"
#include "mpi/coll_parts.h"
#include "tests/lib/bits.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

/* What rank r has at place i of array `which`: sums depend on their order. */
static wide value(int r, int which, long i)
{
    uint64_t bits = rng_bits((uint64_t)(which * 8 + r), (uint64_t)i);

    return (wide)((double)(bits >> 11) * 0x1p-53 - 0.5);
}

static wide *values(int rank, int which, long n)
{
    size_t bytes = (size_t)n * sizeof(wide);
    wide *host = malloc(bytes + 1), *at = device_alloc(bytes + 1);

    for (long i = 0; i < n; i++)
        host[i] = value(rank, which, i);
    device_put(at, host, bytes);
    free(host);
    return at;
}

static wide *fetched(wide *at, long n)
{
    size_t bytes = (size_t)n * sizeof(wide);
    wide *host = malloc(bytes + 1);

    device_get(host, at, bytes);
    device_free(at);
    return host;
}

/* Of this rank's part, in the order of the ranks; the rest is its own. */
static bool is_sum(struct group *g, const wide *x, int which, long part)
{
    int size = group_size(g), rank = group_rank(g);
    bool right = true;

    for (long i = 0; i < size * part; i++) {
        wide sum = value(i / part == rank ? 0 : rank, which, i);

        for (int r = 1; r < size && i / part == rank; r++)
            sum += value(r, which, i);
        right &= x[i] == sum;
    }
    return right;
}

static bool is_gathered(struct group *g, const wide *x, int which, long part)
{
    bool right = true;

    for (long i = 0; i < group_size(g) * part; i++)
        right &= x[i] == value((int)(i / part), which, i);
    return right;
}

/* Where MPI carries them, `numbers` came from every other rank. */
static bool is_told(struct group *g, const struct coll_parts *q, long numbers)
{
    struct coll_parts_tally tally = coll_parts_tally(q);
    int64_t bytes = (group_size(g) - 1) * numbers * (int64_t)sizeof(wide);

    if (strcmp(coll_way(g), "NCCL") == 0)
        bytes = 0;
    return tally.bytes == bytes && tally.late_bytes >= 0 &&
           tally.late_bytes <= bytes && tally.waited >= 0 && tally.polled >= 0;
}

/* Sums, gathers and ordinary collectives, begun one after another while those
 * before are under way, more than fit at a time; ranks are late by turns. */
static void check_queue(long part, long room)
{
    enum { ARRAYS = 7, JOBS = 3 };
    struct group *g = group_world();
    struct coll_parts *q = coll_parts_open(g, part, room, JOBS);
    struct group_traffic before = group_traffic(g), after;
    long n = group_size(g) * part, ticket[ARRAYS];
    bool right = true;
    wide *x[ARRAYS];

    for (int i = 0; i < ARRAYS; i++)
        x[i] = values(group_rank(g), i, n);
    for (int i = 0; i < ARRAYS; i++) {
        ticket[i] = i % 2 ? coll_parts_gather_wide(q, x[i], part)
                          : coll_parts_sum(q, x[i], part);
        if (i % group_size(g) == group_rank(g))
            usleep(200);
        coll_parts_poll(q);
        group_barrier(g);
    }
    for (int i = 0; i < ARRAYS; i++) {
        coll_parts_wait(q, ticket[i]);
        x[i] = fetched(x[i], n);
        right &=
            i % 2 ? is_gathered(g, x[i], i, part) : is_sum(g, x[i], i, part);
        free(x[i]);
    }
    after = group_traffic(g);
    ok(right, "parts of %ld by %s, room for %ld numbers", part, coll_way(g),
       room);
    ok(after.bytes - before.bytes ==
           (group_size(g) > 1 ? ARRAYS * n * (int64_t)sizeof(wide) : 0),
       "their traffic is counted");
    ok(is_told(g, q, ARRAYS * part), "and what each rank received");
    coll_parts_close(q);
}

/* Reals are handed on as they are. */
static void check_reals(long part)
{
    struct group *g = group_world();
    struct coll_parts *q = coll_parts_open(g, part, 800, 1);
    int size = group_size(g), rank = group_rank(g);
    size_t bytes = (size_t)(size * part) * sizeof(real);
    real *host = malloc(bytes), *x = device_alloc(bytes);
    bool right = true;

    for (long i = 0; i < size * part; i++)
        host[i] = real_from(value(rank, 0, i));
    device_put(x, host, bytes);
    coll_parts_wait(q, coll_parts_gather(q, x, part));
    device_get(host, x, bytes);
    for (long i = 0; i < size * part; i++) {
        real want = real_from(value((int)(i / part), 0, i));

        right &= memcmp(&host[i], &want, sizeof want) == 0;
    }
    ok(right, "%ld reals of each rank are gathered", part);
    coll_parts_close(q);
    device_free(x);
    free(host);
}

/* A rank that is late by another time each time changes no bit. */
static void check_repeats(void)
{
    enum { TIMES = 1000, PART = 61 };
    struct group *g = group_world();
    struct coll_parts *q = coll_parts_open(g, PART, 160, 1);
    int size = group_size(g);
    bool same = true;

    for (int i = 0; i < TIMES; i++) {
        wide *x = values(group_rank(g), 0, size * PART);

        if ((int)(rng_bits(3, (uint64_t)i) % (uint64_t)size) == group_rank(g))
            usleep(20);
        coll_parts_wait(q, coll_parts_sum(q, x, PART));
        x = fetched(x, size * PART);
        same &= is_sum(g, x, 0, PART);
        free(x);
    }
    ok(same, "%d sums have the same bits", TIMES);
    coll_parts_close(q);
}

int main(int argc, char **argv)
{
    start(&argc, &argv);
    check_queue(0, 10);
    check_queue(1, 1);
    check_queue(1001, 56);
    check_queue(1001, 5600);
    check_queue(300007, 1 << 23);
    check_reals(777);
    check_repeats();
    tap_done();
    world_stop();
    return 0;
}
