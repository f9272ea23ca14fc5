#ifndef IO_SEAL_H
#define IO_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/base/problem.h"

/* A seal in the user block of an HDF5 file: the length of the file, the ranges
 * that carry sums of their own, and one sum over everything else.  It is
 * checked before HDF5 sees the file, because HDF5 does not survive every
 * damage of its own structures.
 *
 * In the block, as 64-bit little-endian words:
 *   "SKILLET\n", bytes of the block, bytes of the file, sum, number of ranges,
 *   then first byte and length of each range, rising; zeros to the end.
 * The sum (io/sum.h) is taken over the block with a sum of 0, then over what
 * is after it outside the ranges, each piece at the next multiple of
 * 8. */
struct seal_range {
    uint64_t at, bytes;
};

/* The size of a block that holds a seal over n ranges. */
uint64_t seal_block_bytes(long n);

/* Writes the seal of a finished file that has a user block of block_bytes. */
struct problem seal_write(const char *path, uint64_t block_bytes,
                          const struct seal_range *range, long n);

/* *sealed is false for an HDF5 file that has no user block; a problem for one
 * that is truncated or changed, and for every other file. */
struct problem seal_check(const char *path, bool *sealed);

#endif
