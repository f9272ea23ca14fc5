/* Merging is what its definition says, whatever the length, and of a text
 * without blanks it takes n log n.    ranks: 1 */
#include "io/text/merges.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "tests/lib/tap.h"

enum { LETTERS = 4, IDS = 120, LONGEST = 700, LONG_TEXT = 4000000 };

/* Each id from LETTERS on is a pair of earlier ones; ranks are in another
 * order than ids. */
struct made {
    struct merges m;
    int32_t left[IDS], right[IDS];
    uint32_t rank[IDS];
};

static void make(struct made *x, uint64_t seed)
{
    merges_init(&x->m, IDS);
    for (int id = LETTERS; id < IDS; id++) {
        uint64_t bits = rng_bits(seed, (uint64_t)id);

        x->left[id] = (int32_t)(bits % (uint64_t)id);
        x->right[id] = (int32_t)((bits >> 32) % (uint64_t)id);
        x->rank[id] = (uint32_t)(id * 7 % IDS);
        merges_set(&x->m, x->left[id], x->right[id], x->rank[id], id);
    }
}

/* The rank of a pair, or UINT32_MAX: of a pair set twice the last one
 * counts. */
static uint32_t rank_of(const struct made *x, int32_t left, int32_t right,
                        int32_t *id)
{
    for (*id = IDS - 1; *id >= LETTERS; --*id)
        if (x->left[*id] == left && x->right[*id] == right)
            return x->rank[*id];
    return UINT32_MAX;
}

static long merge_plainly(const struct made *x, int32_t *id, long n)
{
    for (;;) {
        uint32_t best = UINT32_MAX;
        int32_t becomes = -1, other;
        long at = 0;

        for (long i = 0; i + 1 < n; i++) {
            uint32_t rank = rank_of(x, id[i], id[i + 1], &other);

            if (rank < best) {
                best = rank;
                at = i;
                becomes = other;
            }
        }
        if (best == UINT32_MAX)
            return n;
        id[at] = becomes;
        memmove(id + at + 1, id + at + 2, (size_t)(n - at - 2) * sizeof *id);
        n--;
    }
}

static void test_definition(void)
{
    static int32_t got[LONGEST], want[LONGEST];
    long wrong = 0, merged = 0;

    for (uint64_t seed = 0; seed < 25; seed++) {
        struct made x;

        make(&x, seed);
        for (long n = 0; n < LONGEST; n += n < 100 ? 1 : 97) {
            long left;

            for (long i = 0; i < n; i++)
                got[i] = want[i] =
                    (int32_t)(rng_bits(seed + 1000, (uint64_t)(n * n + i)) %
                              LETTERS);
            left = merge_plainly(&x, want, n);
            merged += left < n;
            wrong += merges_apply(&x.m, got, n) != left ||
                     memcmp(got, want, (size_t)left * sizeof *got) != 0;
        }
        merges_free(&x.m);
    }
    ok(wrong == 0 && merged > 500,
       "of %ld texts that merge %ld do so otherwise than defined", merged,
       wrong);
}

/* Quadratic merging would outlast the test. */
static void test_long(void)
{
    struct made x;
    int32_t *id = malloc(LONG_TEXT * sizeof *id);
    long left;

    CHECK(id, "no memory");
    make(&x, 5);
    for (long i = 0; i < LONG_TEXT; i++)
        id[i] = (int32_t)(rng_bits(9, (uint64_t)i) % LETTERS);
    left = merges_apply(&x.m, id, LONG_TEXT);
    ok(left > LONG_TEXT / 20 && left < LONG_TEXT,
       "four million letters without a blank become %ld ids", left);
    free(id);
    merges_free(&x.m);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    test_definition();
    test_long();
    tap_done();
    world_stop();
    return 0;
}
