#ifndef IO_SHARD_OPEN_H
#define IO_SHARD_OPEN_H

#include "io/shard.h"
#include "kernels/problem.h"

/* Reads the header of a shard and checks it and the first and last document
 * offset: for one rank, which broadcasts it. */
struct problem shard_open(struct shard *s, const char *path);

#endif
