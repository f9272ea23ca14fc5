#ifndef IO_LINES_H
#define IO_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/base/problem.h"

/* Lines of a text file of any length, plain or compressed (.gz, .zst by the
 * name; several members or frames one after another are one text).  Bytes are
 * passed on as they are, zeros too, but for a byte order mark at the start.
 * Zeros after a .gz are its end. */
struct lines;

struct problem lines_open(struct lines **l, const char *path);
void lines_close(struct lines *l);

/* The next line without its newline, valid until the next call; false after
 * the last line, or with a problem.  A last line needs no newline. */
bool lines_next(struct lines *l, const char **line, size_t *n,
                struct problem *wrong);

#endif
