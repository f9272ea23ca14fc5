#ifndef IO_CSV_H
#define IO_CSV_H

#include <stddef.h>

#include "kernels/base/problem.h"

/* A small table of finite numbers, separated by commas.
 *
 * If the first cell is a number the table has no names; else (empty or any
 * word) the first row and the first column are names.  Names and numbers may
 * are put in double quotes ("" for a quote inside); a name that looks like a
 * number must.  Blank lines and CR at line ends do not count. */
struct csv {
    long rows, cols;               /* of the numbers */
    char **row_names, **col_names; /* NULL if there are none */
    double *at;                    /* [rows, cols] */
};

/* A problem leaves nothing to free. */
struct problem csv_read(struct csv *csv, const char *path);
struct problem csv_parse(struct csv *csv, const char *name, const char *bytes,
                         size_t n);
/* A table whose first row is names of its columns; rows have none.  There may
 * be no row below. */
struct problem csv_read_columns(struct csv *csv, const char *path);
void csv_free(struct csv *csv);

#endif
