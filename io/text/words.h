#ifndef IO_TEXT_WORDS_H
#define IO_TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The encodings of words met lately.  Each word has one line, which the last
 * one that fell on it holds; long words and encodings are not kept. */
enum { WORDS_LONGEST = 31, WORDS_MOST_IDS = 7 };

struct words_key {
    uint64_t part[4]; /* the bytes, zeros, and their number in the last byte */
};

struct words_line {
    struct words_key key;
    int32_t id[WORDS_MOST_IDS];
    int32_t n;
};

struct words {
    struct words_line *line; /* at multiples of their size, in memory */
    void *memory;
};

void words_init(struct words *w);
void words_free(struct words *w);

/* Their number, and so the bits of a hash that count. */
enum { WORDS_BITS = 16 };

/* The first n bytes of eight; all if there are more. */
static inline uint64_t words_part(const char *at, size_t n)
{
    uint64_t part;

    memcpy(&part, at, sizeof part);
    return n >= 8 ? part : n == 0 ? 0 : part & UINT64_MAX >> (64 - 8 * n);
}

/* Of n <= WORDS_LONGEST bytes; 32 may be read.  Little-endian. */
static inline struct words_key words_key(const char *at, size_t n)
{
    struct words_key k = {{words_part(at, n), 0, 0, (uint64_t)n << 56}};

    if (n > 8)
        k.part[1] = words_part(at + 8, n - 8);
    if (n > 16)
        k.part[2] = words_part(at + 16, n - 16);
    if (n > 24)
        k.part[3] |= words_part(at + 24, n - 24);
    return k;
}

/* The line that a word has, or would have, by its key. */
static inline struct words_line *words_find(const struct words *w,
                                            const struct words_key *k)
{
    uint64_t h = k->part[0] * UINT64_C(0x9e3779b97f4a7c15) +
                 k->part[1] * UINT64_C(0xd6e8feb86659fd93) +
                 k->part[2] * UINT64_C(0xa0761d6478bd642f) +
                 k->part[3] * UINT64_C(0xe7037ed1a0b428db);

    h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return &w->line[h >> (64 - WORDS_BITS)];
}

static inline bool words_same(const struct words_key *a,
                              const struct words_key *b)
{
    return a->part[0] == b->part[0] && a->part[3] == b->part[3] &&
           a->part[1] == b->part[1] && a->part[2] == b->part[2];
}

#endif
