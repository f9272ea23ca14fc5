#ifndef IO_TEXT_MERGES_H
#define IO_TEXT_MERGES_H

#include <stddef.h>
#include <stdint.h>

/* The merges of byte-pair encoding: a pair of ids becomes one id, the pair of
 * the lowest rank first, of equal pairs the leftmost, until none is left. */
struct merge {
    uint64_t pair;
    uint32_t rank; /* MERGES_NONE: no such pair */
    int32_t id;    /* what the pair becomes */
};

struct merges {
    struct merge *slot; /* [slots] by the hash of the pair */
    size_t slots;       /* a power of 2 */
    int shift;          /* of a hash, to its slot */
    struct merges_room *room;
};

#define MERGES_NONE UINT32_MAX

void merges_init(struct merges *m, long n);
void merges_free(struct merges *m);

/* Of a pair that is set twice the last one counts. */
void merges_set(struct merges *m, int32_t left, int32_t right, uint32_t rank,
                int32_t id);

/* Merges n ids in place; how many are left.  n log n. */
long merges_apply(const struct merges *m, int32_t *id, long n);

#endif
