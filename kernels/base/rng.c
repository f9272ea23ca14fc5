#include "kernels/base/rng.h"

#include <math.h>

/* Third counter word: what the bits are for, so that uses of one key at one
 * position share no bits. */
enum { FOR_BITS, FOR_NORMAL, FOR_PERMUTATION };

/* With 8 Feistel rounds some permutations of 5 to 10 elements are 2% too
 * frequent (tests/kernels/test_rng.c); with 12 none is. */
enum { PHILOX_ROUNDS = 10, FEISTEL_ROUNDS = 12 };

void rng_philox(const uint32_t counter[4], const uint32_t key[2],
                uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2],
             c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t a = (uint64_t)0xD2511F53 * c0;
        uint64_t b = (uint64_t)0xCD9E8D57 * c2;

        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* Takes in one more word; for a given word a bijection of the state (the
 * finaliser of SplitMix64), so nothing taken in before is lost. */
static uint64_t absorb(uint64_t state, uint64_t word)
{
    uint64_t z = (state ^ word) + 0x9E3779B97F4A7C15;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

uint64_t rng_key(uint64_t seed, const char *name, uint64_t a, uint64_t b)
{
    uint64_t state = absorb(0, seed);

    for (const char *c = name; *c; c++)
        state = absorb(state, (unsigned char)*c);
    return absorb(absorb(state, a), b);
}

static void words(uint64_t key, uint64_t i, uint32_t use, uint32_t more,
                  uint32_t out[4])
{
    const uint32_t counter[4] = {(uint32_t)i, (uint32_t)(i >> 32), use, more};
    const uint32_t halves[2] = {(uint32_t)key, (uint32_t)(key >> 32)};

    rng_philox(counter, halves, out);
}

static uint64_t join(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

/* The middles of 2^52 equal parts of (0, 1), all exact in double. */
static double unit(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

uint64_t rng_bits(uint64_t key, uint64_t i)
{
    uint32_t w[4];

    words(key, i, FOR_BITS, 0, w);
    return join(w[0], w[1]);
}

double rng_uniform(uint64_t key, uint64_t i)
{
    return unit(rng_bits(key, i));
}

/* The normals at positions 2 i and 2 i + 1 (Box and Muller).  Seven digits do,
 * and take two thirds of the time of sixteen: a start makes one for each
 * weight. */
static void normal_pair(uint64_t key, uint64_t i, double out[2])
{
    uint32_t w[4];
    float radius, angle;

    words(key, i, FOR_NORMAL, 0, w);
    radius = sqrtf(-2 * logf((float)unit(join(w[0], w[1]))));
    angle = (float)(2 * M_PI * unit(join(w[2], w[3])));
    out[0] = (double)(radius * cosf(angle));
    out[1] = (double)(radius * sinf(angle));
}

double rng_normal(uint64_t key, uint64_t i)
{
    double pair[2];

    normal_pair(key, i / 2, pair);
    return pair[i % 2];
}

void rng_normals(uint64_t key, uint64_t first, long n, double *out)
{
    long i = 0;

    if (n > 0 && first % 2)
        out[i++] = rng_normal(key, first);
    for (; i + 1 < n; i += 2)
        normal_pair(key, (first + (uint64_t)i) / 2, out + i);
    if (i < n)
        out[i] = rng_normal(key, first + (uint64_t)i);
}

uint64_t rng_permute(uint64_t key, uint64_t i, uint64_t n)
{
    int half = 0;

    while (half < 31 && (uint64_t)1 << 2 * half < n)
        half++;

    const uint32_t mask = ((uint32_t)1 << half) - 1;

    do {
        uint32_t left = (uint32_t)(i >> half), right = (uint32_t)i & mask;

        for (uint32_t round = 0; round < FEISTEL_ROUNDS; round++) {
            uint32_t w[4], next;

            words(key, right, FOR_PERMUTATION, round, w);
            next = left ^ (w[0] & mask);
            left = right;
            right = next;
        }
        i = (uint64_t)left << half | right;
    } while (i >= n);
    return i;
}
