#ifndef SRC_RUN_RESUME_H
#define SRC_RUN_RESUME_H

#include "io/checkpoint/checkpoint.h"
#include "src/run/directory.h"
#include "src/run/run_state.h"

/* How a run is saved, and resumes: what io/checkpoint/checkpoint.h and save.h
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
    struct trainer *trainer;           /* not owned */
    const struct directory *directory; /* not owned */
    bool has_checkpoint;
    struct checkpoint checkpoint; /* if there is one */
    struct settings before;       /* of it, on rank 0 */
    bool is_finished;
    bool is_elsewhere; /* other programs or ranks than before */
    struct run_state state;
    double seconds; /* until the run had what it starts from */
    struct resume_candidates *list;
};

/* What checkpoint.resume says to resume from: the latest checkpoint that is
 * whole (older ones are a warning), that file, or nothing.  A problem, on all
 * ranks, is one of another run.  The trainer is open and not built; free
 * whatever comes of it.  Collective. */
struct problem resume_find(struct resume *r, struct trainer *t,
                           const struct directory *o);

/* The weights of the model, which is built, and with a checkpoint the state of
 * the training.  Collective. */
struct problem resume_start(struct resume *r);
void resume_free(struct resume *r);

#endif
