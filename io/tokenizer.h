#ifndef IO_TOKENIZER_H
#define IO_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/problem.h"

/* From text to token ids.
 *
 * "bytes" has the 256 bytes as ids 0 to 255 and end-of-text 256: every text has
 * an encoding, and nothing is trained. */
struct tokenizer {
    char name[256];
    char sha256[65]; /* of its file; empty for "bytes" */
    long vocabulary_size;
    long end_of_text, begin_of_text; /* -1: none */
};

/* Ids of one text or more, one after another; memory grows as needed and is
 * kept when n is set back to 0. */
struct tokenizer_ids {
    int32_t *at;
    long n, room;
};

struct problem tokenizer_open(struct tokenizer *t, const char *name);

/* Adds to ids.  The text may hold zeros. */
void tokenizer_encode(const struct tokenizer *t, const char *text, size_t n,
                      struct tokenizer_ids *ids);
void tokenizer_ids_free(struct tokenizer_ids *ids);

#endif
