#include "tests/lib/bits.h"

#include <stdlib.h>
#include <string.h>

bool bits_same(struct group *g, const wide *x, long n)
{
    size_t bytes = (size_t)n * sizeof *x;
    wide *first = malloc(bytes);
    bool differs;

    memcpy(first, x, bytes);
    group_broadcast(g, first, bytes);
    differs = memcmp(first, x, bytes) != 0;
    free(first);
    return !group_any(g, differs);
}
