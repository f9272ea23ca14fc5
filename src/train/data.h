#ifndef SRC_TRAIN_DATA_H
#define SRC_TRAIN_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "mpi/group.h"
#include "src/settings.h"
#include "src/skills/names.h"

/* The skills of a run and their windows.
 *
 * The documents of a skill, joined, are one stream; window w of a stream is its
 * tokens [w L, w L + L) with L = train.sequence_length, and its targets are the
 * tokens one further on.  Training skills are read from the train split,
 * evaluation skills from the validation split.
 *
 * Without data.directory the tokens are random (for tests and benchmarks):
 * training skill number i draws from the first 1/(i+1) of the vocabulary, so
 * that skills differ in what there is to learn. */
struct data_split {
    struct names skills;
    int64_t *windows;       /* [skills] how many each has */
    struct corpus *corpora; /* [skills], NULL if synthetic */
};

struct data {
    struct data_split train, validation;
    long length, vocabulary;
    uint64_t seed;
};

/* Refuses what does not fit together: shards of different tokenizers, unknown
 * skills, a skill without a window, ids beyond model.vocabulary.  Collective
 * over g. */
void data_open(struct data *d, const struct settings *s, struct group *g);
void data_close(struct data *d);

/* The length + 1 tokens of a window of one of d's splits: tokens[t + 1] is the
 * target of tokens[t].  Stops the job if the file can't be read or its sums do
 * not fit. */
void data_read(const struct data *d, const struct data_split *split, int skill,
               int64_t window, int32_t *tokens);

#endif
