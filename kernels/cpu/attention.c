#include "kernels/ops.h"

#include <assert.h>
#include <stdbool.h>

#include "kernels/cpu/vmath.h"

/* Queries that are worked on together, against the keys up to the last of
 * them: the scores of a block stay in the cache. */
enum { BLOCK = 64 };

static long block_rows(const struct heads *h)
{
    return h->length < BLOCK ? h->length : BLOCK;
}

/* Scores, and in backward their gradient. */
size_t op_attention_scratch(const struct heads *h)
{
    return 2 * (size_t)(block_rows(h) * h->length) * sizeof(real);
}

/* The rows of one sequence and the columns of one head. */
static struct mat piece(const struct heads *h, struct mat m, long sequence,
                        long head)
{
    return mat_cols(mat_rows(m, sequence * h->length, h->length),
                    head * h->size, h->size);
}

static struct attended one_head(const struct heads *h, const struct attended *a,
                                long sequence, long head)
{
    long key_head = head / (h->heads / h->kv_heads);

    return (struct attended){
        piece(h, a->q, sequence, head), piece(h, a->k, sequence, key_head),
        piece(h, a->v, sequence, key_head), piece(h, a->o, sequence, head)};
}

static wide *head_lse(const struct heads *h, long sequence, long head)
{
    return h->lse + (head * h->sequences + sequence) * h->length;
}

/* Scores become exponentials relative to the largest, 0 from `keys` on; the
 * sum. */
static wide row_exponentials(real *s, long keys, long cols, wide scale,
                             wide *peak)
{
    wide largest = s[0], sum = 0;

#pragma omp simd reduction(max : largest)
    for (long j = 0; j < keys; j++)
        largest = s[j] > largest ? s[j] : largest;

#pragma omp simd reduction(+ : sum)
    for (long j = 0; j < keys; j++) {
        s[j] = vmath_exp(scale * (s[j] - largest));
        sum += s[j];
    }
    for (long j = keys; j < cols; j++)
        s[j] = 0;
    *peak = scale * largest;
    return sum;
}

/* The rows of o are divided by their sums, since they are shorter than the rows
 * of probabilities. */
static void queries_forward(const struct heads *h, struct attended one,
                            long first, long n, wide *lse)
{
    long end = first + n;
    struct mat s = {h->scratch, n, end, end}, o = mat_rows(one.o, first, n);
    wide inverse[BLOCK];

    op_gemm('N', 'T', mat_rows(one.q, first, n), mat_rows(one.k, 0, end), 0, s);
    for (long r = 0; r < n; r++) {
        wide peak, sum = row_exponentials(s.at + r * s.ld, first + r + 1, end,
                                          h->scale, &peak);

        lse[first + r] = peak + vmath_log(sum);
        inverse[r] = 1 / sum;
    }
    op_gemm('N', 'N', s, mat_rows(one.v, 0, end), 0, o);
    for (long r = 0; r < n; r++)
        for (long j = 0; j < o.cols; j++)
            o.at[r * o.ld + j] *= inverse[r];
}

void op_attention_forward(const struct heads *h, const struct attended *a)
{
    assert(h->scale > 0 && h->heads % h->kv_heads == 0);
    for (long sequence = 0; sequence < h->sequences; sequence++)
        for (long head = 0; head < h->heads; head++)
            for (long first = 0; first < h->length; first += BLOCK) {
                long left = h->length - first;

                queries_forward(h, one_head(h, a, sequence, head), first,
                                left < BLOCK ? left : BLOCK,
                                head_lse(h, sequence, head));
            }
}

/* s: scores become probabilities p; ds: gradients of p become those of the
 * scores before scaling. */
static void row_backward(real *s, real *ds, long keys, long cols, wide scale,
                         wide lse, wide mean)
{
#pragma omp simd
    for (long j = 0; j < keys; j++) {
        wide p = vmath_exp(scale * s[j] - lse);

        s[j] = p;
        ds[j] = p * (ds[j] - mean) * scale;
    }
    for (long j = keys; j < cols; j++)
        s[j] = ds[j] = 0;
}

static wide dot(const real *x, const real *y, long n)
{
    wide sum = 0;

#pragma omp simd reduction(+ : sum)
    for (long j = 0; j < n; j++)
        sum += x[j] * y[j];
    return sum;
}

/* beta 0: this block is the first to reach dk and dv. */
static void queries_backward(const struct heads *h, struct attended one,
                             struct attended d, long first, long n,
                             const wide *lse, wide beta)
{
    long end = first + n;
    struct mat s = {h->scratch, n, end, end}, ds = s;
    struct mat q = mat_rows(one.q, first, n), k = mat_rows(one.k, 0, end);
    struct mat o = mat_rows(one.o, first, n), d_o = mat_rows(d.o, first, n);

    ds.at += block_rows(h) * h->length;
    op_gemm('N', 'T', q, k, 0, s);
    op_gemm('N', 'T', d_o, mat_rows(one.v, 0, end), 0, ds);
    for (long r = 0; r < n; r++)
        row_backward(s.at + r * s.ld, ds.at + r * ds.ld, first + r + 1, end,
                     h->scale, lse[first + r],
                     dot(o.at + r * o.ld, d_o.at + r * d_o.ld, o.cols));
    op_gemm('N', 'N', ds, k, 0, mat_rows(d.q, first, n));
    op_gemm('T', 'N', ds, q, beta, mat_rows(d.k, 0, end));
    op_gemm('T', 'N', s, d_o, beta, mat_rows(d.v, 0, end));
}

/* From the last block, which reaches all keys, to the first: so it can set dk
 * and dv where the others add. */
void op_attention_backward(const struct heads *h, const struct attended *a,
                           const struct attended *da)
{
    long group = h->heads / h->kv_heads;
    long last = (h->length - 1) / BLOCK * BLOCK;

    for (long sequence = 0; sequence < h->sequences; sequence++)
        for (long head = 0; head < h->heads; head++)
            for (long first = last; first >= 0; first -= BLOCK) {
                bool is_first = head % group == 0 && first == last;
                long left = h->length - first;

                queries_backward(h, one_head(h, a, sequence, head),
                                 one_head(h, da, sequence, head), first,
                                 left < BLOCK ? left : BLOCK,
                                 head_lse(h, sequence, head), is_first ? 0 : 1);
            }
}
