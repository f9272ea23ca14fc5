#ifndef SRC_RUN_STOP_H
#define SRC_RUN_STOP_H

#include <stdbool.h>

#include "kernels/base/path.h"
#include "mpi/group.h"
#include "src/settings.h"

/* What asks a run to end before its last step: a signal at any rank, a file
 * STOP in its directory, or time that runs out, train.time_limit or that of
 * the job.  The run then saves and ends with status 75, so time must be left
 * for two steps as long as the longest so far, and a save; where one may be
 * under way, which has to end first, for two saves.
 *
 * Each rank knows its signals, rank 0 the file and the time; a step's own sum
 * informs all of them (step.h), between steps stop_poll does. */
struct stop {
    struct group *g;
    struct path file;  /* looked at by rank 0 */
    double next_look;  /* at the file, by the clock */
    double ends;       /* by the clock; INFINITY: never */
    const char *limit; /* that it ends by */
    double step, save; /* seconds of the longest so far */
    int saves;         /* that may be left to do */
    char reason[128];  /* on all ranks, as soon as they have agreed */
};

/* `started` is when the program began, by the clock, `bytes` those of a
 * checkpoint: before the first one is written, it is taken to go to the disk
 * at 100 MB/s, but what is left to do in a quarter of the time that there
 * is. */
void stop_init(struct stop *s, const struct settings *settings,
               struct group *g, double started, double bytes);

/* Has this rank been asked to stop, or rank 0 for all?  Costs nothing. */
bool stop_is_asked(struct stop *s);

/* For when a rank has been asked: sets the reason on all.  Collective. */
void stop_agree(struct stop *s);

/* True on all ranks, with the reason, if one has been asked; false where s is
 * NULL.  Collective. */
bool stop_poll(struct stop *s);

/* How long they take. */
void stop_note_step(struct stop *s, double seconds);
void stop_note_save(struct stop *s, double seconds);

/* A run with these settings ends: who asked for it by the file need not remove
 * it. */
void stop_end(const struct settings *settings, struct group *g);

#endif
