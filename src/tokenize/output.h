#ifndef SRC_TOKENIZE_OUTPUT_H
#define SRC_TOKENIZE_OUTPUT_H

#include <stdbool.h>

#include "io/lock.h"
#include "io/shards/corpus_files.h"
#include "io/shards/shard.h"
#include "io/shards/split.h"
#include "kernels/base/problem.h"
#include "mpi/group.h"

/* The directory that a command writes shards into: one run at a time, shards
 * take their names when all are whole, and after a failure nothing is left
 * behind but what is published, or sealed and waits for that. */

/* A skill of this run, and the splits that are its own to write: what is there
 * of them is replaced. */
struct output_skill {
    const char *name, *title; /* not owned */
    bool writes[SPLITS];
};

struct output {
    struct group *g;
    const char *directory;      /* not owned */
    struct output_skill *skill; /* on rank 0, malloc'd by the command */
    long skills;
    struct shard *shard; /* the same on all ranks, malloc'd by the command */
    long shards;

    bool made_directory; /* on rank 0: to be removed after a failure */
    struct lock lock;    /* on rank 0 */
    bool created;        /* on rank 0: .tmp files may be there */
    bool stopped;        /* this rank was asked to stop, and obeyed */
    bool published; /* on rank 0: the first has its name, so none is removed */
};

void output_init(struct output *o, struct group *g, const char *directory);
void output_free(struct output *o);

/* Whether shards are there that this run would write, which needs `overwrite`
 * (`key` is its setting), or that belong to another skill of the same name.
 * Sorts the skills by name.  For rank 0. */
struct problem output_check(struct output *o, bool overwrite, const char *key);

/* Makes the directory and locks it.  Collective. */
struct problem output_open(struct output *o);

/* The path of a shard that has skill and split; part 0 is the whole. */
struct problem output_name(const struct output *o, struct shard *s, long part);

/* A request to stop at this rank is a problem as any other, but for the
 * status.  It is to be asked for wherever there is much to do. */
struct problem output_stop(struct output *o);

/* When tokens, documents and answers are written: the sums, then the seals,
 * the names, and the end of what they replace.  Collective. */
struct problem output_finish(struct output *o);

/* A line a shard, sorted by name: sorts them. */
void output_report(struct output *o);

/* Lets go of the directory. */
void output_close(struct output *o);

/* The same after a failure: nothing is left of it.  Collective. */
void output_discard(struct output *o);

/* The exit status after a problem, the same on all ranks.  Collective. */
int output_status(struct output *o);

#endif
