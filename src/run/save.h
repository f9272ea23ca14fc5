#ifndef SRC_RUN_SAVE_H
#define SRC_RUN_SAVE_H

#include <stdbool.h>

#include "io/checkpoint/arrays.h"
#include "io/checkpoint/checkpoint.h"
#include "mpi/grid.h"
#include "src/model/parameters.h"

/* What a checkpoint (io/checkpoint/checkpoint.h) holds of a run:
 *
 *   model/NAME         [rows, cols] the weights, as float32 or float64: those
 *                      that the optimiser updates, so nothing is lost;
 *                      optimizer/master/NAME is another name of the same bytes
 *   optimizer/m/NAME   [rows, cols] the moments
 *   optimizer/v/NAME
 *
 * in the coordinates of the whole model, without padding, and the arrays that
 * rank 0 lists: so a program of any precision on any grid can read it. */
struct save {
    struct parameters *parameters;
    const struct grid *grid;
    const struct arrays *arrays; /* looked at on rank 0 alone */
};

/* A checkpoint without bytes: its name, and the list of its items.  Collective
 * over the grid. */
struct problem save_list(const struct save *s, struct checkpoint *c,
                         const char *directory, int64_t step, int64_t tokens);

/* What this rank writes of item i, for all i below save_parts(s): n numbers,
 * number `first` of the whole and on.  The items after those are the arrays,
 * in their order. */
struct save_part {
    const wide *at; /* on the device */
    uint64_t first;
    long n; /* may be 0 */
};

long save_parts(const struct save *s);
struct save_part save_part(const struct save *s, long i);

/* A problem leaves no file.  Collective over the grid. */
struct problem save_write(const struct save *s, const char *directory,
                          int64_t step, int64_t tokens);

/* Weights and moments, or the weights alone: of them what this rank updates,
 * of the weights the master weights.  They are verified while they are read,
 * so after a problem they are anything: where c is damaged, of another model,
 * or lacks something.  Collective over the grid. */
struct problem save_read(const struct save *s, const struct checkpoint *c);
struct problem save_read_weights(const struct save *s,
                                 const struct checkpoint *c);

/* Whether save_read reads an item. */
bool save_reads(const struct checkpoint_item *item);

/* The arrays, on rank 0, of a checkpoint in which they were verified.
 * Collective over the grid. */
struct problem save_read_arrays(const struct save *s,
                                const struct checkpoint *c);

#endif
