#ifndef IO_CHECKPOINT_ARRAYS_H
#define IO_CHECKPOINT_ARRAYS_H

#include <stdint.h>

#include "io/h5.h"

/* A list of arrays in memory by name: what a module has to remember.  One list
 * serves both ways, to save them and to restore them. */
struct array {
    char name[64]; /* "mixture/counts" */
    enum h5_number number;
    uint64_t rows, cols; /* of texts: how many, and bytes of each */
    void *at;            /* not owned */
};

struct arrays {
    struct array *list;
    long n;
};

void arrays_add(struct arrays *a, const char *name, enum h5_number number,
                uint64_t rows, uint64_t cols, void *at);
void arrays_free(struct arrays *a);

#endif
