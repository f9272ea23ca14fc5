#ifndef SRC_MODEL_EMBED_H
#define SRC_MODEL_EMBED_H

#include "mpi/coll.h"
#include "src/model/parameters.h"

/* Token embedding, cut by vocabulary:  x[r] = W[token[r]]
 *
 *   token  [tokens] global ids, the same on every tensor rank
 *   W      [vocabulary/t, hidden]
 *   x, dx  [tokens, hidden] whole on every tensor rank
 *
 * Forward sums the rows over the tensor ranks, of which one has each; backward
 * needs no communication. */
struct embed {
    struct mat w; /* only the rows that exist, not the padding */
    struct wide_mat dw;
    long first;
};

void embed_init(struct embed *e, const struct shape *shape,
                const struct parameters *p);

/* Collective over the tensor ranks. */
void embed_forward(const struct embed *e, struct group *tensor,
                   const int32_t *token, struct mat x);
void embed_backward(const struct embed *e, const int32_t *token,
                    struct mat dx);

#endif
