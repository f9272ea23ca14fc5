#ifndef IO_FILE_H
#define IO_FILE_H

#include <stddef.h>

#include "kernels/problem.h"

/* A small text file as a whole: run files, tables.  `bytes` is malloc'd, has a
 * zero behind its n bytes, and is NULL after a problem.  A byte order mark is
 * dropped. */
struct problem file_read(const char *path, char **bytes, size_t *n);

#endif
