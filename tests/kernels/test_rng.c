/* Random numbers are Philox's, their moments those of their distribution, and
 * permutations bijective and fair.    ranks: 1 */
#include "kernels/base/rng.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "tests/lib/tap.h"

/* From the authors' known-answer file: zeros, ones, and digits of pi. */
static void test_known_answers(void)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {{{0, 0, 0, 0},
                  {0, 0},
                  {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                 {{~0u, ~0u, ~0u, ~0u},
                  {~0u, ~0u},
                  {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                 {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                  {0xa4093822, 0x299f31d0},
                  {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};

    for (int k = 0; k < 3; k++) {
        uint32_t out[4];

        rng_philox(known[k].counter, known[k].key, out);
        ok(memcmp(out, known[k].out, sizeof out) == 0, "known answer %d", k);
    }
}

/* Every part of a key counts, and its parts do not run into each other. */
static void test_keys(void)
{
    const uint64_t keys[] = {
        rng_key(1, "data", 0, 0),         rng_key(2, "data", 0, 0),
        rng_key(1, "datb", 0, 0),         rng_key(1, "atad", 0, 0),
        rng_key(1, "dat", 'a', 0),        rng_key(1, "data", 1, 0),
        rng_key(1, "data", 0, 1),         rng_key(1, "", 0, 0),
        rng_key(1, "dat", 0, 0),          rng_key(1ull << 63, "data", 0, 0),
        rng_key(1, "data", 1ull << 63, 0)};
    enum { N = sizeof keys / sizeof *keys };
    bool are_distinct = true;
    long changed = 0;

    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++)
            are_distinct = are_distinct && keys[i] != keys[j];
    ok(are_distinct, "keys of %d names, seeds and numbers differ", N);

    /* One flipped bit of a changes 32 of 64 bits on average; over 64 bits the
     * deviation of the mean is sqrt(16/64) = 0.5, and 6 of those are
     * allowed. */
    for (int bit = 0; bit < 64; bit++)
        changed += __builtin_popcountll(
            keys[0] ^ rng_key(1, "data", (uint64_t)1 << bit, 0));
    ok(fabs((double)changed / 64 - 32) < 3, "a flipped bit changes %.1f of 64",
       (double)changed / 64);
    ok(rng_bits(keys[0], 5) == rng_bits(rng_key(1, "data", 0, 0), 5) &&
           rng_bits(keys[0], 5) != rng_bits(keys[0], 5 + (1ull << 32)),
       "bits are a function of key and the whole position");
}

/* Means of x^k over N numbers deviate by sqrt(variance / N); 6 deviations. */
static void test_moments(void)
{
    enum { N = 1000000 };
    static const double right[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
    double sum[4] = {0}, uniform = 0, square = 0, product = 0, last = 0;
    double least = 1, most = 0;

    for (uint64_t i = 0; i < N; i++) {
        double u = rng_uniform(3, i), x = rng_normal(3, i), power = 1;

        uniform += u / N;
        square += u * u / N;
        least = fmin(least, u);
        most = fmax(most, u);
        for (int k = 0; k < 4; k++)
            sum[k] += power *= x;
        product += x * last;
        last = x;
    }
    for (int k = 0; k < 4; k++) {
        double mean = sum[k] / N, bound = 6 * sqrt(variance[k] / N);

        ok(fabs(mean - right[k]) < bound, "normal: mean of x^%d is %.4f",
           k + 1, mean);
    }
    ok(fabs(product / N) < 6 / sqrt(N), "normal: neighbours are uncorrelated");
    for (uint64_t first = 0; first < 3; first++) {
        double many[7];
        bool same = true;

        rng_normals(3, first, 7, many);
        for (uint64_t i = 0; i < 7; i++)
            same &= many[i] == rng_normal(3, first + i);
        ok(same, "normal: seven from %d on at once are those one by one",
           (int)first);
    }
    ok(fabs(uniform - 0.5) < 6 * sqrt(1. / 12 / N) &&
           fabs(square - 1. / 3) < 6 * sqrt(4. / 45 / N),
       "uniform: mean %.5f, mean square %.5f", uniform, square);
    /* Beyond 20/N with probability exp(-20) each. */
    ok(least > 0 && most < 1 && least < 20. / N && most > 1 - 20. / N,
       "uniform: fills (0, 1)");
}

static bool is_bijective(uint64_t key, uint64_t n)
{
    unsigned char seen[300] = {0};

    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = rng_permute(key, i, n);

        if (at >= n || seen[at])
            return false;
        seen[at] = 1;
    }
    return true;
}

static void test_bijective(void)
{
    for (uint64_t key = 0; key < 3; key++) {
        uint64_t n = 1;

        while (n <= 300 && is_bijective(rng_key(key, "test", 0, 0), n))
            n++;
        ok(n == 301, "key %d: bijective for 1 to %d of 300", (int)key,
           (int)n - 1);
    }

    /* A range too large to mark: results in it, and no two the same. */
    const uint64_t large[] = {((uint64_t)1 << 62), ((uint64_t)1 << 62) - 12345,
                              ((uint64_t)1 << 60) + 1, 1000003};

    for (int k = 0; k < 4; k++) {
        enum { N = 300 };
        uint64_t at[N];
        bool is_fine = true;

        for (uint64_t i = 0; i < N; i++) {
            at[i] = rng_permute(9, large[k] - 1 - i, large[k]);
            is_fine = is_fine && at[i] < large[k];
            for (uint64_t j = 0; j < i; j++)
                is_fine = is_fine && at[i] != at[j];
        }
        ok(is_fine, "last %d of %.3g elements keep apart", N,
           (double)large[k]);
    }
}

/* Counts over many keys of where elements 0 and 1 go together.  All n(n-1)
 * pairs of places are equally likely, so the sum of squares of (count - mean)
 * / sqrt(mean) has mean n(n-1) - 1 and about twice that as variance; 6
 * deviations. */
static void test_fair(uint64_t n)
{
    enum { MOST = 40, KEYS = 200000 };
    static long count[MOST * MOST];
    double cells = (double)(n * (n - 1)), mean = KEYS / cells, square = 0;

    memset(count, 0, sizeof count);
    for (uint64_t key = 0; key < KEYS; key++)
        count[rng_permute(key, 0, n) * n + rng_permute(key, 1, n)]++;
    for (uint64_t i = 0; i < n * n; i++)
        if (i / n != i % n)
            square += pow((double)count[i] - mean, 2) / mean;
    ok(fabs(square - (cells - 1)) < 6 * sqrt(2 * (cells - 1)),
       "places of two of %d elements: chi-square %.1f of %.0f", (int)n, square,
       cells - 1);
}

/* Each element in each place: n^2 cells in rows and columns of known sum. */
static void test_places(uint64_t n)
{
    enum { MOST = 40, KEYS = 20000 };
    static long count[MOST * MOST];
    double mean = KEYS / (double)n, square = 0, freedom;

    memset(count, 0, sizeof count);
    for (uint64_t key = 0; key < KEYS; key++)
        for (uint64_t i = 0; i < n; i++)
            count[i * n + rng_permute(rng_key(key, "places", 0, 0), i, n)]++;
    for (uint64_t i = 0; i < n * n; i++)
        square += pow((double)count[i] - mean, 2) / mean;
    /* The rows of one permutation exclude each other: n/(n-1) times the
     * (n-1)^2 of independent ones. */
    freedom = (double)(n * (n - 1));
    ok(fabs(square - freedom) < 6 * sqrt(2 * freedom) * (double)n / (n - 1),
       "places of all of %d elements: chi-square %.1f of %.0f", (int)n, square,
       freedom);
}

int main(int argc, char **argv)
{
    static const uint64_t sizes[] = {2, 3, 4, 5, 7, 16, 17, 40};

    world_start(&argc, &argv);
    test_known_answers();
    test_keys();
    test_moments();
    test_bijective();
    for (int k = 0; k < 8; k++) {
        test_fair(sizes[k]);
        test_places(sizes[k]);
    }
    tap_done();
    world_stop();
    return 0;
}
