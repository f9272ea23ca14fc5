#ifndef SRC_SKILLS_WINDOW_H
#define SRC_SKILLS_WINDOW_H

#include <stdbool.h>

#include "io/checkpoint/arrays.h"

/* The last losses that a policy was shown, and the first of all.  `observed`,
 * `losses`, `has_first` and `first` are its state. */
struct window {
    int m;          /* evaluation skills */
    long size;      /* how many losses of each it holds at most */
    long observed;  /* how many came in; number i is in row i % size */
    long room;      /* how many it has room for so far */
    double *losses; /* [room, m] */
    bool has_first;
    double *first; /* [m] */
};

void window_init(struct window *w, long size, int m);
void window_free(struct window *w);

/* losses[m]; `first` is set apart from what the window holds. */
void window_set_first(struct window *w, const double *losses);
void window_add(struct window *w, const double *losses);

/* The losses that came in last; there must be some. */
const double *window_last(const struct window *w);

/* sum[m] over what it holds, the oldest first; returns of how many. */
long window_sum(const struct window *w, double *sum);

/* Room for so many, of which the size is the most; adding makes room too. */
void window_make_room(struct window *w, long rows);

/* Its state, to be saved or restored: it must have the room then that it had,
 * which is the number of rows of WINDOW_LOSSES. */
#define WINDOW_LOSSES "mixture/window/losses"
void window_state(struct window *w, struct arrays *a);

#endif
