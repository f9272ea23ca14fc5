/* Every operation but products, attention and cross entropy equals a plain
 * loop in double, its backward the differences of that loop; writes stay
 * inside the matrices; where rows lie in memory changes no bit.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/ops.h"
#include "tests/lib/oracle.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

static void test_add(struct sample x, struct sample s, struct sample b)
{
    struct sample sum = oracle_copy(x), bias = oracle_copy(x);
    struct sample one = oracle_copy(x), two = oracle_copy(x);
    struct mat y = oracle_put(x, 3), z = oracle_put(x, 3),
               u = oracle_put(x, 1);
    struct mat v = oracle_put(s, 2), row = oracle_put(b, 0);
    struct mat from = oracle_put(s, 2);
    const real *b1 = row.at, *b2 = row.at + row.cols;

    for (long i = 0; i < x.rows * x.cols; i++) {
        double d1 = b.at[i % x.cols], d2 = b.at[b.cols + i % x.cols];

        sum.at[i] += s.at[i];
        bias.at[i] += d1;
        one.at[i] += s.at[i] + d1;
        two.at[i] += s.at[i] + d1 + d2;
    }
    op_add(y, from);
    op_bias_forward(z, b1);
    op_residual(u, from, b1, NULL, u);
    op_residual(oracle_put(x, 0), v, b1, b2, v);
    ok(oracle_error(y, sum) < 2 * oracle_unit, "add, %ld rows", x.rows);
    ok(oracle_error(z, bias) < 2 * oracle_unit, "bias, %ld rows", x.rows);
    ok(oracle_error(u, one) < 4 * oracle_unit, "residual into x, one bias");
    ok(oracle_error(v, two) < 6 * oracle_unit, "residual into s, two biases");
}

/* Column sums of up to 200 numbers: 64 in a block, then 4 blocks. */
static void test_bias_backward(struct sample x)
{
    struct sample start = oracle_random(1, x.cols, "db");
    struct sample want = oracle_copy(start);
    struct mat db = oracle_put(start, 0);

    for (long i = 0; i < x.rows * x.cols; i++)
        want.at[i % x.cols] += x.at[i];
    op_bias_backward(oracle_put(x, 3), db.at);

    double e = oracle_error(db, want);

    ok(e < 10 * oracle_unit, "bias backward, %ldx%ld: %.2g", x.rows, x.cols,
       e);
}

static void test_vectors(struct sample x)
{
    long n = x.cols;
    struct mat y = oracle_put(x, 0), to = oracle_put(oracle_zero(1, n), 0);
    long double sum = 0;

    for (long i = 0; i < n; i++)
        sum += (long double)x.at[i] * x.at[i];

    /* Rounding in double: a random walk of at most n steps of a unit. */
    double got = op_sum_squares(y.at, n), shifted;

    ok(fabs((double)(got - sum)) <= 0x1p-47 * got, "sum of %ld squares", n);
    shifted = op_sum_squares(oracle_put(x, 1).at, n);
    ok(got == shifted, "sum of %ld squares off alignment, same bits", n);
    op_narrow(to.at, y.at, n);
    ok(oracle_error(to, x) == 0, "narrow, %ld", n);
}

static const double norm_epsilon = 0x1p-10;

/* [x; weight; bias] -> <norm(x), dy>, or y itself. */
static void normalise(long rows, long cols, const double *x, double *y)
{
    const double *weight = x + rows * cols, *bias = weight + cols;

    for (long r = 0; r < rows; r++) {
        double mean = 0, variance = 0;

        for (long j = 0; j < cols; j++)
            mean += x[r * cols + j] / (double)cols;
        for (long j = 0; j < cols; j++)
            variance += pow(x[r * cols + j] - mean, 2) / (double)cols;
        for (long j = 0; j < cols; j++)
            y[r * cols + j] = (x[r * cols + j] - mean) /
                                  sqrt(variance + norm_epsilon) * weight[j] +
                              bias[j];
    }
}

static double inner_product(const double *x, const double *y, long n)
{
    double sum = 0;

    for (long i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static double norm_value(const void *what, const double *x)
{
    const struct sample *dy = what;
    double *y = malloc((size_t)(dy->rows * dy->cols) * sizeof *y);

    normalise(dy->rows, dy->cols, x, y);

    double sum = inner_product(y, dy->at, dy->rows * dy->cols);

    free(y);
    return sum;
}

static struct op_norm norm_at(struct mat weight, struct mat bias, struct mat d,
                              long rows)
{
    wide *kept = oracle_put(oracle_zero(2, rows), 0).at;

    return (struct op_norm){weight.at,         bias.at, d.at,
                            d.at + d.cols,     kept,    kept + rows,
                            (wide)norm_epsilon};
}

/* Gradients add up to `rows` numbers of size about 1. */
static void test_norm(long rows, long cols, long gap)
{
    long n = rows * cols;
    struct sample all = oracle_random(rows + 2, cols, "norm");
    struct sample x = {all.at, rows, cols},
                  dy = oracle_random(rows, cols, "dy");
    struct sample w = {all.at + n, 1, cols}, b = {all.at + n + cols, 1, cols};
    struct sample y = oracle_zero(rows, cols), start = oracle_copy(dy);
    struct mat d = oracle_put(oracle_random(2, cols, "dw"), 0);
    struct sample before = oracle_get(d),
                  gradient = oracle_zero(rows + 2, cols);
    struct mat in = oracle_put(x, gap), out = oracle_put(x, gap);
    struct mat mdy = oracle_put(dy, gap), dx = oracle_put(dy, gap);
    struct op_norm norm = norm_at(oracle_put(w, 0), oracle_put(b, 0), d, rows);
    double e;

    normalise(rows, cols, all.at, y.at);
    op_norm_forward(&norm, in, out);
    e = oracle_error(out, y);
    ok(e < 8 * oracle_unit, "norm %ldx%ld: %.2g", rows, cols, e);

    op_norm_backward(&norm, in, dx, 0, dx);
    memcpy(gradient.at, oracle_get(dx).at, (size_t)n * sizeof(double));
    for (long i = 0; i < 2 * cols; i++)
        gradient.at[n + i] = oracle_get(d).at[i] - before.at[i];
    e = oracle_gradient_error(
        (struct objective){norm_value, &dy, n + 2 * cols}, all.at,
        gradient.at);
    ok(e < 16 * oracle_unit + oracle_difference,
       "norm backward in place, %ldx%ld: %.2g", rows, cols, e);

    struct mat added = oracle_put(start, gap);

    op_norm_backward(&norm, in, mdy, (wide)0.5, added);
    for (long i = 0; i < n; i++)
        start.at[i] = 0.5 * start.at[i] + gradient.at[i];
    e = oracle_error(added, start);
    ok(e < 2 * oracle_unit, "norm backward, beta 0.5: %.2g", e);
    oracle_free();
}

static double gelu(enum op_gelu kind, double u)
{
    return kind == GELU_EXACT
               ? u / 2 * (1 + erf(u / sqrt(2)))
               : u / 2 *
                     (1 + tanh(sqrt(2 / M_PI) * (u + 0.044715 * u * u * u)));
}

struct gelu_case {
    enum op_gelu kind;
    struct sample dy;
};

/* [u; bias] -> <gelu(u + bias), dy> */
static double gelu_value(const void *what, const double *x)
{
    const struct gelu_case *c = what;
    long n = c->dy.rows * c->dy.cols;
    double sum = 0;

    for (long i = 0; i < n; i++)
        sum += c->dy.at[i] * gelu(c->kind, x[i] + x[n + i % c->dy.cols]);
    return sum;
}

static void test_gelu(enum op_gelu kind, long rows, long cols)
{
    const char *name = kind == GELU_EXACT ? "gelu" : "gelu by tanh";
    long n = rows * cols;
    struct sample all = oracle_random(rows + 1, cols, "gelu");
    struct sample u = {all.at, rows, cols}, bias = {all.at + n, 1, cols};
    struct sample y = oracle_zero(rows, cols),
                  start = oracle_random(1, cols, "s");
    struct gelu_case c = {kind, oracle_random(rows, cols, "dy")};
    struct sample gradient = oracle_zero(rows + 1, cols);

    struct mat in = oracle_put(u, 2), out = oracle_put(u, 1);
    struct mat du = oracle_put(c.dy, 3), dbias = oracle_put(start, 0);

    op_gelu_forward(kind, in, oracle_put(bias, 0).at, out);
    for (long i = 0; i < n; i++)
        y.at[i] = gelu(kind, u.at[i] + bias.at[i % cols]);

    double e = oracle_error(out, y);

    ok(e < 3 * oracle_unit, "%s %ldx%ld: %.2g", name, rows, cols, e);

    op_gelu_backward(kind, in, du, du, dbias.at);
    memcpy(gradient.at, oracle_get(du).at, (size_t)n * sizeof(double));
    for (long j = 0; j < cols; j++)
        gradient.at[n + j] = oracle_get(dbias).at[j] - start.at[j];
    e = oracle_gradient_error((struct objective){gelu_value, &c, n + cols},
                              all.at, gradient.at);
    ok(e < 16 * oracle_unit + oracle_difference, "%s backward %ldx%ld: %.2g",
       name, rows, cols, e);
    oracle_free();
}

/* Far out the function is u or 0, and its derivative 1 or 0, exactly. */
static void test_gelu_tails(enum op_gelu kind)
{
    static double tails[] = {40, -40, 3000, -3000}, ones[] = {1, 1, 1, 1};
    static double values[] = {40, 0, 3000, 0}, slopes[] = {1, 0, 1, 0};
    struct mat u = oracle_put((struct sample){tails, 1, 4}, 0);
    struct mat y = oracle_put((struct sample){ones, 1, 4}, 0);
    struct mat du = oracle_put((struct sample){ones, 1, 4}, 0);
    struct mat zero = oracle_put(oracle_zero(2, 4), 0);

    op_gelu_forward(kind, u, zero.at, y);
    op_gelu_backward(kind, u, du, du, zero.at + 4);
    ok(oracle_error(y, (struct sample){values, 1, 4}) == 0, "tails of gelu %d",
       kind);
    ok(oracle_error(du, (struct sample){slopes, 1, 4}) == 0,
       "tails of its derivative");
}

/* Forward against the definition; backward undoes it, since a rotation's
 * transpose is its inverse. */
static void test_rotary(long length, long dims, long size, long heads,
                        const int32_t *start)
{
    long half = dims / 2, rows = 3 * length;
    struct sample x = oracle_random(rows, heads * size, "x"),
                  y = oracle_copy(x);
    struct sample table = oracle_zero(2 * length, half);

    for (long i = 0; i < length * half; i++) {
        double angle = (double)(i / half) *
                       pow(10000, -2.0 * (double)(i % half) / (double)dims);

        table.at[i] = cos(angle);
        table.at[length * half + i] = sin(angle);
    }
    for (long r = 0; r < rows; r++)
        for (long h = 0; h < heads; h++)
            for (long i = 0; i < half; i++) {
                long at = r * x.cols + h * size + i;
                long position = r % length - (start ? start[r] : 0);
                double c = table.at[position * half + i];
                double s = table.at[(length + position) * half + i];

                y.at[at] = c * x.at[at] - s * x.at[at + half];
                y.at[at + half] = s * x.at[at] + c * x.at[at + half];
            }

    struct mat t = oracle_put(table, 0), m = oracle_put(x, 3);
    struct op_rotary rotary = {
        t.at,   t.at + length * half,
        length, dims,
        size,   start ? oracle_put_ids(start, rows) : NULL};

    op_rotary_forward(&rotary, m);

    double e = oracle_error(m, y), back;

    op_rotary_backward(&rotary, m);
    back = oracle_error(m, x);
    ok(e < 4 * oracle_unit, "rotary, %ld of %ld: %.2g", dims, size, e);
    ok(back < 8 * oracle_unit, "rotary backward, %ld of %ld: %.2g", dims, size,
       back);
}

static void test_embed(void)
{
    static const int32_t token[] = {4, 9, 3, -1, 7, 4, 8, 4, 10, 6};
    enum { FIRST = 4, ROWS = 5, COLS = 7, TOKENS = 10 };
    struct sample w = oracle_random(ROWS, COLS, "w");
    struct sample x = oracle_zero(TOKENS, COLS);
    struct sample dx = oracle_random(TOKENS, COLS, "dx");
    struct sample dw = oracle_random(ROWS, COLS, "dw");
    struct mat out = oracle_put(dx, 2), grad = oracle_put(dw, 3);
    const int32_t *ids = oracle_put_ids(token, TOKENS);

    op_embed_forward(ids, oracle_put(w, 1), FIRST, out);
    op_embed_backward(ids, oracle_put(dx, 2), FIRST,
                      (struct wide_mat){grad.at, ROWS, COLS, grad.ld});
    for (long i = 0; i < TOKENS * COLS; i++)
        for (long r = 0; r < ROWS; r++)
            if (token[i / COLS] == FIRST + r) {
                x.at[i] = w.at[r * COLS + i % COLS];
                dw.at[r * COLS + i % COLS] += dx.at[i];
            }
    ok(oracle_error(out, x) == 0, "embedding, some tokens elsewhere");
    ok(oracle_error(grad, dw) < 4 * oracle_unit, "embedding backward");
}

/* As PyTorch writes it, one operation after another. */
static void adamw_step(const struct op_adamw *a, double *w, double *m,
                       double *v, double grad)
{
    double g = grad * a->scale;

    *w *= 1 - a->rate * a->decay;
    *m = a->beta1 * *m + (1 - a->beta1) * g;
    *v = a->beta2 * *v + (1 - a->beta2) * g * g;
    *w -= a->rate / (1 - pow(a->beta1, (double)a->t)) * *m /
          (sqrt(*v / (1 - pow(a->beta2, (double)a->t))) + a->epsilon);
}

static void test_adamw(void)
{
    enum { N = 1003, STEPS = 10 };
    struct sample w = oracle_random(1, N, "w"), m = oracle_zero(1, N);
    struct sample v = oracle_zero(1, N);
    struct mat gw = oracle_put(w, 0), gm = oracle_put(m, 0);
    struct mat gv = oracle_put(v, 0);
    struct op_adamw a = {0.05, 0.9, 0.999, 1e-8, 0.1, 0.25, 0};

    for (a.t = 1; a.t <= STEPS; a.t++) {
        struct sample g = oracle_random(1, N, a.t % 2 ? "odd" : "even");
        struct mat gg;

        g.at[0] = 0;
        gg = oracle_put(g, 0);
        op_adamw(
            &a, (struct op_adamw_state){gw.at, gw.at, gm.at, gv.at, gg.at}, N);
        for (long i = 0; i < N; i++)
            adamw_step(&a, &w.at[i], &m.at[i], &v.at[i], g.at[i]);
    }
    /* Each step rounds the weight once and its change by a few units. */
    ok(oracle_error(gw, w) < STEPS * oracle_unit, "%d AdamW steps: %.2g",
       STEPS, oracle_error(gw, w));
    ok(oracle_error(gm, m) < STEPS * oracle_unit, "first moment");
    ok(oracle_error(gv, v) < STEPS * oracle_unit, "second moment");
}

/* The same numbers twice, and once more off alignment. */
static void test_bits(void)
{
    enum { ROWS = 37, COLS = 1100 };
    struct sample x = oracle_random(ROWS, COLS, "x");
    struct sample row = oracle_random(1, COLS, "row");
    struct mat y[3], dx[3], d[3];

    for (int k = 0; k < 3; k++) {
        struct mat in = oracle_put(x, k), w = oracle_put(row, k);

        y[k] = oracle_put(x, k);
        dx[k] = oracle_put(x, k);
        d[k] = oracle_put(oracle_zero(2, COLS), 0);

        struct op_norm norm = norm_at(w, w, d[k], ROWS);

        op_norm_forward(&norm, in, y[k]);
        op_norm_backward(&norm, in, y[k], 0, dx[k]);
        op_gelu_forward(GELU_EXACT, dx[k], w.at, y[k]);
        op_gelu_backward(GELU_TANH, dx[k], y[k], y[k], d[k].at);
    }
    for (int k = 1; k < 3; k++)
        ok(oracle_same(y[0], y[k]) && oracle_same(dx[0], dx[k]) &&
               oracle_same(d[0], d[k]),
           "norm and gelu, rows %d numbers off alignment: same bits", k);
}

int main(int argc, char **argv)
{
    /* Of 3 sequences of 5. */
    static const int32_t starts[] = {0, 0, 2, 2, 4, 0, 0, 0,
                                     0, 0, 0, 1, 1, 1, 1};

    static const long rows[] = {0, 1, 200};

    start(&argc, &argv);
    for (int k = 0; k < 3; k++) {
        test_add(oracle_random(rows[k], 37, "x"),
                 oracle_random(rows[k], 37, "s"), oracle_random(2, 37, "b"));
        test_bias_backward(oracle_random(rows[k], 300, "dx"));
    }
    test_vectors(oracle_random(1, 1, "v"));
    test_vectors(oracle_random(1, 4099, "v"));
    oracle_free();
    test_norm(1, 1, 0);
    test_norm(5, 7, 2);
    test_norm(17, 33, 1);
    test_norm(18, 1040, 3);
    for (int kind = 0; kind < 2; kind++) {
        test_gelu(kind, 1, 5);
        test_gelu(kind, 35, 33);
        test_gelu(kind, 18, 300);
        test_gelu_tails(kind);
    }
    test_rotary(5, 6, 10, 2, NULL);
    test_rotary(1, 2, 2, 1, NULL);
    test_rotary(7, 64, 64, 3, NULL);
    test_rotary(5, 6, 10, 2, starts);
    test_embed();
    test_adamw();
    test_bits();
    oracle_free();
    tap_done();
    world_stop();
    return 0;
}
