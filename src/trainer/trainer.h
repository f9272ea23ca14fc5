#ifndef SRC_TRAINER_TRAINER_H
#define SRC_TRAINER_TRAINER_H

#include "src/skills/mixture.h"
#include "src/skills/policy.h"
#include "src/trainer/evaluation.h"
#include "src/trainer/step.h"

/* A training on the ranks of a group: the data, the mixture, the model and the
 * steps.  It has no files but the data, no log, no signals and no exit, so any
 * command can open one for a team of ranks; what is wrong with it is a value,
 * the same on all its ranks.
 *
 *     wrong = trainer_open(&t, settings, group);
 *     trainer_build(&t);
 *     model_randomise(&t.model, seed), or save_read
 *     trainer_begin(&t);
 *     for (next = trainer_next(&t); next != TRAINER_DONE; ...)
 *         trainer_round, trainer_evaluate or trainer_step
 *     trainer_close(&t);
 *
 * A run of train.steps is cut into rounds.  At each round's start the policy
 * on rank 0, which has seen the losses of the evaluations, gives the mixture,
 * and the mixture how many samples of each skill. */

/* How far a training has come: `done` steps, in the round that began at step
 * `first` and has `steps`; `rounds` have begun, and the last evaluation was
 * after step `evaluated` (-1: there was none).  Plain numbers, as a checkpoint
 * has them. */
struct trainer_progress {
    int64_t done, first, steps, rounds, evaluated;
};

struct trainer {
    const struct settings *settings; /* not owned */
    struct grid grid;
    struct data data;
    struct shape shape;
    struct policy policy;   /* rank 0 alone */
    struct mixture mixture; /* rank 0 alone */
    struct sampler sampler;
    struct skips skips; /* rank 0 decides */
    struct model model;
    struct step step;
    struct evaluation evaluation;
    double *losses;  /* [evaluation skills] of the last evaluation */
    double *p;       /* [training skills] of the round */
    int64_t *counts; /* [training skills] of the round, in samples */
    struct trainer_progress at;
    double tokens; /* trained so far, without padding */
};

/* Everything that the user can get wrong is found here, before memory for the
 * model is taken.  After a problem nothing is left open.  The settings must
 * last as long as the trainer.  Collective over g. */
struct problem trainer_open(struct trainer *t, const struct settings *s,
                            struct group *g);
void trainer_close(struct trainer *t);

/* The memory of the model, whose weights are zero until the caller sets them;
 * then trainer_begin gives every rank the weights of the first that has them.
 * Collective over the grid. */
void trainer_build(struct trainer *t);
void trainer_begin(struct trainer *t);

/* What is to be done next, the same on all ranks.  A training that is done
 * has also evaluated its last step. */
enum trainer_next {
    TRAINER_ROUND,
    TRAINER_EVALUATION,
    TRAINER_STEP,
    TRAINER_DONE
};

enum trainer_next trainer_next(const struct trainer *t);
bool trainer_is_done(const struct trainer *t);

/* The next round: mixture p, counts and steps.  Collective over the grid. */
void trainer_round(struct trainer *t);

/* The splits that an evaluation of now is to go over, in order: how many.
 * Validation drives the mixture, so it always is; test data are for the end
 * alone. */
enum { TRAINER_SPLITS = 3 };

int trainer_splits(const struct trainer *t,
                   const struct data_split *split[TRAINER_SPLITS]);

/* Evaluates all of these; the problem is a loss that is not finite.  Who looks
 * at the losses or may leave off calls instead, for each split,
 * evaluation_begin to evaluation_end and trainer_keep, then trainer_observe,
 * from which the policy learns the losses.  Collective over the grid. */
struct problem trainer_evaluate(struct trainer *t);
void trainer_keep(struct trainer *t);
void trainer_observe(struct trainer *t);

/* One step, with the votes in t->step.votes.  The same on all ranks.
 * Collective over the grid. */
struct step_result trainer_step(struct trainer *t);

#endif
