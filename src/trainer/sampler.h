#ifndef SRC_TRAINER_SAMPLER_H
#define SRC_TRAINER_SAMPLER_H

#include <stdint.h>

#include "io/checkpoint/arrays.h"
#include "src/skills/names.h"

/* The order of the training data, without an index.
 *
 * In a round, sample j of `samples` goes to slot permute(j); the slot's place
 * among the counts by skill gives the skill; the skill's cursor and the place
 * give the ordinal, how many of the skill's windows were drawn before; and
 * another permutation, one per epoch, gives the window.  So the order is a
 * function of the seed, the skills' names, the counts of all rounds so far and
 * j alone: it does not depend on ranks, and starting costs nothing however
 * large the corpus. */
struct sampler {
    int k;
    uint64_t seed;
    const int64_t *windows;    /* [k] in each skill, not owned */
    const struct names *names; /* of the skills, not owned */
    int64_t round, samples;    /* of the round */
    int64_t *cursor;           /* [k] windows drawn before this round */
    int64_t *count;            /* [k] windows of this round */
    int64_t *before;           /* [k] windows of the round of skills before */
};

void sampler_init(struct sampler *s, const struct names *names,
                  const int64_t *windows, uint64_t seed);
void sampler_free(struct sampler *s);

/* The next round, of these counts (copied). */
void sampler_advance(struct sampler *s, const int64_t *counts);

/* Its state, to be saved or restored; sampler_resume then takes up the round
 * that is in it. */
void sampler_state(struct sampler *s, struct arrays *a);
void sampler_resume(struct sampler *s);

/* Skill and window of sample j of the round. */
struct sampler_draw {
    int skill;
    int64_t window;
};

struct sampler_draw sampler_draw(const struct sampler *s, int64_t j);

#endif
