#ifndef KERNELS_OPS_H
#define KERNELS_OPS_H

#include <stdint.h>

#include "kernels/tensor.h"

/* The numerical operations of one rank.  One implementation per program:
 * cpu/ (CBLAS) or cuda/ (cuBLAS), with the same file names.
 *
 * Shapes: `tokens` is sequences * length; rows are tokens.  A gradient is the
 * name with d in front.  Gradients of parameters are wide and always added to,
 * so that micro-batches accumulate.  Every pointer is device memory.  Results
 * do not depend on anything but the arguments: sums have a fixed order. */

/* ---- gemm.c ---- products; ta, tb: 'T' takes the transpose, 'N' does not */

/* c = beta c + op(a) op(b).  With beta 0, c need not be initialised. */
void op_gemm(char ta, char tb, struct mat a, struct mat b, wide beta,
             struct mat c);

/* c += op(a) op(b), accumulated in wide: gradients of weights. */
void op_gemm_add(char ta, char tb, struct mat a, struct mat b,
                 struct wide_mat c);

/* ---- vector.c ---- */

/* y += x. */
void op_add(struct mat y, struct mat x);

/* x += b on every row, and its gradient: db += column sums of dx. */
void op_bias_forward(struct mat x, const real *b);
void op_bias_backward(struct mat dx, wide *db);

/* y = x + s + b1 + b2 on every row; b2 may be NULL; y may be x or s. */
void op_residual(struct mat x, struct mat s, const real *b1, const real *b2,
                 struct mat y);

/* own = the sum of `others` + 1 arrays of n, added in order: copies [others,
 * n], and own before copy `place`. */
void op_sum_copies(wide *own, const wide *copies, long place, long others,
                   long n);

/* Sum of squares, in double, to the host. */
double op_sum_squares(const wide *x, long n);

/* to = from, rounded; the two may be the same memory. */
void op_narrow(real *to, const wide *from, long n);

/* ---- norm.c ---- LayerNorm by row:
 *   inverse = 1 / sqrt(var + epsilon)
 *   y = (x - mean) * inverse * weight + bias */
struct op_norm {
    const real *weight, *bias; /* [width] */
    wide *dweight, *dbias;     /* [width] */
    wide *mean, *inverse;      /* [tokens], kept from forward to backward */
    wide epsilon;
};

void op_norm_forward(const struct op_norm *n, struct mat x, struct mat y);

/* dx = beta dx + the gradient; x as in forward.  dx may be dy if beta is 0. */
void op_norm_backward(const struct op_norm *n, struct mat x, struct mat dy,
                      wide beta, struct mat dx);

/* ---- rotary.c ---- rotary position embedding, in place, on the first `dims`
 * of each head's `head_size` numbers.  Dimension i < dims/2 pairs with
 * i + dims/2 (the GPT-NeoX convention); the angle at position p is
 * p * base^(-2i/dims); position = row % length, or what is after the start of
 * the row's document. */
struct op_rotary {
    const wide *cosine, *sine; /* [length, dims/2] */
    long length, dims, head_size;
    const int32_t *start; /* [tokens] as in struct op_heads; NULL: 0 */
};

void op_rotary_forward(const struct op_rotary *r, struct mat x);
void op_rotary_backward(const struct op_rotary *r, struct mat dx);

/* ---- attention.c ---- causal attention by head,
 *   o = softmax(scale q k' + mask) v
 * over blocks of queries: no [length, length] matrix outlives a block;
 * backward computes the probabilities again from `lse`.  With documents, a
 * query sees the keys of its own from the first on, and a block of queries
 * costs nothing for the keys before the documents that it is of.
 *
 *   q, o, dq, do     [tokens, heads * size]
 *   k, v, dk, dv     [tokens, kv_heads * size]; query head h reads key head
 *                    h / (heads / kv_heads)
 *   lse              [heads, tokens] log of the sum of exponentials, wide */
struct op_heads {
    long sequences, length;
    long heads, kv_heads, size;
    wide scale;
    wide *lse;
    void *scratch; /* op_attention_scratch() bytes; may be shared by layers */
    /* [tokens] where in its sequence the document of a token starts: its own
     * place or that of the token before it; NULL: at 0.  The host needs it to
     * choose the keys of a block. */
    const int32_t *start, *start_on_host;
};

/* The matrices of one attention; backward sets dq, dk and dv. */
struct op_attended {
    struct mat q, k, v, o;
};

size_t op_attention_scratch(const struct op_heads *h);
void op_attention_forward(const struct op_heads *h,
                          const struct op_attended *a);
void op_attention_backward(const struct op_heads *h,
                           const struct op_attended *a,
                           const struct op_attended *da);

/* ---- gelu.c ---- with bias:  u += bias;  y = gelu(u)
 *   exact  u/2 (1 + erf(u / sqrt 2))
 *   tanh   u/2 (1 + tanh(sqrt(2/pi) (u + 0.044715 u^3))) */
enum op_gelu { GELU_EXACT, GELU_TANH };

/* u is overwritten with u + bias, which backward needs; bias may be NULL. */
void op_gelu_forward(enum op_gelu kind, struct mat u, const real *bias,
                     struct mat y);

/* du = dy * gelu'(u); dbias += column sums of du; du may be dy. */
void op_gelu_backward(enum op_gelu kind, struct mat u, struct mat dy,
                      struct mat du, wide *dbias);

/* ---- embed.c ---- this rank holds rows [first, first + w.rows) of the
 * table */

/* x[r] = w[token[r] - first] where this rank has the row, else 0. */
void op_embed_forward(const int32_t *token, struct mat w, long first,
                      struct mat x);
void op_embed_backward(const int32_t *token, struct mat dx, long first,
                       struct wide_mat dw);

/* ---- cross_entropy.c ---- softmax and negative log-likelihood over a
 * vocabulary that may be cut over ranks, with one exponential a logit:
 *
 *   op_cross_entropy_exponentials   logits become e = exp(l - peak)
 *     take the maximum of peak_all over the ranks
 *   op_cross_entropy_sums           moves the sums to the common peak
 *     sum `sums` over the ranks
 *   op_cross_entropy_losses         loss = log Z - target logit,
 *                                   log Z = log(sum) + peak_all
 *   op_cross_entropy_logs           log Z
 *   op_cross_entropy_hits           1 where no logit is above the target's
 *   op_cross_entropy_backward       e becomes the gradient of scale times
 *                                   (loss + z log^2 Z):
 *                                   (softmax (1 + 2 z log Z) - onehot) * scale
 *
 * A target of -1 is outside the loss: loss 0, log 0, hit 0, gradient 0. */
struct op_cross_entropy {
    const int32_t *target; /* [rows], global ids */
    long first, valid;     /* columns [0, valid) are ids first ...; the rest is
                              padding: never in a maximum or sum, gradient 0 */
    wide *peak;            /* [rows] this rank's maximum */
    wide *peak_all;        /* [rows] */
    wide *sums;            /* [2, rows] sums of e; target logit or 0 */
    wide z;                /* the z-loss's factor; 0: none */
};

void op_cross_entropy_exponentials(const struct op_cross_entropy *c,
                                   struct mat logits);
void op_cross_entropy_sums(const struct op_cross_entropy *c, long rows);
void op_cross_entropy_losses(const struct op_cross_entropy *c, long rows,
                             wide *loss);
void op_cross_entropy_logs(const struct op_cross_entropy *c, long rows,
                           wide *log);
void op_cross_entropy_hits(const struct op_cross_entropy *c, long rows,
                           wide *hit);
void op_cross_entropy_backward(const struct op_cross_entropy *c, struct mat e,
                               wide scale);

/* ---- adamw.c ---- decoupled weight decay, bias-corrected (as PyTorch):
 *   g = scale * grad
 *   w -= rate * decay * w
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2
 *   w -= rate / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
 * `weight` is `master` rounded (the same memory if REAL_IS_WIDE). */
struct op_adamw {
    double rate, beta1, beta2, epsilon, decay;
    double scale; /* of the gradient: clipping, number of tokens */
    long t;       /* this update's number, from 1 */
};

struct op_adamw_state {
    real *weight;
    wide *master, *m, *v;
    const wide *grad;
};

void op_adamw(const struct op_adamw *a, struct op_adamw_state s, long n);

#endif
