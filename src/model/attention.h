#ifndef SRC_MODEL_ATTENTION_H
#define SRC_MODEL_ATTENTION_H

#include "src/model/parameters.h"
#include "src/model/scratch.h"

/* Self-attention of this rank's heads:
 *
 *   [q k v] = x [Wq Wk Wv]' + b;  rotate q, k;  o = attend(q, k, v);  y = o Wo
 *
 *   x           [tokens, hidden]    whole on every tensor rank
 *   q, k, v, o  [tokens, hidden/t]  this rank's heads
 *   y, dx       [tokens, hidden]    partial: to be summed over tensor ranks
 *
 * The output's bias is added once, after the sum, by the block.  Backward
 * needs x (not a copy), q, k, v and o as forward leaves them, or
 * attention_attend. */
struct attention {
    struct mat wqkv, wo; /* [3 hidden/t, hidden], [hidden/t, hidden] */
    struct wide_mat dwqkv, dwo;
    const real *bqkv;
    wide *dbqkv;
    struct mat x, qkv, o;
    struct op_heads heads;
    struct op_rotary rotary;
    const struct scratch *scratch;
};

void attention_init(struct attention *at, const struct shape *shape,
                    long layer, const struct parameters *p,
                    const struct scratch *scratch, struct arena *a);

/* q, k, v and o alone. */
void attention_attend(struct attention *at, struct mat x);

/* Forward sets y; backward sets dx and adds to the gradients; dy is whole. */
void attention_forward(struct attention *at, struct mat x, struct mat y);
void attention_backward(struct attention *at, struct mat dy, struct mat dx);

#endif
