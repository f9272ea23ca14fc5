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

/* Adds n numbers of a type; the key of the first is given.  A copy of `width`
 * bytes would do the same for all types, but compilers then make no vector
 * code. */
#define SUM_OF(type)                                                          \
    static uint64_t sum_of_##type(const unsigned char *at, size_t n,          \
                                  uint64_t key)                               \
    {                                                                         \
        uint64_t sum = 0;                                                     \
                                                                              \
        for (size_t i = 0; i < n; i++, key += GOLDEN) {                       \
            type w;                                                           \
                                                                              \
            memcpy(&w, at + i * sizeof w, sizeof w);                          \
            sum += mix(w ^ key);                                              \
        }                                                                     \
        return sum;                                                           \
    }

SUM_OF(uint8_t)
SUM_OF(uint16_t)
SUM_OF(uint32_t)
SUM_OF(uint64_t)

static uint64_t key_of(uint64_t word)
{
    return (word + 1) * GOLDEN;
}

uint64_t sum_bytes(const void *p, size_t n, uint64_t position)
{
    size_t words = n / 8, rest = n % 8;
    uint64_t sum = sum_of_uint64_t(p, words, key_of(position / 8)), last = 0;

    assert(position % 8 == 0);
    if (rest == 0)
        return sum;
    memcpy(&last, (const unsigned char *)p + 8 * words, rest);
    return sum + mix(last ^ key_of(position / 8 + words));
}

uint64_t sum_numbers(const void *p, size_t n, size_t width, uint64_t first)
{
    uint64_t key = key_of(first);

    switch (width) {
    case 1:
        return sum_of_uint8_t(p, n, key);
    case 2:
        return sum_of_uint16_t(p, n, key);
    case 4:
        return sum_of_uint32_t(p, n, key);
    default:
        assert(width == 8);
        return sum_of_uint64_t(p, n, key);
    }
}
