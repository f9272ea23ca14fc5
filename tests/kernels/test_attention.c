/* Attention equals a plain loop in double over every query and key of its
 * document, and its backward the differences of that loop, for lengths around
 * the blocks it works in.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/device.h"
#include "kernels/ops.h"
#include "tests/lib/oracle.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

struct shape {
    long sequences, length, heads, kv_heads, size;
    double scale;
    long document; /* a new one every so many tokens; 0: one a sequence */
};

/* What a loss of the output needs besides q, k and v. */
struct loss {
    struct shape shape;
    const double *d_o;
};

static long tokens(const struct shape *s)
{
    return s->sequences * s->length;
}

/* Where in its sequence the document of token t starts: not at the same places
 * in all sequences. */
static long start_of(const struct shape *s, long t)
{
    long place = t % s->length, shift = t / s->length;

    if (!s->document || place < shift)
        return 0;
    return place - (place - shift) % s->document;
}

/* One query: o and the log of its sum of exponentials. */
static double attend(const struct shape *s, const double *q, const double *k,
                     const double *v, long keys, double *o)
{
    long stride = s->kv_heads * s->size;
    double sum = 0;

    for (long d = 0; d < s->size; d++)
        o[d] = 0;
    for (long j = 0; j < keys; j++) {
        double score = 0;

        for (long d = 0; d < s->size; d++)
            score += q[d] * k[j * stride + d];
        score = exp(s->scale * score);
        sum += score;
        for (long d = 0; d < s->size; d++)
            o[d] += score * v[j * stride + d];
    }
    for (long d = 0; d < s->size; d++)
        o[d] /= sum;
    return log(sum);
}

/* x holds q, then k, then v, each [tokens, its heads * size]. */
static void forward(const struct shape *s, const double *x, double *o,
                    double *lse)
{
    long width = s->heads * s->size, narrow = s->kv_heads * s->size;
    const double *k = x + tokens(s) * width, *v = k + tokens(s) * narrow;

    for (long t = 0; t < tokens(s); t++)
        for (long h = 0; h < s->heads; h++) {
            long at = t * width + h * s->size, start = start_of(s, t);
            long first = t - t % s->length + start;
            long group = s->heads / s->kv_heads;
            long key = first * narrow + h / group * s->size;

            lse[h * tokens(s) + t] = attend(s, x + at, k + key, v + key,
                                            t % s->length + 1 - start, o + at);
        }
}

static double loss_value(const void *what, const double *x)
{
    const struct loss *l = what;
    long n = tokens(&l->shape) * l->shape.heads * l->shape.size;
    double *o = malloc((size_t)(2 * n) * sizeof *o), sum = 0;

    forward(&l->shape, x, o, o + n);
    for (long i = 0; i < n; i++)
        sum += o[i] * l->d_o[i];
    free(o);
    return sum;
}

static struct op_heads heads_of(const struct shape *s, struct mat lse)
{
    struct op_heads h = {.sequences = s->sequences,
                         .length = s->length,
                         .heads = s->heads,
                         .kv_heads = s->kv_heads,
                         .size = s->size,
                         .scale = (wide)s->scale,
                         .lse = lse.at};
    int32_t *start =
        oracle_keep(malloc((size_t)tokens(s) * sizeof *start), free);

    for (long t = 0; t < tokens(s); t++)
        start[t] = (int32_t)start_of(s, t);
    if (s->document) {
        h.start = oracle_put_ids(start, tokens(s));
        h.start_on_host = start;
    }
    h.scratch =
        oracle_keep(device_alloc(op_attention_scratch(&h)), device_free);
    return h;
}

/* Views of q, k, v and o side by side in one matrix, as a fused projection
 * leaves them. */
static struct op_attended views(const struct shape *s, struct mat all)
{
    long width = s->heads * s->size, narrow = s->kv_heads * s->size;

    return (struct op_attended){mat_cols(all, 0, width),
                                mat_cols(all, width, narrow),
                                mat_cols(all, width + narrow, narrow),
                                mat_cols(all, width + 2 * narrow, width)};
}

/* Columns [first, first + n) of s from or to a block without gaps. */
static double *take_columns(struct sample s, long first, long n, double *to)
{
    for (long i = 0; i < s.rows * n; i++)
        *to++ = s.at[i / n * s.cols + first + i % n];
    return to;
}

static struct sample packed(const struct shape *s, struct sample all)
{
    long width = s->heads * s->size, narrow = s->kv_heads * s->size;
    struct sample x = oracle_zero(1, tokens(s) * (width + 2 * narrow));
    double *to = take_columns(all, 0, width, x.at);

    to = take_columns(all, width, narrow, to);
    take_columns(all, width + narrow, narrow, to);
    return x;
}

static void test_shape(struct shape s)
{
    long width = s.heads * s.size, cols = 2 * (width + s.kv_heads * s.size);
    struct sample in = oracle_random(tokens(&s), cols, "attention");
    struct sample x = packed(&s, in),
                  d_o = oracle_random(tokens(&s), width, "do");
    struct sample o = oracle_zero(tokens(&s), width);
    struct sample lse = oracle_zero(s.heads, tokens(&s)), out, bad = in;
    struct mat all = oracle_put(in, 3), kept = oracle_put(lse, 0);

    /* What is set must not be read: NaN would stay. */
    for (long i = 0; i < bad.rows * bad.cols; i++)
        bad.at[i] = NAN;

    struct mat dall = oracle_put(bad, 1);
    struct op_heads h = heads_of(&s, kept);
    struct op_attended a = views(&s, all), da = views(&s, dall);

    forward(&s, x.at, o.at, lse.at);
    op_attention_forward(&h, &a);
    out = oracle_zero(tokens(&s), width);
    take_columns(oracle_get(all), cols - width, width, out.at);

    /* A rounded sum of exponentials moves its logarithm by as much, however
     * small that is. */
    double e = oracle_error(oracle_put(out, 0), o);
    double l = oracle_error(kept, lse) * fmin(1, oracle_largest(lse));

    ok(e < 16 * oracle_unit && l < 16 * oracle_unit,
       "%ld x %ld, heads %ld/%ld of %ld, documents of %ld: o %.2g, lse %.2g",
       s.sequences, s.length, s.heads, s.kv_heads, s.size, s.document, e, l);

    da.o = oracle_put(d_o, 2);
    op_attention_backward(&h, &a, &da);

    struct sample got = packed(&s, oracle_get(dall));
    struct loss loss = {s, d_o.at};

    e = oracle_gradient_error((struct objective){loss_value, &loss, x.cols},
                              x.at, got.at);
    ok(e < 32 * oracle_unit + oracle_difference, "backward: %.2g", e);
    oracle_free();
}

/* Scores far apart: exponentials of large numbers must not overflow, and those
 * of small ones are 0. */
static void test_large_scores(void)
{
    struct shape s = {1, 70, 1, 1, 2, 1, 0};
    struct sample x = oracle_random(70, 8, "large");
    struct mat kept = oracle_put(oracle_zero(1, 70), 0);

    for (long i = 0; i < 70; i++) {
        x.at[i * 8] = 100;
        x.at[i * 8 + 1] = 0;
        x.at[i * 8 + 2] = (double)(i % 2 ? 100 + i : -100 - i);
    }

    struct sample want = oracle_zero(70, 2);
    struct mat all = oracle_put(x, 0);
    struct op_heads h = heads_of(&s, kept);
    struct op_attended a = views(&s, all);

    /* All weight is on the last odd key so far, or on the first key. */
    for (long i = 0; i < 70; i++) {
        long best = i == 0 ? 0 : i % 2 ? i : i - 1;

        want.at[2 * i] = x.at[best * 8 + 4];
        want.at[2 * i + 1] = x.at[best * 8 + 5];
    }
    op_attention_forward(&h, &a);

    struct sample o = oracle_zero(70, 2);

    take_columns(oracle_get(all), 6, 2, o.at);
    ok(oracle_error(oracle_put(o, 0), want) == 0, "scores of +-10000");
}

/* Later tokens change no bit of earlier outputs, and a second call none. */
static void test_bits(void)
{
    struct shape s = {1, 150, 2, 1, 8, 0.35, 0};
    struct sample x = oracle_random(150, 48, "bits");
    struct sample o[3];

    for (int k = 0; k < 3; k++) {
        if (k == 2)
            for (long i = 100 * 48; i < 150 * 48; i++)
                x.at[i] = -x.at[i] + 0.5;

        struct mat all = oracle_put(x, k);
        struct op_heads h = heads_of(&s, oracle_put(oracle_zero(2, 150), 0));
        struct op_attended a = views(&s, all);

        op_attention_forward(&h, &a);
        o[k] = oracle_zero(150, 16);
        take_columns(oracle_get(all), 32, 16, o[k].at);
    }
    ok(memcmp(o[0].at, o[1].at, 150 * 16 * sizeof(double)) == 0,
       "off alignment: same bits");
    ok(memcmp(o[0].at, o[2].at, 100 * 16 * sizeof(double)) == 0,
       "other later tokens: same bits");
}

int main(int argc, char **argv)
{
    start(&argc, &argv);
    test_shape((struct shape){1, 1, 1, 1, 1, 1, 0});
    test_shape((struct shape){3, 1, 2, 2, 3, 0.5, 0});
    test_shape((struct shape){2, 7, 4, 2, 3, 0.577, 0});
    test_shape((struct shape){1, 64, 2, 1, 5, 0.4, 0});
    test_shape((struct shape){2, 65, 3, 3, 2, 1, 0});
    test_shape((struct shape){2, 131, 4, 1, 7, 0.378, 0});
    test_shape((struct shape){2, 7, 4, 2, 3, 0.577, 1});
    test_shape((struct shape){2, 65, 3, 3, 2, 1, 64});
    test_shape((struct shape){2, 131, 4, 1, 7, 0.378, 10});
    test_shape((struct shape){1, 290, 2, 1, 3, 0.5, 70});
    test_large_scores();
    test_bits();
    oracle_free();
    tap_done();
    world_stop();
    return 0;
}
