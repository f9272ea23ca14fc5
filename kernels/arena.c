#include "kernels/arena.h"

#include "kernels/base/check.h"
#include "kernels/device.h"

enum { ALIGN = 64 };

void *arena_take(struct arena *a, size_t bytes)
{
    char *at = a->base ? a->base + a->used : NULL;

    a->used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
    CHECK(!a->base || a->used <= a->size, "arena of %zu bytes asked for %zu",
          a->size, a->used);
    return at;
}

void arena_fix(struct arena *a)
{
    a->size = a->used;
    a->used = 0;
    a->base = device_alloc(a->size);
}

void arena_free(struct arena *a)
{
    device_free(a->base);
    *a = (struct arena){0};
}
