#ifndef TESTS_LIB_TOKENIZER_FILES_H
#define TESTS_LIB_TOKENIZER_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "io/text/tokenizer.h"

/* The small tokenizers of tests/golden, by name. */
struct tokenizer tokenizer_files_open(const char *kind);

/* The file's bytes, malloc'd. */
char *tokenizer_files_read(const char *kind, size_t *n);

/* A text of n bytes or a little more, of characters of all planes. */
size_t tokenizer_files_text(char *to, size_t n, uint64_t seed);

#endif
