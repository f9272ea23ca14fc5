#ifndef IO_CHECKPOINT_CHECKPOINT_WRITE_H
#define IO_CHECKPOINT_CHECKPOINT_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "io/checkpoint/checkpoint.h"
#include "kernels/base/problem.h"
#include "mpi/group.h"

/* A checkpoint is written as PATH.tmp: rank 0 makes the file with HDF5, takes
 * room on the disk for all of it and closes it; every rank writes its ranges
 * with pwrite; rank 0 seals, and gives the file its name when all of it is on
 * the disk.  So there is never a file of the name that is not whole.
 *
 * Equal items make equal bytes, whatever the number of ranks. */
struct checkpoint_writer {
    struct checkpoint *checkpoint; /* not owned */
    struct group *g;
    int fd;
    uint64_t sums_at;     /* on rank 0 */
    struct path name;     /* PATH.tmp */
    struct problem wrong; /* the first of this rank */
    uint64_t waiting;     /* bytes that the disk does not know of yet */
    bool is_synced;
};

/* Every rank has added the same items; completes c.  A problem, the same on
 * all ranks, leaves no file.  Collective. */
struct problem checkpoint_write_create(struct checkpoint_writer *w,
                                       struct checkpoint *c, struct group *g);

/* Numbers [first, first + n) of an item, row-major; of texts, their bytes.
 * All ranks together must write each number once.  Errors are reported by
 * checkpoint_write_publish. */
void checkpoint_write_put(struct checkpoint_writer *w, long item,
                          uint64_t first, uint64_t n, const void *numbers);

/* Waits until what this rank has put is on the disk; nothing is put after it.
 * On any rank, and in any one thread. */
void checkpoint_write_sync(struct checkpoint_writer *w);

/* Waits for the disk, and gives the file its name; or removes it where any
 * rank had a problem, which is returned on all.  A file of that name is
 * replaced.  Collective. */
struct problem checkpoint_write_publish(struct checkpoint_writer *w);

#endif
