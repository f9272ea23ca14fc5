#ifndef SRC_TRAIN_STEP_H
#define SRC_TRAIN_STEP_H

#include "mpi/grid.h"
#include "src/model/model.h"
#include "src/train/data.h"
#include "src/train/sampler.h"

/* One step of training: the gradient of the mean loss over the tokens of a
 * global batch, clipped, and an update.
 *
 * Sample b of the batch belongs to data rank b / (global_batch / data ranks),
 * which takes its samples in micro-batches and adds their gradients.  Sums over
 * the ranks, in order: the partial gradients over tensor ranks, all gradients
 * over data ranks, losses by skill over all, the squared norm over tensor
 * ranks. */
struct step {
    const struct settings *settings;
    const struct grid *grid;
    const struct data *data;
    struct model *model;
    int32_t *token, *target; /* [tokens] of a micro-batch */
    wide *losses;
    int *skill; /* [sequences] of a micro-batch */
    double
        *sums; /* [2 skills + 1] loss and tokens by skill, requests to stop */
};

struct step_result {
    double loss;                /* mean over the tokens of the batch */
    const double *skill_loss;   /* [skills] sums over tokens, valid until the */
    const double *skill_tokens; /* next step; a skill may have no token */
    double rate, norm;          /* of the gradient, before clipping */
    double busy_seconds; /* of the rank that came last to the sum of the */
    int slowest_rank;    /* gradients */
    bool stop_asked;     /* of any rank */
};

void step_init(struct step *s, const struct settings *settings,
               const struct grid *grid, const struct data *data,
               struct model *model);
void step_free(struct step *s);

/* Step `number` of the run, which is step `in_round` of the sampler's round.
 * The same result on all ranks.  Collective over the grid. */
struct step_result step_run(struct step *s, const struct sampler *sampler,
                            long number, long in_round);

#endif
