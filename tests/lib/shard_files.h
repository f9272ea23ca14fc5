#ifndef TESTS_LIB_SHARD_FILES_H
#define TESTS_LIB_SHARD_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/shards/corpus_files.h"
#include "io/shards/shard.h"
#include "kernels/base/check.h"
#include "tests/lib/place.h"
#include "tests/lib/tap.h"

/* Files of the tests of shards, in the directory of place.h. */

/* The bytes of a whole file, and those from `at` on of one that is there. */
void shard_files_store(const char *path, const char *at, size_t n);

void shard_files_overwrite(const char *path, size_t at, const void *from,
                           size_t n);

/* Writes behind that many bytes of a file fail from here on. */
void shard_files_limit(rlim_t bytes);

/* A whole shard, from one rank; its path says where. */
void shard_files_write(struct shard s, const uint16_t *token,
                       const uint64_t *offset,
                       const struct shard_answer *answer);

/* Names the shard of a split of a skill, and its file in the directory. */
void shard_files_name(struct shard *s, const char *skill, const char *split);

/* Whether opening and reading all of it finds a problem. */
bool shard_files_found(const char *path);

#endif
