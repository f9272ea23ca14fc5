#ifndef SRC_SYNTH_SENTENCE_H
#define SRC_SYNTH_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

#include "io/shards/shard.h"
#include "io/text/symbols.h"

/* One sample of a synthetic skill.  The text is the truth; its tokens are what
 * the symbols of the vocabulary make of it. */
enum { SENTENCE_BYTES = 512 }; /* 26 variables of LEGO need 372 */

struct sentence {
    char text[SENTENCE_BYTES];
    size_t bytes;  /* of the text */
    size_t answer; /* byte at which the answer begins, with its blank */
};

void sentence_add(struct sentence *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Ids of the text, at most SENTENCE_BYTES, and where the answer, one token,
 * is among them.  Returns their number. */
long sentence_cut(const struct sentence *s, const struct symbols *symbols,
                  uint16_t *ids, struct shard_answer *answer);

#endif
