#include "src/synth/draws.h"

#include "kernels/base/rng.h"

struct draws draws_begin(long seed, const char *generator, int skill,
                         uint64_t candidate)
{
    return (struct draws){
        rng_key((uint64_t)seed, generator, (uint64_t)skill, candidate), 0};
}

/* 2^64 is no multiple of `below`: some values are more frequent by a factor of
 * 1 + 2^-54 at most. */
int draws_next(struct draws *d, int below)
{
    return (int)(rng_bits(d->key, d->next++) % (uint64_t)below);
}

void draws_choose(struct draws *d, int k, int n, int *x)
{
    for (int i = 0; i < n; i++)
        x[i] = i;
    for (int i = 0; i < k; i++) {
        int j = i + draws_next(d, n - i), kept = x[i];

        x[i] = x[j];
        x[j] = kept;
    }
}
