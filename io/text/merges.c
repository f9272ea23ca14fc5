#include "io/text/merges.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

/* Up to so many ids it is quickest to look at all pairs again after each
 * merge. */
enum { FEW = 48 };

/* For more: ids in a list, pairs in a heap. */
struct merges_room {
    uint32_t *before, *behind; /* neighbours of an id that is left */
    uint32_t *rank;            /* of the pair that begins here */
    uint64_t *heap;            /* rank << 32 | place; the least on top */
    long n;                    /* ids that there is room for */
    long pairs;                /* in the heap */
};

void merges_init(struct merges *m, long n)
{
    int bits = 4;

    while (((size_t)1 << bits) < 2 * (size_t)n)
        bits++;
    *m = (struct merges){.slots = (size_t)1 << bits, .shift = 64 - bits};
    m->slot = memory_take(m->slots, sizeof *m->slot, "merges");
    m->room = memory_take(1, sizeof *m->room, "rooms to merge in");
    for (size_t i = 0; i < m->slots; i++)
        m->slot[i] = (struct merge){UINT64_MAX, MERGES_NONE, -1};
}

static void free_room(struct merges_room *r)
{
    free(r->before);
    free(r->behind);
    free(r->rank);
    free(r->heap);
    *r = (struct merges_room){0};
}

void merges_free(struct merges *m)
{
    if (m->room)
        free_room(m->room);
    free(m->room);
    free(m->slot);
    *m = (struct merges){0};
}

/* The slot of a pair, or a free one, whose rank is MERGES_NONE. */
static inline struct merge *find(const struct merges *m, int32_t left,
                                 int32_t right)
{
    uint64_t pair = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    size_t i = (size_t)(pair * UINT64_C(0x9e3779b97f4a7c15) >> m->shift);

    while (m->slot[i].pair != pair && m->slot[i].rank != MERGES_NONE)
        i = (i + 1) & (m->slots - 1);
    return &m->slot[i];
}

void merges_set(struct merges *m, int32_t left, int32_t right, uint32_t rank,
                int32_t id)
{
    *find(m, left, right) = (struct merge){
        (uint64_t)(uint32_t)left << 32 | (uint32_t)right, rank, id};
}

static long apply_to_few(const struct merges *m, int32_t *id, long n)
{
    uint32_t rank[FEW];

    for (long i = 0; i + 1 < n; i++)
        rank[i] = find(m, id[i], id[i + 1])->rank;
    while (n > 1) {
        uint32_t least = MERGES_NONE;
        long best = 0, behind;

        for (long i = 0; i < n - 1; i++)
            least = rank[i] < least ? rank[i] : least;
        if (least == MERGES_NONE)
            break;
        while (rank[best] != least)
            best++;
        behind = --n - best - 1;
        id[best] = find(m, id[best], id[best + 1])->id;
        memmove(id + best + 1, id + best + 2, (size_t)behind * sizeof *id);
        memmove(rank + best, rank + best + 1, (size_t)behind * sizeof *rank);
        if (best > 0)
            rank[best - 1] = find(m, id[best - 1], id[best])->rank;
        if (behind > 0)
            rank[best] = find(m, id[best], id[best + 1])->rank;
    }
    return n;
}

static void make_room(struct merges_room *r, long n)
{
    if (n <= r->n)
        return;
    free_room(r);
    r->n = n;
    r->before =
        memory_grow(NULL, (size_t)n, sizeof *r->before, "symbols of a word");
    r->behind =
        memory_grow(NULL, (size_t)n, sizeof *r->behind, "symbols of a word");
    r->rank =
        memory_grow(NULL, (size_t)n, sizeof *r->rank, "symbols of a word");
    /* A merge takes one pair away and adds two. */
    r->heap =
        memory_grow(NULL, 2 * (size_t)n, sizeof *r->heap, "merges of a word");
}

static void sink(uint64_t *heap, long n, long i)
{
    uint64_t x = heap[i];

    for (long child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= x)
            break;
        heap[i] = heap[child];
    }
    heap[i] = x;
}

static void push(struct merges_room *r, uint64_t x)
{
    long i = r->pairs++;

    for (; i > 0 && r->heap[(i - 1) / 2] > x; i = (i - 1) / 2)
        r->heap[i] = r->heap[(i - 1) / 2];
    r->heap[i] = x;
}

static uint64_t pop(struct merges_room *r)
{
    uint64_t x = r->heap[0];

    r->heap[0] = r->heap[--r->pairs];
    sink(r->heap, r->pairs, 0);
    return x;
}

static void look(const struct merges *m, const int32_t *id, uint32_t at,
                 uint32_t behind)
{
    struct merges_room *r = m->room;

    r->rank[at] = find(m, id[at], id[behind])->rank;
    if (r->rank[at] != MERGES_NONE)
        push(r, (uint64_t)r->rank[at] << 32 | at);
}

static void fill_heap(const struct merges *m, const int32_t *id, uint32_t n)
{
    struct merges_room *r = m->room;

    r->pairs = 0;
    for (uint32_t i = 0; i < n; i++) {
        r->before[i] = i - 1;
        r->behind[i] = i + 1;
        r->rank[i] = i + 1 < n ? find(m, id[i], id[i + 1])->rank : MERGES_NONE;
        if (r->rank[i] != MERGES_NONE)
            r->heap[r->pairs++] = (uint64_t)r->rank[i] << 32 | i;
    }
    for (long i = r->pairs / 2 - 1; i >= 0; i--)
        sink(r->heap, r->pairs, i);
}

static long apply_to_many(const struct merges *m, int32_t *id, uint32_t n)
{
    struct merges_room *r = m->room;
    long left = 0;

    make_room(r, n);
    fill_heap(m, id, n);
    while (r->pairs > 0) {
        uint64_t top = pop(r);
        uint32_t at = (uint32_t)top, gone = r->behind[at];

        if (r->rank[at] != top >> 32)
            continue; /* one of the pair has been merged since */
        id[at] = find(m, id[at], id[gone])->id;
        r->behind[at] = r->behind[gone];
        r->rank[gone] = r->rank[at] = MERGES_NONE;
        if (r->behind[at] < n) {
            r->before[r->behind[at]] = at;
            look(m, id, at, r->behind[at]);
        }
        if (at > 0)
            look(m, id, r->before[at], at);
    }
    for (uint32_t i = 0; i < n; i = r->behind[i])
        id[left++] = id[i];
    return left;
}

long merges_apply(const struct merges *m, int32_t *id, long n)
{
    return n <= FEW ? apply_to_few(m, id, n)
                    : apply_to_many(m, id, (uint32_t)n);
}
