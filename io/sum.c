#include "io/sum.h"

#include <assert.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "files are little-endian and read without conversion");

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t word_at(const unsigned char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

uint64_t sum_bytes(const void *p, size_t n, uint64_t position)
{
    const unsigned char *at = p;
    uint64_t key = (position / 8 + 1) * GOLDEN;
    uint64_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    size_t i = 0;

    assert(position % 8 == 0);
    /* Four sums in flight hide the latency of the multiplications. */
    for (; i + 32 <= n; i += 32, key += 4 * GOLDEN) {
        s0 += mix(word_at(at + i) ^ key);
        s1 += mix(word_at(at + i + 8) ^ (key + GOLDEN));
        s2 += mix(word_at(at + i + 16) ^ (key + 2 * GOLDEN));
        s3 += mix(word_at(at + i + 24) ^ (key + 3 * GOLDEN));
    }
    for (; i + 8 <= n; i += 8, key += GOLDEN)
        s0 += mix(word_at(at + i) ^ key);
    if (i < n) {
        uint64_t w = 0;

        memcpy(&w, at + i, n - i);
        s0 += mix(w ^ key);
    }
    return s0 + s1 + s2 + s3;
}
