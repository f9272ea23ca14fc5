#include "io/text/words.h"

#include <stdlib.h>

#include "kernels/base/check.h"

/* Lines begin as the word of no bytes, which nobody asks for. */
void words_init(struct words *w)
{
    size_t size = sizeof *w->line, bytes = size << WORDS_BITS;
    uintptr_t at;

    w->memory = calloc(1, bytes + size);
    CHECK(w->memory, "no %zu bytes for the words met lately", bytes);
    at = (uintptr_t)w->memory;
    w->line = (struct words_line *)(at + size - at % size);
}

void words_free(struct words *w)
{
    free(w->memory);
    *w = (struct words){0};
}
