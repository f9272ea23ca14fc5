#ifndef SRC_MODEL_BLOCK_H
#define SRC_MODEL_BLOCK_H

#include "mpi/coll.h"
#include "src/model/attention.h"
#include "src/model/mlp.h"

/* One block of the decoder, with a parallel residual (GPT-J, Pythia)
 *
 *   y = x + attention(norm1(x)) + mlp(norm2(x))
 *
 * or a sequential one (GPT-2, RedPajama-INCITE)
 *
 *   z = x + attention(norm1(x));  y = z + mlp(norm2(z))
 *
 * Both layers leave partial sums; a parallel residual adds them first and needs
 * one sum over the tensor ranks forward and one backward, a sequential one two
 * and two.  Backward, the partial gradients go through the norms before they
 * are summed, which is linear in them; so the gradients of the norms' own
 * weights are partial as well (parameters that are not cut, in norm1 and norm2)
 * and the step sums those once, at its end.
 *
 * x, y [tokens, hidden], whole on every tensor rank.  Forward keeps x. */
struct block {
    bool parallel;
    struct norm norm1, norm2;
    struct attention attention;
    struct mlp mlp;
    const real *attention_bias, *mlp_bias; /* [hidden], after the sum */
    wide *d_attention_bias, *d_mlp_bias;
    struct mat x, z;             /* z: sequential residual only */
    struct mat normed1, normed2; /* the layers' inputs */
    const struct scratch *scratch;
};

void block_init(struct block *b, const struct shape *shape, long layer,
                const struct parameters *p, const struct scratch *scratch,
                struct arena *a);

/* Backward turns dy into dx in place.  Collective over the tensor ranks. */
void block_forward(struct block *b, struct group *tensor, struct mat x,
                   struct mat y);
void block_backward(struct block *b, struct group *tensor, struct mat dy);

#endif
