#ifndef IO_FILE_H
#define IO_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/base/problem.h"

/* A small text file as a whole: run files, tables.  `bytes` is malloc'd, has a
 * zero after its n bytes, and is NULL after a problem.  A byte order mark is
 * dropped. */
struct problem file_read(const char *path, char **bytes, size_t *n);

/* All n bytes at a place of an open file, in as many calls as the system
 * wants.  `name` is what a problem calls the file. */
struct problem file_read_at(int fd, const char *name, uint64_t at, void *to,
                            size_t n);
struct problem file_write_at(int fd, const char *name, uint64_t at,
                             const void *from, size_t n);

/* Lets the disk begin with what was written to a file so far, and does not
 * wait for it: a hint. */
void file_sync_begin(int fd);

/* Brings a file, or the names in the directory that a file is in, to the
 * disk. */
struct problem file_sync(const char *path);
struct problem file_sync_names(const char *path);

#endif
