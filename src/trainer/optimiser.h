#ifndef SRC_TRAINER_OPTIMISER_H
#define SRC_TRAINER_OPTIMISER_H

#include "src/model/exchange.h"

struct optimiser_config {
    double beta1, beta2, epsilon, weight_decay;
};

/* Sum of squares of the gradients that this rank owns; those of parameters
 * that every tensor rank has whole count on tensor rank 0 alone, so that the
 * sum over all ranks is that of the whole model. */
double optimiser_sum_squares(const struct parameters *p, int tensor_rank);

/* One AdamW update of all that this rank updates, of learning rate `rate`;
 * `factor` multiplies the gradients.  Buckets are handed around as they are
 * updated.  Collective over the grid. */
void optimiser_update(struct exchange *e, const struct optimiser_config *c,
                      long step, double rate, double factor);

#endif
