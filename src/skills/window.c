#include "src/skills/window.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

void window_init(struct window *w, long size, int m)
{
    *w = (struct window){.m = m, .size = size};
    w->first = memory_take((size_t)m, sizeof *w->first, "losses of skills");
    window_make_room(w, 1);
}

void window_make_room(struct window *w, long rows)
{
    size_t bytes;

    if (rows > w->size)
        rows = w->size;
    if (rows <= w->room)
        return;
    bytes = (size_t)w->m * sizeof *w->losses;
    w->losses = memory_grow(w->losses, (size_t)rows, bytes, "losses");
    memset(w->losses + w->room * w->m, 0, (size_t)(rows - w->room) * bytes);
    w->room = rows;
}

void window_free(struct window *w)
{
    free(w->losses);
    free(w->first);
    *w = (struct window){0};
}

void window_set_first(struct window *w, const double *losses)
{
    memcpy(w->first, losses, (size_t)w->m * sizeof *losses);
    w->has_first = true;
}

static double *row(const struct window *w, long number)
{
    return w->losses + number % w->size * w->m;
}

void window_add(struct window *w, const double *losses)
{
    if (w->observed == w->room)
        window_make_room(w, 2 * w->room);
    memcpy(row(w, w->observed++), losses, (size_t)w->m * sizeof *losses);
}

const double *window_last(const struct window *w)
{
    return row(w, w->observed - 1);
}

long window_sum(const struct window *w, double *sum)
{
    long n = w->observed < w->size ? w->observed : w->size;

    memset(sum, 0, (size_t)w->m * sizeof *sum);
    /* Oldest first, so that the sum is the same wherever the ring begins. */
    for (long i = w->observed - n; i < w->observed; i++)
        for (int j = 0; j < w->m; j++)
            sum[j] += row(w, i)[j];
    return n;
}

void window_state(struct window *w, struct arrays *a)
{
    arrays_add(a, "mixture/window/observed", H5_I64, 1, 1, &w->observed);
    arrays_add(a, WINDOW_LOSSES, H5_F64, (uint64_t)w->room, (uint64_t)w->m,
               w->losses);
    arrays_add(a, "mixture/window/has_first", H5_U8, 1, 1, &w->has_first);
    arrays_add(a, "mixture/window/first", H5_F64, (uint64_t)w->m, 1, w->first);
}
