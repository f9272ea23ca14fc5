#ifndef IO_CHECKPOINT_CHECKPOINT_H
#define IO_CHECKPOINT_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "io/h5.h"
#include "kernels/base/path.h"
#include "kernels/base/problem.h"
#include "mpi/group.h"

/* A checkpoint: named arrays of numbers in one HDF5 file,
 * DIRECTORY/checkpoint-00001234.h5, written by many ranks (checkpoint_write.h)
 * and read by as many others.  What the arrays are is known above; here they
 * are items in global coordinates.
 *
 * Each item has a sum, sum_numbers() of all of it (io/sum.h), which does not
 * depend on who wrote which part; /sums holds them, in the order of the items'
 * bytes in the file.  All the rest, /sums too, is under a seal (io/seal.h),
 * which is checked before HDF5 sees the file. */
enum { CHECKPOINT_VERSION = 1, CHECKPOINT_NAME_BYTES = 128 };

struct checkpoint_item {
    char name[CHECKPOINT_NAME_BYTES];  /* "model/embed.weight" */
    char alias[CHECKPOINT_NAME_BYTES]; /* of the same bytes, or "" */
    struct h5_dataset data;
    uint64_t sum; /* while it is written: of what this rank has put */
};

struct checkpoint {
    struct path path;
    int64_t step, tokens;
    struct checkpoint_item *item;
    long items, room;
    struct checkpoint_name *index; /* by name and alias, once it is complete */
    long names;
};

/* DIRECTORY/checkpoint-STEP.h5 with no items.  A problem if the path is too
 * long. */
struct problem checkpoint_init(struct checkpoint *c, const char *directory,
                               int64_t step);
void checkpoint_free(struct checkpoint *c);

/* Adds an array, or with H5_TEXT `rows` texts of `cols` bytes each; its
 * number.  One column makes a dataset of one dimension; nothing may be
 * empty. */
long checkpoint_add(struct checkpoint *c, const char *name,
                    enum h5_number number, uint64_t rows, uint64_t cols);

/* Gives an item its second name. */
void checkpoint_alias(struct checkpoint *c, long item, const char *name);

/* Ends the adding: names can be looked up from here on. */
void checkpoint_complete(struct checkpoint *c);

/* The number of an item by its name or alias, or -1. */
long checkpoint_find(const struct checkpoint *c, const char *name);

/* Reads and checks the header and the list of items on rank 0, and gives it to
 * all: truncated, damaged, of a later version, no checkpoint.  Of two names of
 * the same bytes the later one is the alias.  The sums of the items themselves
 * are not looked at.  After a problem there is nothing to free.
 * Collective. */
struct problem checkpoint_open(struct checkpoint *c, struct group *g,
                               const char *path);

/* Reads everything, or the items that `which` says, each rank its part, and
 * compares their sums.  Collective. */
struct problem checkpoint_verify(const struct checkpoint *c, struct group *g);
struct problem checkpoint_verify_some(const struct checkpoint *c,
                                      struct group *g, const bool *which);

/* For who reads anyway: compares the sums of these items, which the ranks have
 * taken together, each number once on one of them.  Collective. */
struct problem checkpoint_compare(const struct checkpoint *c, struct group *g,
                                  uint64_t *sum, const bool *which);

/* Numbers [first, first + n) of an item, row-major, as they are in the file;
 * of texts, their bytes.  fd is of c->path.text, opened by the caller.  On any
 * rank. */
struct problem checkpoint_get(const struct checkpoint *c, int fd, long item,
                              uint64_t first, uint64_t n, void *numbers);

#endif
