#ifndef IO_METRICS_H
#define IO_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/base/problem.h"

/* A file of JSON objects, one a line: what a run reports to programs.
 *
 *   metrics_begin(&m, "step");              {"event":"step"
 *   metrics_integer(&m, "step", 7);         ,"step":7
 *   metrics_number(&m, "loss", 2.5);        ,"loss":2.5
 *   problem = metrics_end(&m);              }
 *
 * A line reaches the file whole, by one write, or waits in memory for the next
 * try: with each line that follows.  Numbers have 17 digits, so they read back
 * as the same double; those that are not finite are null.  Texts that are not
 * UTF-8 get U+FFFD where they are not. */
struct metrics {
    int fd;
    char *path;
    char *line; /* what waits, and after it the object so far */
    size_t used, room;
    int64_t written; /* bytes of whole lines in the file */
    bool is_torn;    /* there is a part of one after them */
};

/* open continues after the first `keep` bytes of the file at `path`, and
 * forgets the rest.  Where it has fewer whole lines, a waiting line is put
 * for the others: {"event":"lost","bytes":B}, and blanks until all have `keep`
 * bytes.  create refuses a file that is there.  A problem leaves nothing to
 * close. */
struct problem metrics_open(struct metrics *m, const char *path, int64_t keep);
struct problem metrics_create(struct metrics *m, const char *path);
void metrics_close(struct metrics *m);

void metrics_begin(struct metrics *m, const char *event);
void metrics_number(struct metrics *m, const char *name, double x);
void metrics_integer(struct metrics *m, const char *name, long x);
void metrics_text(struct metrics *m, const char *name, const char *text);

/* An object {names[i]: x[i]}. */
void metrics_numbers(struct metrics *m, const char *name,
                     const char *const *names, const double *x, long n);

/* A problem is that this line, and maybe others, wait. */
struct problem metrics_end(struct metrics *m);

/* The last line of a file, which may be large, without its newline; empty
 * where there is none, or not of fewer than n bytes. */
void metrics_last(const char *path, char *line, size_t n);

/* Of the file so far, with what waits for it. */
int64_t metrics_bytes(const struct metrics *m);

/* What is in the file outlives the node. */
struct problem metrics_sync(const struct metrics *m);

/* Forgets the lines after the first so many bytes. */
void metrics_cut(struct metrics *m, int64_t bytes);

#endif
