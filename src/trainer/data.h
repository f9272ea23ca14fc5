#ifndef SRC_TRAINER_DATA_H
#define SRC_TRAINER_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "mpi/group.h"
#include "src/settings.h"
#include "src/skills/names.h"

/* The skills of a run and their windows, of L = train.sequence_length tokens.
 *
 * Layout "packed": the documents of a skill, joined, are one stream; window w
 * of a stream is its tokens [w L, w L + L), and its targets are the tokens one
 * further on.
 *
 * Layout "samples": window w is sample w.  Its first tokens are those of the
 * sample but the last one, its targets the tokens one further on; after them
 * is padding.
 *
 * Training skills are read from the train split, evaluation skills from the
 * validation split and, where evaluate.split names it, the test split.
 *
 * Without data.directory the tokens are random (for tests and benchmarks):
 * training skill number i draws from the first 1/(i+1) of the vocabulary, so
 * that skills differ in what there is to learn. */
struct data_split {
    const char *name;
    bool is_listed; /* in evaluate.split */
    struct names skills;
    int64_t *windows;       /* [skills] how many each has */
    struct corpus *corpora; /* [skills], NULL if synthetic */
};

struct data {
    struct data_split train, validation, test;
    long length, vocabulary;
    uint64_t seed;
    bool has_documents; /* data.mask=document */
    int32_t *stream;    /* [length + 1] room for data_read */
};

/* A problem, the same on all ranks, is what does not fit together: shards of
 * different tokenizers or layouts, unknown skills and splits, a skill without
 * a window, a sample longer than one, an answer to learn where there is none,
 * ids beyond model.vocabulary.  Nothing is left open after it.  Collective
 * over g. */
struct problem data_open(struct data *d, const struct settings *s,
                         struct group *g);
void data_close(struct data *d);

/* Whether the windows of a skill have answers. */
bool data_has_answers(const struct data_split *split, int skill);

/* What is in a window. */
struct data_row {
    long tokens;             /* the others are padding */
    long answer, answer_end; /* targets of its answer; equal: it has none */
};

/* Where a window is put, [length] each.  start, with data.mask=document alone:
 * where the document of each token starts in the window, 0 if before it.  The
 * target of a document's end-of-text is the first token of the next one, as
 * without the mask: so a window has the same targets either way, and the model
 * continues to learn how documents begin. */
struct data_window {
    int32_t *token;  /* 0 in the padding */
    int32_t *target; /* -1 there */
    int32_t *start;
};

/* A window of one of d's splits.  Stops the job if the file can't be read or
 * its sums do not fit. */
struct data_row data_read(struct data *d, const struct data_split *split,
                          int skill, int64_t window, struct data_window to);

#endif
