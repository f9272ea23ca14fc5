#ifndef SRC_MODEL_BLOCK_H
#define SRC_MODEL_BLOCK_H

#include "mpi/coll.h"
#include "src/model/attention.h"
#include "src/model/exchange.h"
#include "src/model/memory.h"
#include "src/model/mlp.h"

/* One block of the decoder, with a parallel residual (GPT-J, Pythia)
 *
 *   y = x + attention(norm1(x)) + mlp(norm2(x))
 *
 * or a sequential one (GPT-2, RedPajama-INCITE)
 *
 *   z = x + attention(norm1(x));  y = z + mlp(norm2(z))
 *
 * Both layers leave partial sums; a parallel residual adds them first and
 * needs one sum over the tensor ranks forward and one backward, a sequential
 * one two and two.  Backward, the partial gradients go through the norms
 * before they are summed, which is linear in them; so the gradients of the
 * norms' own weights are partial as well (parameters that are not cut, in
 * norm1 and norm2) and the step sums those once, at its end.
 *
 * x, y [tokens, hidden], whole on every tensor rank.
 *
 * What each block keeps from forward to backward is the choice of
 * train.recompute; everything else lies once, in memory that all blocks share,
 * and is computed again before backward: by the same operations, so to the
 * same bits, and without communication.  With w = hidden/t, i = intermediate/t
 * and a = heads/t, a token costs each block so many numbers:
 *
 *              real                             wide    computed again
 *   none       [x z] + 2 hidden + 4 w + 2 i     4 + a   nothing
 *   attention  [x z] + i                        0       norm, q, k, v, o, gelu
 *   block      [x z]                            0       those and u
 *
 * where [x z] is hidden, or 2 hidden with a sequential residual, and u the
 * product of the MLP that gelu takes.  Neither product that ends a branch is
 * computed again.  With intermediate = 4 hidden, t = 1 and a parallel residual
 * that is 15, 5 and 1 times hidden, for 6/72 and 14/72 more FLOP in the
 * products with weights of a step, and 2/7 more in those of attention.  The
 * last block needs nothing of it: what it left is still there. */
struct block {
    bool parallel;
    enum settings_recompute recompute;
    struct op_norm norm1, norm2;
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
                const struct memory *memory);

/* Backward turns dy into dx in place.  Between the layers, what ranks exchange
 * beside this may continue.  Collective over the tensor ranks. */
void block_forward(struct block *b, struct exchange *e, struct mat x,
                   struct mat y);
void block_backward(struct block *b, struct exchange *e, struct mat dy);

/* Before backward, where another block has used the shared memory since
 * forward. */
void block_recompute(struct block *b, struct exchange *e);

#endif
