#ifndef TESTS_LIB_TOKENIZER_FILES_H
#define TESTS_LIB_TOKENIZER_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/text/tokenizer.h"
#include "io/utf8.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"

/* The small tokenizers of tests/golden. */
static inline void tokenizer_path(char path[1024], const char *kind)
{
    const char *root = getenv("top_srcdir");

    snprintf(path, 1024, "%s/tests/golden/tokenizers/%s.json",
             root ? root : ".", kind);
}

static inline struct tokenizer tokenizer_kept(const char *kind)
{
    struct tokenizer t;
    char path[1024];
    struct problem p;

    tokenizer_path(path, kind);
    p = tokenizer_open(&t, path);
    CHECK(!is_problem(&p), "%s", p.text);
    return t;
}

/* The file's bytes, malloc'd. */
static inline char *tokenizer_json(const char *kind, size_t *n)
{
    char path[1024], *json;
    struct problem p;

    tokenizer_path(path, kind);
    p = file_read(path, &json, n);
    CHECK(!is_problem(&p), "%s", p.text);
    return json;
}

/* A text of n bytes or a little more, of characters of all planes. */
static inline size_t tokenizer_any_text(char *to, size_t n, uint64_t seed)
{
    size_t bytes = 0;

    for (uint64_t i = 0; bytes < n; i++) {
        uint64_t bits = rng_bits(seed, i);
        uint32_t code = (uint32_t)(bits >> 32) % (bits % 4 == 0   ? 0x110000u
                                                  : bits % 4 == 1 ? 0x3000u
                                                                  : 0x80u);

        if (code >> 11 != 0x1b)
            bytes += utf8_write(code, to + bytes);
    }
    return bytes;
}

#endif
