#ifndef SRC_RUN_RESUME_H
#define SRC_RUN_RESUME_H

#include "io/checkpoint/checkpoint.h"
#include "src/run/run.h"
#include "src/run/run_state.h"

/* How a run is saved, and goes on: what io/checkpoint/checkpoint.h and save.h
 * do not know.
 *
 * Beside the model a checkpoint has, as rank 0 has them,
 *
 *   run/, mixture/   the state: what makes the next step what it would have
 *                    been
 *   names/, data/, mixture/graph/
 *                    what it was given: must be the same when it resumes
 *   settings         the run file, of which most must be the same
 *                    (resume_stays.h)
 *   environment      programs and ranks: a change is worth a warning */
struct resume {
    bool has_checkpoint;
    struct checkpoint checkpoint; /* if there is one */
    struct settings before;       /* of it, on rank 0 */
    bool is_finished;
    bool is_elsewhere; /* other programs or ranks than before */
    struct run_state state;
    double seconds; /* until the run had what it starts from */
    struct resume_candidates *list;
};

/* What checkpoint.resume says to go on from: the latest checkpoint that is
 * whole (older ones are a warning), that file, or nothing.  Refuses one that
 * is of another run.  run has everything but the model.  Collective. */
void resume_find(struct resume *r, struct run *run);

/* The weights of the model, and with a checkpoint the state of the run.
 * Collective. */
void resume_start(struct resume *r, struct run *run);
void resume_free(struct resume *r);

/* A checkpoint of now, or the start of one (save_background.h).  A problem, on
 * all ranks, leaves none.  Collective. */
struct problem resume_save(struct run *run);
struct problem resume_save_background(struct run *run,
                                      struct save_background *b);

#endif
