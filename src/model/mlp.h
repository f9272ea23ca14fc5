#ifndef SRC_MODEL_MLP_H
#define SRC_MODEL_MLP_H

#include "src/model/memory.h"
#include "src/model/parameters.h"
#include "src/model/scratch.h"

/* The feed-forward layer, cut by its hidden units:
 *
 *   u = x Wup' + bup;  h = gelu(u);  y = h Wdown
 *
 *   x      [tokens, hidden]          whole on every tensor rank
 *   u, h   [tokens, intermediate/t]
 *   y, dx  [tokens, hidden]          partial: to be summed over tensor ranks
 *
 * The bias of Wdown is added once, after the sum, by the block.  Backward
 * needs x (not a copy), u and h as forward leaves them; mlp_units computes u
 * and h again, mlp_activate h from u. */
struct mlp {
    struct mat up, down; /* [intermediate/t, hidden] both */
    struct wide_mat d_up, d_down;
    const real *bias;
    wide *dbias;
    enum op_gelu activation;
    struct mat x, u, h;
    const struct scratch *scratch;
};

void mlp_init(struct mlp *m, const struct shape *shape, long layer,
              const struct parameters *p, const struct scratch *scratch,
              const struct memory *memory);

void mlp_units(struct mlp *m, struct mat x);
void mlp_activate(struct mlp *m);

/* Forward: y = beta y + the output.  Backward sets dx and adds to the
 * gradients; dy is whole. */
void mlp_forward(struct mlp *m, struct mat x, wide beta, struct mat y);
void mlp_backward(struct mlp *m, struct mat dy, struct mat dx);

#endif
