#ifndef SRC_TRAINER_STEP_H
#define SRC_TRAINER_STEP_H

#include "mpi/grid.h"
#include "src/trainer/batch.h"
#include "src/trainer/optimiser.h"
#include "src/trainer/sampler.h"
#include "src/trainer/schedule.h"
#include "src/trainer/skips.h"

/* One step of training: the gradient of the mean loss over the targets of a
 * global batch, clipped, and an update.
 *
 * How many targets of the batch count is not known before the ranks have read
 * all of it.  So gradients are those of the sum over all its positions, and
 * the factor positions/targets enters norm and update; it is exactly 1 where
 * there is no padding.  With train.loss_denominator=all it is left out: the
 * mean is over all positions, of which padding has loss 0.
 *
 * Sample b of the batch belongs to data rank b / (global_batch / data ranks),
 * which takes its samples in micro-batches and adds their gradients.  What the
 * ranks exchange, in order: the gradients, while backward of the last
 * micro-batch continues (exchange.h); sums over all ranks of losses by skill,
 * and of the squared norm; the updated weights, while the next forward goes
 * on.  Rank 0 decides on the rate and the factor of the gradient for all. */
struct step_config {
    long global_batch; /* sequences */
    enum settings_loss_over loss;
    enum settings_loss_denominator denominator;
    double z_loss, clip;
    struct schedule_config schedule;
    struct optimiser_config optimiser;
};

/* What this rank reports to the others with the sums of the losses.  The
 * caller sets it before a step; asks_to_stop(asker) is called when the
 * gradients are there, and may be NULL. */
struct step_votes {
    bool (*asks_to_stop)(void *);
    void *asker;
    bool is_saving; /* this rank writes a checkpoint */
};

struct step {
    struct step_config config;
    const struct grid *grid;
    struct batch batch;
    struct skips *skips; /* not owned, looked at on rank 0 alone */
    struct step_votes votes;
    double *sums; /* [2 skills + STEP_SUMS] loss and targets by skill, and: */
};

enum {
    STEP_TOKENS,      /* without padding */
    STEP_LOG_SQUARES, /* for the z-loss */
    STEP_REQUESTS,    /* to stop */
    STEP_SAVING,      /* ranks that write a checkpoint */
    STEP_SECONDS,     /* until the sum of the gradients */
    STEP_SUMS
};

struct step_result {
    double loss;              /* mean over the targets of the batch */
    double z_loss;            /* mean of z log^2 Z; not part of loss */
    double tokens;            /* of the batch, without padding */
    const double *skill_loss; /* [skills] sums over targets, and how many; */
    const double *skill_targets; /* valid until the next step */
    double rate, norm;           /* norm of the gradient, before clipping */
    double busy_seconds;         /* of the rank that came last to the sum of */
    int slowest_rank;            /* gradients, */
    double wait_seconds;         /* for which a rank waited, on average */
    bool stop_asked;             /* of any rank */
    bool is_saving;              /* any rank */
    enum skip skip;              /* if the update was left out, */
    struct problem why;          /* on rank 0, */
    bool skips_too_many;         /* and whether the run is to end */
};

/* The weights are those that the model has: see trainer_begin. */
void step_init(struct step *s, const struct step_config *config,
               const struct grid *grid, struct data *data, struct model *model,
               struct skips *skips);
void step_free(struct step *s);

/* This rank's samples of step `in_round` of the round, and the gradients of a
 * micro-batch that begins with sample `first` of it, added to those before.
 * Collective over the tensor ranks. */
struct step_share {
    int64_t first;
    long samples;
};

struct step_share step_share(const struct step *s, long in_round);
void step_micro_batch(struct step *s, const struct sampler *sampler,
                      int64_t first);

/* Step `number` of the run, which is step `in_round` of the sampler's round.
 * The same result on all ranks.  Collective over the grid. */
struct step_result step_run(struct step *s, const struct sampler *sampler,
                            long number, long in_round);

#endif
