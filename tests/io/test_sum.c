/* The sum of a range finds damage and does not depend on how the range is cut
 * over ranks.    ranks: 1 2 4 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/sum.h"
#include "tests/lib/tap.h"

enum { BYTES = 4099 };

static uint64_t state = 1;

static uint64_t next(void)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return state >> 33;
}

/* The definition, word by word. */
static uint64_t plain(const unsigned char *p, size_t n)
{
    uint64_t sum = 0;

    for (size_t q = 0; q < n; q += 8) {
        uint64_t z = 0;

        for (size_t i = 0; i < 8 && q + i < n; i++)
            z |= (uint64_t)p[q + i] << (8 * i);
        z ^= (q / 8 + 1) * UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        sum += z ^ (z >> 31);
    }
    return sum;
}

static void check_definition(const unsigned char *p)
{
    long wrong = 0;

    for (size_t n = 0; n < 300; n++)
        wrong += sum_bytes(p, n, 0) != plain(p, n);
    ok(wrong == 0, "%ld of 300 lengths differ from the definition", wrong);
    /* Files outlive programs: the value is part of the format. */
    ok(sum_bytes("skillet", 7, 0) == UINT64_C(0x77fa9ddad261d05c),
       "the sum of a known text is %llx",
       (unsigned long long)sum_bytes("skillet", 7, 0));
}

static void check_flips(unsigned char *p)
{
    uint64_t whole = sum_bytes(p, BYTES, 0);
    long missed = 0;

    for (size_t bit = 0; bit < 8 * BYTES; bit++) {
        p[bit / 8] ^= (unsigned char)(1 << bit % 8);
        missed += sum_bytes(p, BYTES, 0) == whole;
        p[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ok(missed == 0, "%ld of %d flipped bits are missed", missed, 8 * BYTES);
}

static void check_swaps(unsigned char *p)
{
    uint64_t whole = sum_bytes(p, BYTES, 0);
    long missed = 0;

    for (int i = 0; i < 2000; i++) {
        unsigned char *a = p + next() % (BYTES / 8) * 8;
        unsigned char *b = p + next() % (BYTES / 8) * 8, word[8];

        if (a == b)
            continue;
        memcpy(word, a, 8), memcpy(a, b, 8), memcpy(b, word, 8);
        missed += sum_bytes(p, BYTES, 0) == whole;
        memcpy(word, a, 8), memcpy(a, b, 8), memcpy(b, word, 8);
    }
    ok(missed == 0, "%ld of 2000 swapped words are missed", missed);
}

static void check_cuts(const unsigned char *p)
{
    int size = group_size(group_world()), rank = group_rank(group_world());
    long wrong = 0;

    for (int trial = 0; trial < 50; trial++) {
        uint64_t sum = 0;
        size_t from = 0;

        for (int piece = 0; from < BYTES; piece++) {
            size_t n = 8 * (size_t)(1 + next() % 60);

            n = n < BYTES - from ? n : BYTES - from;
            if (piece % size == rank)
                sum += sum_bytes(p + from, n, from);
            from += n;
        }
        group_sum_counts(group_world(), (int64_t *)&sum, 1);
        wrong += sum != sum_bytes(p, BYTES, 0);
    }
    ok(wrong == 0, "%ld of 50 cuts over %d ranks change the sum", wrong, size);
}

/* Numbers of a width, each in a word of 8 bytes. */
static uint64_t widened(const unsigned char *p, size_t n, size_t width)
{
    uint64_t word[600] = {0};

    for (size_t i = 0; i < n; i++)
        memcpy(&word[i], p + i * width, width);
    return sum_bytes(word, 8 * n, 0);
}

static void check_numbers(unsigned char *p, size_t width)
{
    int size = group_size(group_world()), rank = group_rank(group_world());
    size_t numbers = 500, bytes = numbers * width;
    uint64_t whole = sum_numbers(p, numbers, width, 0);
    long wrong = 0, missed = 0;

    for (size_t n = 0; n < numbers; n++)
        wrong += sum_numbers(p, n, width, 0) != widened(p, n, width);
    ok(wrong == 0, "%ld of %zu arrays of %zu-byte numbers have another sum",
       wrong, numbers, width);
    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        p[bit / 8] ^= (unsigned char)(1 << bit % 8);
        missed += sum_numbers(p, numbers, width, 0) == whole;
        p[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ok(missed == 0, "%ld of %zu flipped bits are missed", missed, 8 * bytes);
    wrong = 0;
    for (int trial = 0; trial < 50; trial++) {
        uint64_t sum = 0;
        size_t from = 0;

        for (int piece = 0; from < numbers; piece++) {
            size_t n = next() % 40;

            n = n < numbers - from ? n : numbers - from;
            if (piece % size == rank)
                sum += sum_numbers(p + from * width, n, width, from);
            from += n;
        }
        group_sum_counts(group_world(), (int64_t *)&sum, 1);
        wrong += sum != whole;
    }
    ok(wrong == 0, "%ld of 50 cuts between numbers change the sum", wrong);
}

int main(int argc, char **argv)
{
    unsigned char *p = malloc(BYTES + 1);

    world_start(&argc, &argv);
    for (size_t i = 0; i < BYTES; i++)
        p[i] = (unsigned char)next();
    check_definition(p);
    check_definition(p + 1);
    check_flips(p);
    check_swaps(p);
    check_cuts(p);
    for (size_t width = 1; width <= 8; width *= 2)
        check_numbers(p + 1, width);
    tap_done();
    world_stop();
    free(p);
    return 0;
}
