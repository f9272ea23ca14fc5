#ifndef SRC_RUN_DIRECTORY_H
#define SRC_RUN_DIRECTORY_H

#include <stdbool.h>

#include "io/lock.h"
#include "kernels/base/path.h"
#include "mpi/group.h"
#include "src/settings.h"

/* The directory of a run: run.ini, metrics.jsonl, checkpoints, and the lock
 * that keeps it to one run at a time. */
struct directory {
    struct group *g;
    const struct settings *settings;
    bool is_made; /* on rank 0, as lock: this run made the directory */
    struct lock lock;
    bool has_run;  /* on every rank: a run was here before */
    long restarts; /* on rank 0: how often it was started again */
};

/* Makes the directory, as mkdir -p, and locks it.  A problem, on all ranks, is
 * one that is not given, that another run holds, or that has a run which
 * checkpoint.resume does not resume.  Collective over g. */
struct problem directory_open(struct directory *o, const struct settings *s,
                              struct group *g);

/* Lets go of it; it may be closed already. */
void directory_close(struct directory *o);

/* The same, of a run that cannot begin: removes the directory if this run has
 * made it. */
void directory_abandon(struct directory *o);

/* For rank 0: run.ini with these settings, and how often the run has been
 * started again, in a file that job scripts can read; each at once or not at
 * all. */
struct problem directory_write_settings(const struct directory *o);
struct problem directory_count_start(struct directory *o);

/* For rank 0, of a run that was not here before and can't begin: what it has
 * made is removed. */
void directory_forget_start(const struct directory *o);

/* The path of a file in the directory. */
struct path directory_path(const struct directory *o, const char *name);

#endif
