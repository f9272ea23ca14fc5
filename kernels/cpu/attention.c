#include "kernels/ops.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "kernels/cpu/vmath.h"

/* Queries that are worked on together, against the keys up to the last of
 * them: the scores of a block stay in the cache. */
enum { BLOCK = 64 };

static long block_rows(const struct op_heads *h)
{
    return h->length < BLOCK ? h->length : BLOCK;
}

/* Scores, and in backward their gradient. */
size_t op_attention_scratch(const struct op_heads *h)
{
    return 2 * (size_t)(block_rows(h) * h->length) * sizeof(real);
}

/* The rows of one sequence and the columns of one head. */
static struct mat piece(const struct op_heads *h, struct mat m, long sequence,
                        long head)
{
    return mat_cols(mat_rows(m, sequence * h->length, h->length),
                    head * h->size, h->size);
}

static struct op_attended one_head(const struct op_heads *h,
                                   const struct op_attended *a, long sequence,
                                   long head)
{
    long key_head = head / (h->heads / h->kv_heads);

    return (struct op_attended){
        piece(h, a->q, sequence, head), piece(h, a->k, sequence, key_head),
        piece(h, a->v, sequence, key_head), piece(h, a->o, sequence, head)};
}

/* Queries [first, first + n) of one head and the keys [begin, end) that they
 * see; lse and start are those of the sequence. */
struct span {
    long first, n, begin, end;
    wide *lse;
    const int32_t *start;
};

static struct span span_at(const struct op_heads *h, long sequence, long head,
                           long first)
{
    long left = h->length - first, n = left < BLOCK ? left : BLOCK;
    const int32_t *start = h->start ? h->start + sequence * h->length : NULL;

    return (struct span){
        .first = first,
        .n = n,
        .begin = start ? start[first] : 0,
        .end = first + n,
        .lse = h->lse + (head * h->sequences + sequence) * h->length,
        .start = start,
    };
}

/* Of row r of the scores, which are those of keys [begin, end): columns [from,
 * to) are of keys that the query sees. */
struct seen {
    long from, to;
};

static struct seen seen_by(const struct span *b, long r)
{
    long query = b->first + r, start = b->start ? b->start[query] : b->begin;

    return (struct seen){start - b->begin, query + 1 - b->begin};
}

static void hide(struct mat s, long r, struct seen seen)
{
    real *row = s.at + r * s.ld;

    for (long j = 0; j < seen.from; j++)
        row[j] = 0;
    for (long j = seen.to; j < s.cols; j++)
        row[j] = 0;
}

/* Scores become exponentials relative to the largest; the sum. */
static wide row_exponentials(real *s, long keys, wide scale, wide *peak)
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
    *peak = scale * largest;
    return sum;
}

static struct mat scores(const struct op_heads *h, const struct span *b)
{
    long keys = b->end - b->begin;

    return (struct mat){h->scratch, b->n, keys, keys};
}

/* The rows of o are divided by their sums, since they are shorter than the
 * rows of probabilities. */
static void queries_forward(const struct op_heads *h, struct op_attended one,
                            const struct span *b)
{
    struct mat s = scores(h, b), o = mat_rows(one.o, b->first, b->n);
    struct mat k = mat_rows(one.k, b->begin, s.cols);
    wide inverse[BLOCK];

    op_gemm('N', 'T', mat_rows(one.q, b->first, b->n), k, 0, s);
    for (long r = 0; r < b->n; r++) {
        struct seen seen = seen_by(b, r);
        wide peak,
            sum = row_exponentials(s.at + r * s.ld + seen.from,
                                   seen.to - seen.from, h->scale, &peak);

        hide(s, r, seen);
        b->lse[b->first + r] = peak + vmath_log(sum);
        inverse[r] = 1 / sum;
    }
    op_gemm('N', 'N', s, mat_rows(one.v, b->begin, s.cols), 0, o);
    for (long r = 0; r < b->n; r++)
        for (long j = 0; j < o.cols; j++)
            o.at[r * o.ld + j] *= inverse[r];
}

void op_attention_forward(const struct op_heads *h,
                          const struct op_attended *a)
{
    assert(h->scale > 0 && h->heads % h->kv_heads == 0);
    for (long sequence = 0; sequence < h->sequences; sequence++)
        for (long head = 0; head < h->heads; head++)
            for (long first = 0; first < h->length; first += BLOCK) {
                struct span b = span_at(h, sequence, head, first);

                queries_forward(h, one_head(h, a, sequence, head), &b);
            }
}

/* s: scores become probabilities p; ds: gradients of p become those of the
 * scores before scaling. */
static void row_backward(real *s, real *ds, long keys, wide scale, wide lse,
                         wide mean)
{
#pragma omp simd
    for (long j = 0; j < keys; j++) {
        wide p = vmath_exp(scale * s[j] - lse);

        s[j] = p;
        ds[j] = p * (ds[j] - mean) * scale;
    }
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
static void queries_backward(const struct op_heads *h, struct op_attended one,
                             struct op_attended d, const struct span *b,
                             wide beta)
{
    struct mat s = scores(h, b), ds = s;
    struct mat q = mat_rows(one.q, b->first, b->n);
    struct mat k = mat_rows(one.k, b->begin, s.cols);
    struct mat v = mat_rows(one.v, b->begin, s.cols);
    struct mat o = mat_rows(one.o, b->first, b->n);
    struct mat d_o = mat_rows(d.o, b->first, b->n);

    ds.at += block_rows(h) * h->length;
    op_gemm('N', 'T', q, k, 0, s);
    op_gemm('N', 'T', d_o, v, 0, ds);
    for (long r = 0; r < b->n; r++) {
        struct seen seen = seen_by(b, r);
        long at = r * s.ld + seen.from;

        row_backward(s.at + at, ds.at + at, seen.to - seen.from, h->scale,
                     b->lse[b->first + r],
                     dot(o.at + r * o.ld, d_o.at + r * d_o.ld, o.cols));
        hide(s, r, seen);
        hide(ds, r, seen);
    }
    op_gemm('N', 'N', ds, k, 0, mat_rows(d.q, b->first, b->n));
    op_gemm('T', 'N', ds, q, beta, mat_rows(d.k, b->begin, s.cols));
    op_gemm('T', 'N', s, d_o, beta, mat_rows(d.v, b->begin, s.cols));
}

static void zero(struct mat m)
{
    for (long r = 0; r < m.rows; r++)
        memset(m.at + r * m.ld, 0, (size_t)m.cols * sizeof *m.at);
}

/* From the last block, which reaches all keys, to the first: so it can set dk
 * and dv where the others add.  With documents it reaches those of the last
 * ones alone. */
void op_attention_backward(const struct op_heads *h,
                           const struct op_attended *a,
                           const struct op_attended *da)
{
    long group = h->heads / h->kv_heads;
    long last = (h->length - 1) / BLOCK * BLOCK;

    if (h->start) {
        zero(da->k);
        zero(da->v);
    }
    for (long sequence = 0; sequence < h->sequences; sequence++)
        for (long head = 0; head < h->heads; head++)
            for (long first = last; first >= 0; first -= BLOCK) {
                struct span b = span_at(h, sequence, head, first);
                bool is_set = h->start || head % group > 0 || first < last;

                queries_backward(h, one_head(h, a, sequence, head),
                                 one_head(h, da, sequence, head), &b,
                                 is_set ? 1 : 0);
            }
}
