#include "tests/lib/tokenizer_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/file.h"
#include "io/utf8.h"
#include "kernels/base/rng.h"
#include "tests/lib/place.h"

static void tokenizer_path(char path[1024], const char *kind)
{
    const char *root = getenv("top_srcdir");

    snprintf(path, 1024, "%s/tests/golden/tokenizers/%s.json",
             root ? root : ".", kind);
}

struct tokenizer tokenizer_files_open(const char *kind)
{
    struct tokenizer t;
    char path[1024];

    tokenizer_path(path, kind);
    settled(tokenizer_open(&t, path));
    return t;
}

char *tokenizer_files_read(const char *kind, size_t *n)
{
    char path[1024], *json;

    tokenizer_path(path, kind);
    settled(file_read(path, &json, n));
    return json;
}

size_t tokenizer_files_text(char *to, size_t n, uint64_t seed)
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
