#include "io/checkpoint/arrays.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/memory.h"

void arrays_add(struct arrays *a, const char *name, enum h5_number number,
                uint64_t rows, uint64_t cols, void *at)
{
    struct array *row;

    a->list =
        memory_grow(a->list, (size_t)a->n + 1, sizeof *a->list, "arrays");
    row = &a->list[a->n++];
    *row =
        (struct array){.number = number, .rows = rows, .cols = cols, .at = at};
    snprintf(row->name, sizeof row->name, "%s", name);
}

void arrays_free(struct arrays *a)
{
    free(a->list);
    *a = (struct arrays){0};
}
