#ifndef SRC_SYNTH_SAMPLES_H
#define SRC_SYNTH_SAMPLES_H

#include <stdint.h>

#include "io/shards/split.h"
#include "kernels/base/problem.h"
#include "src/settings.h"
#include "src/synth/generator.h"
#include "src/synth/sentence.h"

/* The samples of one skill.  Its splits, validation, test and train in this
 * order, take the candidates in the order of their numbers, so every sample is
 * a function of the settings.  No sentence appears in two splits of a skill;
 * in one split it appears once, unless the generator may repeat it, as the
 * authors' programs have it.
 *
 * A sentence whose 62-bit hash another one has is taken for it and passed
 * over, which does no harm. */
struct samples {
    const struct generator *generator;
    const struct settings *settings;
    int skill;
    uint64_t candidate; /* the next one */
    uint64_t *seen;     /* [slots] hash and split of a sentence, or 0 */
    uint64_t slots;
};

/* A problem if the settings ask for more than half of the sentences that there
 * are: the last ones would be long in coming, or never come. */
struct problem samples_check(const struct generator *g,
                             const struct settings *s);

void samples_init(struct samples *x, const struct generator *g,
                  const struct settings *s, int skill);
void samples_free(struct samples *x);

/* The next sample of a split (io/shards/corpus_files.h). */
void samples_next(struct samples *x, enum split split, struct sentence *out);

#endif
