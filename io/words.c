#include "io/words.h"

#include <stdlib.h>

#include "kernels/check.h"

/* Lines begin as the word of no bytes, which nobody asks for. */
void words_init(struct words *w)
{
    size_t bytes = sizeof *w->line << WORDS_BITS;

    w->line = aligned_alloc(sizeof *w->line, bytes);
    CHECK(w->line, "no %zu bytes for the words met lately", bytes);
    memset(w->line, 0, bytes);
}

void words_free(struct words *w)
{
    free(w->line);
    *w = (struct words){0};
}
