#ifndef SRC_MODEL_MEMORY_H
#define SRC_MODEL_MEMORY_H

#include "kernels/arena.h"

/* Where the activations of a block lie: in memory of its own, where they are
 * kept until its backward, or in memory that all blocks share, where backward
 * must compute them again (train.recompute; block.h). */
struct memory {
    struct arena *kept;  /* always its own */
    struct arena *units; /* its own but for recompute=block */
    struct arena *rest;  /* its own with recompute=none alone */
};

#endif
