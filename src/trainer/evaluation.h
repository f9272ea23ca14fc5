#ifndef SRC_TRAINER_EVALUATION_H
#define SRC_TRAINER_EVALUATION_H

#include "mpi/grid.h"
#include "src/trainer/batch.h"

/* What the model makes of the first evaluate.windows windows (0: all) of each
 * skill of a split.
 *
 *   loss      in nats, the mean over the windows of each one's mean over its
 *             targets: those of its answer with evaluate.loss=answer, all
 *             targets with all, and where there is no answer
 *   accuracy  share of the windows whose whole answer is what the model finds
 *             most likely, whatever evaluate.loss says; 0 without answers
 *
 * All windows of all skills lie in one row, so that micro-batches are full
 * however few windows a skill has.  The data ranks take turns; the caller may
 * leave off between two micro-batches. */
struct evaluation {
    const struct grid *grid;
    struct batch *batch; /* not owned; its contents are lost */
    long cap;            /* windows a skill; 0: all */
    enum settings_loss_over over;
    const struct data_split *split; /* the last one begun */
    double *loss, *accuracy;        /* [skills] of it */
    int64_t total, next;            /* windows of the row, and done */
    int skill;                      /* where this rank is in the row, and */
    int64_t start;                  /* where that skill begins in it */
};

void evaluation_init(struct evaluation *e, const struct settings *settings,
                     const struct grid *grid, struct batch *batch);
void evaluation_free(struct evaluation *e);

/* Pulled by its caller:
 *     for (evaluation_begin(e, split); evaluation_is_left(e);)
 *         evaluation_next(e);
 *     evaluation_end(e);
 * _next takes a micro-batch on each data rank; every rank has as many of them
 * left.  _end sums over the data ranks.  Collective over the grid, but for
 * _is_left. */
void evaluation_begin(struct evaluation *e, const struct data_split *split);
bool evaluation_is_left(const struct evaluation *e);
void evaluation_next(struct evaluation *e);
void evaluation_end(struct evaluation *e);

/* All of these for a whole split.  Collective over the grid. */
void evaluation_split(struct evaluation *e, const struct data_split *split);

/* Whether every loss is a finite number.  Collective over the grid. */
bool evaluation_is_finite(const struct evaluation *e);

#endif
