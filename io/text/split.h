#ifndef IO_TEXT_SPLIT_H
#define IO_TEXT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/* How a text is cut into the pieces that are encoded one by one: by hand what
 * the regular expressions of known tokenizers do. */
enum split_kind {
    SPLIT_NOT,
    SPLIT_GPT2,
    SPLIT_TIKTOKEN, /* Llama 3, Qwen 2 */
    SPLIT_DIGITS,
    SPLIT_MARK, /* before each mark */
};

struct split {
    enum split_kind kind;
    long digits; /* of a piece at most, with SPLIT_TIKTOKEN, SPLIT_DIGITS */
    char mark[5];
};

/* The split by a regular expression; false if it is none of the known. */
bool split_find(struct split *s, const char *regex);

/* Bytes of the first piece of n > 0 bytes of well-formed text. */
size_t split_first(const struct split *s, const char *at, size_t n);

#endif
