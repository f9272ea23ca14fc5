#include "io/text/words.h"

#include <stdlib.h>

#include "kernels/base/memory.h"

/* Lines begin as the word of no bytes, which nobody asks for. */
void words_init(struct words *w)
{
    size_t size = sizeof *w->line, bytes = size << WORDS_BITS;
    uintptr_t at;

    w->memory = memory_take(bytes + size, 1, "bytes of the words met lately");
    at = (uintptr_t)w->memory;
    w->line = (struct words_line *)(at + size - at % size);
}

void words_free(struct words *w)
{
    free(w->memory);
    *w = (struct words){0};
}
