#ifndef TESTS_LIB_GRAPH_H5_H
#define TESTS_LIB_GRAPH_H5_H

#include <stdint.h>

#include "io/csv.h"
#include "io/h5.h"

/* Names as a file of theirs has them: the longest fills its row. */
void graph_h5_names(struct h5 *f, const char *dataset, char *const *names,
                    uint32_t n);

/* A table with names as a skills graph in HDF5. */
void graph_h5_write(const char *path, const struct csv *t);

#endif
