#ifndef SRC_SKILLS_GRAPH_H
#define SRC_SKILLS_GRAPH_H

#include "src/skills/names.h"

/* The weighted skills graph A: at[i * cols + j] is how much training skill i
 * teaches evaluation skill j. */
struct graph {
    int rows, cols; /* training, evaluation skills */
    double *at;
};

/* From a .csv.  A table with names is read by name, so it may hold more skills
 * and in another order; one without is taken in the order of the lists and must
 * have their size. */
struct problem graph_read(struct graph *g, const char *path,
                          const struct names *train,
                          const struct names *evaluate);

/* Every skill teaches itself alone ("no graph"). */
void graph_identity(struct graph *g, int k);
void graph_free(struct graph *g);

#endif
