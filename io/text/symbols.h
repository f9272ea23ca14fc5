#ifndef IO_TEXT_SYMBOLS_H
#define IO_TEXT_SYMBOLS_H

#include <stddef.h>

/* The closed vocabularies of the synthetic skills: symbols are pieces of text,
 * as GPT-2's tokenizer cuts these sentences, with their blank in front, so
 * that a sentence has as many tokens as in the paper and its answer the same
 * place (specification, section 4). */
struct symbols {
    const char *name; /* "lego", "addition" */
    const char *const *text;
    int n;
};

/* NULL where there is none of the name. */
const struct symbols *symbols_find(const char *name);

/* The longest symbol that the n bytes begin with, or -1. */
int symbols_match(const struct symbols *s, const char *text, size_t n);

#endif
