#ifndef KERNELS_BASE_PATH_H
#define KERNELS_BASE_PATH_H

#include "kernels/base/problem.h"

/* The path of a file: plain data, which may be copied and broadcast.  It has
 * at most 1,023 bytes, as many as a message can name, and room for ".tmp". */
enum { PATH_MOST = 1023, PATH_BYTES = PATH_MOST + 9 };

struct path {
    char text[PATH_BYTES];
};

/* Prints a path.  One that is too long is a problem, and empty. */
struct problem path_print(struct path *path, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), warn_unused_result));

/* PATH.tmp, the name of a file until it is whole.  Of a path that path_print
 * made. */
struct path path_temporary(const struct path *path);

#endif
