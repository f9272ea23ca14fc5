#ifndef IO_TOKENIZER_H
#define IO_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/problem.h"

/* From text to token ids and back.
 *
 * "lego" and "addition" have the closed vocabularies of the synthetic skills
 * (io/symbols.h): ids are the places of their symbols, and there is neither end
 * nor begin of text.
 *
 * "bytes" has the 256 bytes as ids 0 to 255 and end-of-text 256: every text has
 * an encoding, and nothing is trained. */
struct tokenizer {
    char name[256];
    char sha256[65]; /* of its file; empty where there is none */
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

/* Adds to ids.  The text may hold zeros.  Not for a closed vocabulary, which
 * has no symbols for most texts. */
void tokenizer_encode(const struct tokenizer *t, const char *text, size_t n,
                      struct tokenizer_ids *ids);
/* The text of n ids, malloc'd and ended by a 0 that does not count; `bytes` is
 * its length.  End and begin of text are "".  An id outside the vocabulary is a
 * problem, and *text is NULL. */
struct problem tokenizer_decode(const struct tokenizer *t, const int32_t *ids,
                                long n, char **text, size_t *bytes);
void tokenizer_ids_free(struct tokenizer_ids *ids);

#endif
