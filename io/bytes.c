#include "io/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

void bytes_make_room(struct bytes *b, size_t more)
{
    size_t need = b->n + more + BYTES_BEHIND;

    if (need <= b->room)
        return;
    b->room = need + need / 2;
    b->at = memory_grow(b->at, b->room, 1, "bytes of text");
    memset(b->at + b->n, 0, b->room - b->n);
}

void bytes_add(struct bytes *b, const void *from, size_t n)
{
    bytes_make_room(b, n);
    memcpy(b->at + b->n, from, n);
    b->n += n;
    b->at[b->n] = '\0';
}

void bytes_free(struct bytes *b)
{
    free(b->at);
    *b = (struct bytes){0};
}
