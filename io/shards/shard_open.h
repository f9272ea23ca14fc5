#ifndef IO_SHARDS_SHARD_OPEN_H
#define IO_SHARDS_SHARD_OPEN_H

#include "io/shards/shard.h"
#include "kernels/base/problem.h"

/* Reads the header of a shard and checks it and the first and last document
 * offset: for one rank, which broadcasts it. */
struct problem shard_open(struct shard *s, const char *path);

#endif
