/* A block of queries of one sequence at a time, for all key heads at once:
 * each product is one call of cuBLAS over the heads.  Query heads that share a
 * key head follow one another. */
#include "kernels/cuda/gpu.cuh"

extern "C" {
#include "kernels/cuda/gemm.h"
}

/* Enough queries for the products to fill a GPU; the scores of a block are
 * [key heads, BLOCK, length]. */
enum { BLOCK = 128 };

/* Rows of scores start on 16 bytes. */
static long row_length(const struct op_heads *h)
{
    return divide_up(h->length, PACK) * PACK;
}

/* The scratch: scores, which become probabilities, and their gradients, in
 * wide and, where that is another type, in real; gradients of keys and
 * values. */
struct scratch {
    wide *s, *ds;
    real *p, *dp;
    wide *dk, *dv;
    size_t bytes;
};

static struct scratch carve(const struct op_heads *h)
{
    size_t scores = (size_t)(h->kv_heads * BLOCK * row_length(h));
    size_t keys = (size_t)(h->kv_heads * h->length * h->size);
    struct scratch c;

    keys = (keys + PACK - 1) / PACK * PACK;
    c.s = (wide *)h->scratch;
    c.ds = c.s + scores;
    c.dk = c.ds + scores;
    c.dv = c.dk + keys;
    c.p = (real *)(REAL_IS_WIDE ? c.s : c.dv + keys);
    c.dp = REAL_IS_WIDE ? (real *)c.ds : c.p + scores;
    c.bytes = 2 * (scores + keys) * sizeof(wide) +
              (REAL_IS_WIDE ? 0 : 2 * scores * sizeof(real));
    return c;
}

extern "C" size_t op_attention_scratch(const struct op_heads *h)
{
    return carve(h).bytes;
}

/* Queries [first, first + n) of one sequence, and the keys [begin, end) that
 * they see, of query heads `member`, member + group, ... */
struct span {
    long sequence, member, first, n, begin, end;
};

/* Rows of one sequence and every `group`-th head's columns, as a stack. */
static struct gemm_pile queries(const struct op_heads *h, struct mat m,
                                const struct span *b)
{
    long group = h->heads / h->kv_heads;
    struct mat rows = mat_rows(m, b->sequence * h->length + b->first, b->n);

    return gemm_pile{mat_cols(rows, b->member * h->size, h->size),
                     group * h->size};
}

static struct gemm_pile keys(const struct op_heads *h, struct mat m,
                             const struct span *b)
{
    struct mat rows =
        mat_rows(m, b->sequence * h->length + b->begin, b->end - b->begin);

    return gemm_pile{mat_cols(rows, 0, h->size), h->size};
}

static struct gemm_pile probabilities(const struct op_heads *h, real *at,
                                      const struct span *b)
{
    long ld = row_length(h);

    return gemm_pile{{at, b->n, b->end - b->begin, ld}, BLOCK * ld};
}

static struct gemm_wide_pile scores(const struct op_heads *h, wide *at,
                                    const struct span *b)
{
    long ld = row_length(h);

    return gemm_wide_pile{{at, b->n, b->end - b->begin, ld}, BLOCK * ld};
}

static struct gemm_wide_pile key_gradients(const struct op_heads *h, wide *at,
                                           const struct span *b)
{
    return gemm_wide_pile{
        {at + b->begin * h->size, b->end - b->begin, h->size, h->size},
        h->length * h->size};
}

/* What the kernels see: blockIdx.x is the query, blockIdx.y the key head. */
struct rows {
    struct gemm_wide_pile s, ds;
    struct gemm_pile p, dp, o, d_o;
    wide *lse;
    const int32_t *start; /* of the first query, or NULL */
    long lse_apart, first, begin;
    wide scale;
};

static struct rows rows_of(const struct op_heads *h, const struct scratch *c,
                           const struct span *b)
{
    struct rows r = {};
    long group = h->heads / h->kv_heads, apart = h->sequences * h->length;

    r.s = scores(h, c->s, b), r.ds = scores(h, c->ds, b);
    r.p = probabilities(h, c->p, b), r.dp = probabilities(h, c->dp, b);
    r.lse = h->lse + b->member * apart + b->sequence * h->length + b->first;
    r.lse_apart = group * apart;
    if (h->start)
        r.start = h->start + b->sequence * h->length + b->first;
    r.first = b->first, r.begin = b->begin;
    r.scale = h->scale;
    return r;
}

static struct blocks a_block_a_query(const struct op_heads *h,
                                     const struct span *b)
{
    struct blocks blocks = by_rows(b->n, b->end - b->begin);

    blocks.grid.y = (unsigned)h->kv_heads;
    return blocks;
}

template <class S> static __device__ auto row_of(const S &stack)
{
    return stack.m.at + blockIdx.y * stack.apart + blockIdx.x * stack.m.ld;
}

/* Columns [from, to) of a row of scores are of keys that its query sees. */
struct seen {
    long from, to;

    __device__ bool has(long j) const { return j >= from && j < to; }
};

static __device__ struct seen seen_by_query(const struct rows &rows)
{
    long start = rows.start ? rows.start[blockIdx.x] : rows.begin;

    return seen{start - rows.begin, rows.first + blockIdx.x + 1 - rows.begin};
}

/* Scores become probabilities, 0 of what the query does not see; p may be
 * s. */
static __global__ void __launch_bounds__(MOST_THREADS)
    causal_softmax(struct rows rows)
{
    const wide *s = row_of(rows.s);
    real *p = row_of(rows.p);
    struct seen seen = seen_by_query(rows);
    long count = seen.to, cols = rows.s.m.cols;
    long first = threadIdx.x * PACK, step = blockDim.x * PACK;
    wide peak = lowest(), total = 0;

    for (long j = first; j < count; j += step) {
        struct pack x = pack_load(s + j, count - j);

        for (int i = 0; i < PACK; i++)
            if (seen.has(j + i) && x.v[i] > peak)
                peak = x.v[i];
    }
    peak = block_maximum(peak);
    for (long j = first; j < count; j += step) {
        struct pack x = pack_load(s + j, count - j);

        for (int i = 0; i < PACK; i++)
            if (seen.has(j + i))
                total += exp(rows.scale * (x.v[i] - peak));
    }
    total = block_sum(total);
    for (long j = first; j < cols; j += step) {
        struct pack x = pack_load(s + j, count - j);

        for (int i = 0; i < PACK; i++)
            x.v[i] = seen.has(j + i)
                         ? exp(rows.scale * (x.v[i] - peak)) / total
                         : 0;
        pack_store(p + j, cols - j, x);
    }
    if (threadIdx.x == 0)
        rows.lse[blockIdx.y * rows.lse_apart + blockIdx.x] =
            rows.scale * peak + log(total);
}

/* s: scores become probabilities p; ds: gradients of p become those of the
 * scores before scaling. */
static __global__ void __launch_bounds__(MOST_THREADS)
    causal_softmax_backward(struct rows rows)
{
    const wide *s = row_of(rows.s), *ds = row_of(rows.ds);
    const real *o = row_of(rows.o), *d_o = row_of(rows.d_o);
    real *p = row_of(rows.p), *dp = row_of(rows.dp);
    struct seen seen = seen_by_query(rows);
    long count = seen.to, cols = rows.s.m.cols;
    long first = threadIdx.x * PACK, step = blockDim.x * PACK;
    wide lse = rows.lse[blockIdx.y * rows.lse_apart + blockIdx.x], mean = 0;

    for (long j = first; j < rows.o.m.cols; j += step) {
        struct pack a = pack_load(o + j, rows.o.m.cols - j);
        struct pack b = pack_load(d_o + j, rows.o.m.cols - j);

        for (int i = 0; i < PACK; i++)
            mean += a.v[i] * b.v[i];
    }
    mean = block_sum(mean);
    for (long j = first; j < cols; j += step) {
        struct pack x = pack_load(s + j, count - j);
        struct pack d = pack_load(ds + j, count - j);

        for (int i = 0; i < PACK; i++) {
            x.v[i] = seen.has(j + i) ? exp(rows.scale * x.v[i] - lse) : 0;
            d.v[i] = x.v[i] * (d.v[i] - mean) * rows.scale;
        }
        pack_store(p + j, cols - j, x);
        pack_store(dp + j, cols - j, d);
    }
}

/* Of those that the queries see, which is the first one's. */
static long first_key(const struct op_heads *h, const struct span *b)
{
    return h->start ? h->start_on_host[b->sequence * h->length + b->first] : 0;
}

/* Every block of queries of every sequence, the last first: it reaches all
 * keys, unless there are documents. */
template <class F> static void for_each_block(const struct op_heads *h, F work)
{
    struct span b;

    assert(h->scale > 0 && h->heads % h->kv_heads == 0);
    for (b.sequence = 0; b.sequence < h->sequences; b.sequence++)
        for (b.first = (h->length - 1) / BLOCK * BLOCK; b.first >= 0;
             b.first -= BLOCK)
            for (b.member = 0; b.member < h->heads / h->kv_heads; b.member++) {
                b.n = min(h->length - b.first, (long)BLOCK);
                b.begin = first_key(h, &b);
                b.end = b.first + b.n;
                work(&b);
            }
}

static void block_forward(const struct op_heads *h,
                          const struct op_attended *a, const struct span *b)
{
    struct scratch c = carve(h);
    struct rows rows = rows_of(h, &c, b);

    gemm_stack_wide('N', 'T', queries(h, a->q, b), keys(h, a->k, b), 0, rows.s,
                    h->kv_heads);
    LAUNCH(causal_softmax, a_block_a_query(h, b), rows);
    gemm_stack('N', 'N', rows.p, keys(h, a->v, b), 0, queries(h, a->o, b),
               h->kv_heads);
}

extern "C" void op_attention_forward(const struct op_heads *h,
                                     const struct op_attended *a)
{
    for_each_block(h, [=](const struct span *b) { block_forward(h, a, b); });
}

/* dk and dv of one sequence are whole: rounded, and put where they belong.
 * blockIdx.y is the key head. */
static __global__ void narrow_heads(struct gemm_wide_pile from,
                                    struct gemm_pile to)
{
    const wide *x = row_of(from);
    real *y = row_of(to);
    long cols = from.m.cols;

    for (long j = threadIdx.x * PACK; j < cols; j += blockDim.x * PACK)
        pack_store(y + j, cols - j, pack_load(x + j, cols - j));
}

static void put_key_gradients(const struct op_heads *h, wide *from,
                              struct mat to, long sequence)
{
    struct span all = {sequence, 0, 0, h->length, 0, h->length};
    struct blocks blocks = by_rows(h->length, h->size);

    blocks.grid.y = (unsigned)h->kv_heads;
    LAUNCH(narrow_heads, blocks, key_gradients(h, from, &all),
           keys(h, to, &all));
}

static void zero_key_gradients(const struct op_heads *h,
                               const struct scratch *c)
{
    size_t bytes = (size_t)(h->kv_heads * h->length * h->size) * sizeof(wide);

    device_zero(c->dk, bytes);
    device_zero(c->dv, bytes);
}

static void block_backward(const struct op_heads *h,
                           const struct op_attended *a,
                           const struct op_attended *d, const struct span *b)
{
    struct scratch c = carve(h);
    struct rows rows = rows_of(h, &c, b);
    struct gemm_pile q = queries(h, a->q, b);
    bool is_first = b->member == 0 && b->end == h->length;
    wide beta = is_first && !h->start ? 0 : 1;
    bool is_last = b->member == h->heads / h->kv_heads - 1 && b->first == 0;

    if (is_first && h->start)
        zero_key_gradients(h, &c);
    rows.o = queries(h, a->o, b), rows.d_o = queries(h, d->o, b);
    gemm_stack_wide('N', 'T', q, keys(h, a->k, b), 0, rows.s, h->kv_heads);
    gemm_stack_wide('N', 'T', rows.d_o, keys(h, a->v, b), 0, rows.ds,
                    h->kv_heads);
    LAUNCH(causal_softmax_backward, a_block_a_query(h, b), rows);
    gemm_stack('N', 'N', rows.dp, keys(h, a->k, b), 0, queries(h, d->q, b),
               h->kv_heads);
    gemm_stack_wide('T', 'N', rows.dp, q, beta, key_gradients(h, c.dk, b),
                    h->kv_heads);
    gemm_stack_wide('T', 'N', rows.p, rows.d_o, beta,
                    key_gradients(h, c.dv, b), h->kv_heads);
    if (is_last) {
        put_key_gradients(h, c.dk, d->k, b->sequence);
        put_key_gradients(h, c.dv, d->v, b->sequence);
    }
}

extern "C" void op_attention_backward(const struct op_heads *h,
                                      const struct op_attended *a,
                                      const struct op_attended *da)
{
    for_each_block(h,
                   [=](const struct span *b) { block_backward(h, a, da, b); });
}
