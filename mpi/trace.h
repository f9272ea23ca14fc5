#ifndef MPI_TRACE_H
#define MPI_TRACE_H

#include <stdbool.h>

#include "mpi/group.h"

/* What this rank is at, so that a thread that watches it (src/run/watchdog.h)
 * can tell whether it moves, and where it hangs if it does not.  One record a
 * process: one thread of a rank works.
 *
 * Every collective of mpi/ enters and leaves; long work between two of them
 * says now and then that it moves. */
struct trace {
    long moves;        /* differs from before if anything happened since */
    const char *phase; /* such as "training" */
    int patience;      /* of the phase: how many times longer it may hang */
    long step;         /* steps done */
    long number;       /* collectives since that step: alike on all ranks that
                          have come as far */
    const char *collective; /* the last one; NULL before the first */
    int ranks;              /* of its group */
    bool is_inside;
};

/* Of phases that wait for disks. */
enum { TRACE_PATIENCE_WITH_FILES = 4 };

/* Texts are not copied.  What a GPU does by itself (NCCL) is left when it is
 * given to the GPU. */
void trace_enter(const char *collective, const struct group *g);
void trace_leave(void);

/* One beside computation is counted where it begins; to wait for
 * it is to be inside, which depends on how fast it was; the number stays that
 * of the last one that began, which may be another. */
void trace_begin(const char *collective, const struct group *g);
void trace_wait(const char *collective, const struct group *g);

void trace_move(void);
void trace_phase(const char *phase, int patience);
void trace_step(long done);

/* From any thread; whole when the rank hangs. */
struct trace trace_now(void);

#endif
