#ifndef SRC_INSPECT_INSPECT_H
#define SRC_INSPECT_INSPECT_H

#include <stddef.h>
#include <stdio.h>

#include "io/shards/shard.h"
#include "kernels/base/problem.h"
#include "mpi/group.h"
#include "src/settings.h"

/* What there is to say of one file, a fact a line, as "key value".  For one
 * rank; what was printed before a problem stays. */
struct problem inspect_any(const struct settings *s, struct group *g,
                           const char *path, FILE *to);

/* Of each kind. */
struct problem inspect_shard(const struct settings *s, const char *path,
                             FILE *to);
struct problem inspect_graph(const struct settings *s, const char *path,
                             FILE *to);

/* g has this rank alone. */
struct problem inspect_checkpoint(const struct settings *s, struct group *g,
                                  const char *path, FILE *to);

/* From the lines of its metrics.jsonl. */
struct problem inspect_run(const struct settings *s, const char *path,
                           FILE *to);

/* The shards of a directory, a line each, and what they come to. */
struct problem inspect_shards(const struct settings *s, const char *directory,
                              FILE *to);

/* Checks all blocks of a shard and says how many. */
struct problem inspect_shard_verify(struct shard_file *f, FILE *to);

/* A text of n bytes, with a zero after them, as it may go to a terminal:
 * control characters, backslashes, double quotes and what is not UTF-8 are
 * escaped. */
void inspect_text(const char *text, size_t n, FILE *to);

/* The line "key text", escaped so. */
void inspect_text_line(const char *key, const char *text, FILE *to);

#endif
