#ifndef IO_LOCK_H
#define IO_LOCK_H

#include "kernels/base/path.h"
#include "kernels/base/problem.h"

/* Keeps a directory to one run: flock on a file in it, which says who holds
 * it.  A killed run leaves the file but not the lock.  For one rank. */
struct lock {
    int fd;     /* -1: no lock */
    int absent; /* errno where the file system has no flock: nothing is held */
    struct path path;
};

/* Does not wait: a problem names the holder. */
struct problem lock_take(struct lock *l, const char *directory,
                         const char *name, const char *host);

/* Removes the file too; quiet where nothing is held. */
void lock_release(struct lock *l);

#endif
