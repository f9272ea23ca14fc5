#ifndef SRC_SKILLS_GRAPH_FILE_H
#define SRC_SKILLS_GRAPH_FILE_H

#include "io/csv.h"

/* A skills graph as a table, training skills by row, evaluation skills by
 * column, from either form of file:
 *
 *   .csv  with names or without (io/csv.h)
 *   .h5   format "skillet-graph", /weights float64 [rows, columns], and
 *         /train_skills, /eval_skills, texts of fixed length
 *
 * Weights are finite.  A problem leaves nothing to free; else csv_free. */
struct problem graph_file_read(struct csv *t, const char *path);

#endif
