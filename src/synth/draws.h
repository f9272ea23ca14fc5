#ifndef SRC_SYNTH_DRAWS_H
#define SRC_SYNTH_DRAWS_H

#include <stdint.h>

/* What chance decides in one candidate for a sample: numbers that depend on
 * the seed, the generator, the skill and the number of the candidate alone,
 * drawn one after another. */
struct draws {
    uint64_t key, next;
};

struct draws draws_begin(long seed, const char *generator, int skill,
                         uint64_t candidate);

/* Uniform in 0 ... below - 1. */
int draws_next(struct draws *d, int below);

/* x[i] = i for i < n, then its first k elements get a uniformly random choice
 * of the n in random order. */
void draws_choose(struct draws *d, int k, int n, int *x);

#endif
