#ifndef IO_TEXT_TOKENIZER_H
#define IO_TEXT_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/base/problem.h"

/* From text to token ids and back.
 *
 * "lego" and "addition" have the closed vocabularies of the synthetic skills
 * (io/text/symbols.h): ids are the places of their symbols, and there is
 * neither end nor begin of text.
 *
 * "bytes" has the 256 bytes as ids 0 to 255 and end-of-text 256: every text
 * has an encoding, and nothing is trained.
 *
 * Any other name is that of a tokenizer.json (byte-pair encoding), or of the
 * directory that holds it.  Ids are those of Hugging Face's library without
 * the special tokens that it may put around a text; special tokens that are
 * in a text become their ids there too. */
struct tokenizer {
    char name[256];
    char sha256[65]; /* of its file; empty where there is none */
    long vocabulary_size;
    long end_of_text;            /* -1: none */
    long begin_of_text;          /* -1: none is put before a text */
    struct tokenizer_file *file; /* NULL where there is none */
};

/* Ids of one text or more, one after another; memory grows as needed and is
 * kept when n is set back to 0. */
struct tokenizer_ids {
    int32_t *at;
    long n, room;
};

struct problem tokenizer_open(struct tokenizer *t, const char *name);
void tokenizer_close(struct tokenizer *t);

/* Adds to ids, and nothing if the text is not UTF-8 where the tokenizer has a
 * file.  The text may hold zeros.  Not for a closed vocabulary, which has no
 * symbols for most texts.  A tokenizer serves one thread. */
struct problem tokenizer_encode(const struct tokenizer *t, const char *text,
                                size_t n, struct tokenizer_ids *ids);

/* A problem, which is that of decoding, where its file does not say how ids
 * become text. */
struct problem tokenizer_check_decoder(const struct tokenizer *t);

/* The text of n ids, malloc'd and ended by a 0 that does not count; `bytes` is
 * its length.  Without a file, end and begin of text are "".  An id outside
 * the vocabulary is a problem, and *text is NULL. */
struct problem tokenizer_decode(const struct tokenizer *t, const int32_t *ids,
                                long n, char **text, size_t *bytes);

/* The same id by id, for text that grows: set t and start with has_begun
 * false.  What one id gives may end within a character; it belongs to the
 * tokenizer and is valid until the next call. */
struct tokenizer_decoder {
    const struct tokenizer *t;
    bool has_begun;
    char byte;
};

struct problem tokenizer_decode_next(struct tokenizer_decoder *d, int32_t id,
                                     const char **text, size_t *n);

/* Room for n more ids. */
void tokenizer_ids_make_room(struct tokenizer_ids *ids, long n);
void tokenizer_ids_free(struct tokenizer_ids *ids);

#endif
