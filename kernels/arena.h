#ifndef KERNELS_ARENA_H
#define KERNELS_ARENA_H

#include <stddef.h>

/* One block of device memory, handed out front to back and never freed
 * piecewise.
 *
 * A new (zeroed) arena measures: arena_take() returns NULL and only counts.
 * After arena_fix() the same sequence of takes gets real, zeroed memory, so a
 * layout is written once and serves both to size the block and to carve it. */
struct arena {
    char *base;  /* NULL while measuring */
    size_t size; /* bytes after base */
    size_t used;
};

void *arena_take(struct arena *a, size_t bytes);
void arena_fix(struct arena *a);
void arena_free(struct arena *a);

#endif
