#ifndef SRC_SKILLS_GRAPH_H
#define SRC_SKILLS_GRAPH_H

#include <stdbool.h>

#include "io/checkpoint/arrays.h"
#include "src/skills/names.h"

/* The weighted skills graph A: how much training skill i teaches evaluation
 * skill j.  Rows are sparse: the edges of skill i are start[i] to
 * start[i + 1] - 1, by rising column, and none has weight 0; so ten thousand
 * skills that each teach a few take the room of their edges. */
struct graph {
    int rows, cols; /* training, evaluation skills */
    long *start;    /* [rows + 1] */
    int *column;    /* [edges] */
    double *weight; /* [edges] */
    int *own;       /* [rows] the column of the skill itself, or -1 */
};

/* From a file (src/skills/graph_file.h).  A table with names is read by name,
 * so it may hold more skills and in another order; one without is taken in the
 * order of the lists and must have their size.  After a problem, too,
 * graph_free. */
struct problem graph_read(struct graph *g, const char *path,
                          const struct names *train,
                          const struct names *evaluate);

/* Every skill teaches itself alone ("no graph"). */
void graph_identity(struct graph *g, const struct names *train,
                    const struct names *evaluate);
void graph_free(struct graph *g);

/* Its arrays, to be saved or compared; a graph without edges has few. */
void graph_state(struct graph *g, struct arrays *a);

/* Negative edges go. */
void graph_clamp(struct graph *g);

/* The share of positive weights, or, `between_others`, of those from a skill
 * to another one; NAN where there can be none. */
double graph_density(const struct graph *g, bool between_others);

#endif
