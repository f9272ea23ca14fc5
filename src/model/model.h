#ifndef SRC_MODEL_MODEL_H
#define SRC_MODEL_MODEL_H

#include "src/model/block.h"
#include "src/model/embed.h"
#include "src/model/exchange.h"
#include "src/model/loss.h"

/* A decoder-only transformer, cut over the ranks of a tensor group:
 *
 *   x0 = embed(token);  x(i+1) = block_i(x(i));  loss(x(layers), target)
 *
 * laid out for micro-batches of shape.sequences x shape.length tokens. */
struct model {
    struct shape shape;
    struct group *tensor; /* not owned */
    struct parameters parameters;
    struct exchange exchange;
    struct scratch scratch;
    struct embed embed;
    struct block *blocks;
    struct loss loss;
    struct mat *x;           /* [layers + 1] of [tokens, hidden] */
    struct mat dx;           /* [tokens, hidden] */
    int32_t *token, *target; /* [tokens] on the device */
    struct arena activations;
};

/* Memory, zeroed: weights come from the seed, or from a checkpoint. */
void model_init(struct model *m, const struct shape *shape,
                const struct grid *grid);
void model_randomise(struct model *m, long seed);
void model_free(struct model *m);

/* A micro-batch, and what the model says of it; [tokens] each, on the host. */
struct model_batch {
    const int32_t *token, *target; /* target -1: outside the loss */
    /* Where in its sequence the document of a token starts (struct op_heads),
     * with shape.has_documents. */
    const int32_t *start;
};

struct model_result {
    wide *losses;
    wide *hits; /* 1 where the target's logit is the highest, else 0 */
    wide *logs; /* log Z, where there is a z-loss (loss.h) */
};

/* model_losses fills losses and, unless they are NULL, hits; model_gradients
 * losses and logs in the same way, and it adds the gradient of `scale` times
 * the sum of what is minimised to the gradients of the parameters, of which
 * the first parameters.partial numbers are still to be summed over the tensor
 * ranks.  Collective over tensor. */
void model_losses(struct model *m, const struct model_batch *batch,
                  const struct model_result *result);
void model_gradients(struct model *m, const struct model_batch *batch,
                     double scale, const struct model_result *result);

#endif
