#ifndef TESTS_LIB_BITS_H
#define TESTS_LIB_BITS_H

#include <stdbool.h>

#include "kernels/real.h"
#include "mpi/group.h"

/* True if x[n] has the same bits on all ranks of g.  Collective over g. */
bool bits_same(struct group *g, const wide *x, long n);

#endif
