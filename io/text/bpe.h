#ifndef IO_TEXT_BPE_H
#define IO_TEXT_BPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/text/merges.h"
#include "io/text/vocabulary.h"
#include "io/text/words.h"

/* Byte-pair encoding of one word: its characters, or bytes, are ids at first,
 * which are merged.  What has no id is written as the ids of its bytes
 * (byte_fallback), else as the unknown token, else left out. */
struct bpe {
    struct vocabulary vocabulary;
    struct merges merges;
    int32_t unit[256]; /* of a byte, or an ASCII character; -1: none */
    int32_t byte[256]; /* the ids that spell a byte as <0x00> */
    int32_t unknown;   /* -1: none */
    bool is_byte_level;
    bool spells_bytes;  /* byte_fallback */
    bool fuses_unknown; /* a run of them is one token */
    /* Bits of two bytes, the last of a character and the first of the next: a
     * merge may join them.  NULL: not known. */
    unsigned char *joint;
    bool takes_whole_words; /* ignore_merges: a word of it is one id */
    struct words words;
};

void bpe_free(struct bpe *b);

/* Notes that a merge joins two texts, and forgets what was noted. */
void bpe_join(struct bpe *b, char last, char first);
void bpe_forget_joints(struct bpe *b);

/* Writes the ids of a word to `to`, which has room for as many as it has
 * bytes, and WORDS_MOST_IDS more.  BYTES_BEHIND bytes after it may be read.
 * How many ids. */
long bpe_encode(struct bpe *b, const char *word, size_t n, int32_t *to);

#endif
