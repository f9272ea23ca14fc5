#ifndef SRC_MODEL_LOSS_H
#define SRC_MODEL_LOSS_H

#include "mpi/coll.h"
#include "src/model/parameters.h"
#include "src/model/scratch.h"

/* The last norm, the logits cut by vocabulary, and the cross-entropy:
 *
 *   n = norm(x);  l = n W'
 *   loss[r] = log(sum_j exp l[r, j]) - l[r, target[r]]
 *
 *   x, dx   [tokens, hidden] whole on every tensor rank
 *   W       [vocabulary/t, hidden]
 *   target  [tokens] global ids; -1 is outside the loss
 *   loss    [tokens], the same on every tensor rank
 *   log     [tokens], log Z = log(sum_j exp l[r, j]); so too
 *   hit     [tokens], 1 where no logit is above the target's; so too
 *
 * Logits exist for a block of rows at a time: product, exponentials, gradient
 * and both products of backward while they are at hand, so the [tokens,
 * vocabulary] matrix never is.  Tensor ranks exchange one maximum and two sums
 * a row.  What is minimised is loss + z log^2 Z, with z = train.z_loss, which
 * keeps Z near 1 (PaLM); every rank knows Z, so it costs no exchange.  As in a
 * block, the norm's own gradients are partial. */
struct loss {
    struct op_norm norm;
    struct mat w;
    struct wide_mat dw;
    struct shape_cut rows; /* of the vocabulary */
    struct mat normed;     /* [tokens, hidden] */
    struct mat logits;     /* [rows at a time, vocabulary/t] */
    struct op_cross_entropy cross_entropy;
    wide *losses, *hits; /* [tokens] on the device */
    wide *logs;          /* [tokens], where there is a z-loss */
    const struct scratch *scratch;
};

void loss_init(struct loss *l, const struct shape *shape,
               const struct parameters *p, const struct scratch *scratch,
               struct arena *a);

/* Fills l->losses and l->hits.  Collective over the tensor ranks. */
void loss_forward(struct loss *l, struct group *tensor, struct mat x,
                  const int32_t *target);

/* Fills l->losses and l->logs, and the gradient of `scale` times the sum of
 * what is minimised: sets dx and adds to the gradients. */
void loss_forward_backward(struct loss *l, struct group *tensor, struct mat x,
                           const int32_t *target, wide scale, struct mat dx);

#endif
