#ifndef IO_TEXT_PIECES_H
#define IO_TEXT_PIECES_H

#include <stdbool.h>
#include <stddef.h>

/* How a text is cut into the pieces that are encoded one by one: by hand what
 * the regular expressions of known tokenizers do. */
enum pieces_kind {
    PIECES_WHOLE,
    PIECES_GPT2,
    PIECES_TIKTOKEN, /* Llama 3, Qwen 2 */
    PIECES_DIGITS,
    PIECES_MARK, /* before each mark */
};

struct pieces {
    enum pieces_kind kind;
    long digits; /* of a piece at most, with PIECES_TIKTOKEN, PIECES_DIGITS */
    char mark[5];
};

/* As a regular expression cuts; false if it is none of the known. */
bool pieces_find(struct pieces *s, const char *regex);

/* Bytes of the first piece of n > 0 bytes of well-formed text. */
size_t pieces_first(const struct pieces *s, const char *at, size_t n);

#endif
