#ifndef TESTS_LIB_BITS_H
#define TESTS_LIB_BITS_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/real.h"
#include "mpi/group.h"

/* True if x[n] has the same bits on all ranks of g.  Collective over g. */
static inline bool bits_same(struct group *g, const wide *x, long n)
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

#endif
