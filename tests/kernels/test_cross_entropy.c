/* Cross entropy over a vocabulary in any number of pieces equals a plain loop
 * in double over the whole one; padding never matters.    ranks: 1 */
#include <math.h>

#include "kernels/device.h"
#include "kernels/ops.h"
#include "tests/lib/oracle.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

enum { ROWS = 5, MOST_PIECES = 4 };

/* The pieces of one vocabulary as tensor ranks would hold them, here one after
 * another. */
struct piece {
    struct op_cross_entropy c;
    struct mat logits;
};

static struct piece piece_take(const int32_t *target, struct sample whole,
                               long first, long valid, long padding, long gap)
{
    struct sample part = oracle_zero(ROWS, valid + padding);
    wide *kept = oracle_put(oracle_zero(4, ROWS), 0).at;

    for (long i = 0; i < ROWS * part.cols; i++) {
        long j = i % part.cols;

        if (j < valid)
            part.at[i] = whole.at[i / part.cols * whole.cols + first + j];
        else
            part.at[i] = j % 2 ? NAN : 1e6;
    }
    return (struct piece){{oracle_put_ids(target, ROWS), first, valid, kept,
                           kept + ROWS, kept + 2 * ROWS, 0},
                          oracle_put(part, gap)};
}

/* What the collectives do between the operations. */
static void reduce(struct piece *p, int pieces, bool is_maximum)
{
    long n = is_maximum ? ROWS : 2 * ROWS;
    wide all[2 * ROWS], one[2 * ROWS];

    for (int k = 0; k < pieces; k++) {
        device_get(one, is_maximum ? p[k].c.peak_all : p[k].c.sums,
                   (size_t)n * sizeof *one);
        for (long i = 0; i < n; i++)
            all[i] = k == 0 || (is_maximum && one[i] > all[i]) ? one[i]
                     : is_maximum                              ? all[i]
                                  : all[i] + one[i];
    }
    for (int k = 0; k < pieces; k++)
        device_put(is_maximum ? p[k].c.peak_all : p[k].c.sums, all,
                   (size_t)n * sizeof *all);
}

static void run(struct piece *p, int pieces, double scale, struct mat loss)
{
    for (int k = 0; k < pieces; k++)
        op_cross_entropy_exponentials(&p[k].c, p[k].logits);
    reduce(p, pieces, true);
    for (int k = 0; k < pieces; k++)
        op_cross_entropy_sums(&p[k].c, ROWS);
    reduce(p, pieces, false);
    for (int k = 0; k < pieces; k++) {
        op_cross_entropy_losses(&p[k].c, ROWS, loss.at);
        op_cross_entropy_backward(&p[k].c, p[k].logits, (wide)scale);
    }
}

struct wanted {
    struct sample loss, log, hit; /* [1, ROWS] */
    struct sample gradient;       /* of scale times (loss + z log^2) */
};

static struct wanted oracle(const int32_t *target, struct sample logits,
                            double scale, double z)
{
    struct wanted w = {oracle_zero(1, ROWS), oracle_zero(1, ROWS),
                       oracle_zero(1, ROWS), oracle_zero(ROWS, logits.cols)};

    for (long r = 0; r < ROWS; r++) {
        const double *row = logits.at + r * logits.cols;
        double sum = 0, peak = row[0];

        if (target[r] < 0)
            continue;
        for (long j = 0; j < logits.cols; j++)
            peak = fmax(peak, row[j]);
        for (long j = 0; j < logits.cols; j++)
            sum += exp(row[j] - peak);
        w.loss.at[r] = log(sum) + (peak - row[target[r]]);
        w.log.at[r] = log(sum) + peak;
        /* No logit is above the target's. */
        w.hit.at[r] = row[target[r]] == peak;
        for (long j = 0; j < logits.cols; j++)
            w.gradient.at[r * logits.cols + j] =
                scale * (exp(row[j] - peak) / sum * (1 + 2 * z * w.log.at[r]) -
                         (j == target[r]));
    }
    return w;
}

/* The gradient of a piece against its columns of the whole one; the padding
 * must be 0. */
static double gradient_error(const struct piece *p, struct sample whole)
{
    struct sample want = oracle_zero(ROWS, p->logits.cols);
    struct sample got = oracle_get(p->logits);
    double worst = 0;

    for (long i = 0; i < ROWS * want.cols; i++) {
        long j = i % want.cols;

        if (j < p->c.valid)
            want.at[i] = whole.at[i / want.cols * whole.cols + p->c.first + j];

        double error = fabs(got.at[i] - want.at[i]);

        worst = error <= worst ? worst : isnan(error) ? INFINITY : error;
    }
    return worst;
}

/* bounds: first id of each piece, then the size of the vocabulary. */
static void test_pieces(const char *name, struct sample logits,
                        const int32_t *target, const long *bounds, int pieces,
                        double z)
{
    const double scale = 0.125;
    struct piece p[MOST_PIECES];
    struct wanted want = oracle(target, logits, scale, z);
    struct mat loss = oracle_put(oracle_zero(1, ROWS), 0);
    struct mat hit = oracle_put(oracle_zero(1, ROWS), 0);
    struct mat log = oracle_put(oracle_zero(1, ROWS), 0);
    double e, l = 0, g = 0, wrong = 0;

    for (int k = 0; k < pieces; k++) {
        p[k] = piece_take(target, logits, bounds[k], bounds[k + 1] - bounds[k],
                          pieces == 1 ? 0 : k + 3, k);
        p[k].c.z = (wide)z;
    }
    run(p, pieces, scale, loss);
    e = oracle_error(loss, want.loss);
    for (int k = 0; k < pieces; k++) {
        g = fmax(g, gradient_error(&p[k], want.gradient));
        op_cross_entropy_hits(&p[k].c, ROWS, hit.at);
        wrong = worse(wrong, oracle_error(hit, want.hit));
        op_cross_entropy_logs(&p[k].c, ROWS, log.at);
        l = worse(l, oracle_error(log, want.log));
    }
    /* The exponential of a difference of up to 10 takes over its rounding. */
    ok(e < 8 * oracle_unit, "%s in %d pieces: losses %.2g", name, pieces, e);
    ok(wrong == 0, "%s in %d pieces: hits", name, pieces);
    ok(l < 8 * oracle_unit, "%s in %d pieces: logs %.2g", name, pieces, l);
    ok(g < 16 * oracle_unit * scale, "%s in %d pieces, z %g: gradients %.2g",
       name, pieces, z, g);
    oracle_free();
}

static double first_loss(const void *what, const double *x)
{
    const int32_t *target = what;
    double sum = 0;

    for (long j = 0; j < 9; j++)
        sum += exp(x[j]);
    return log(sum) - x[target[0]];
}

static void test_difference(void)
{
    static const int32_t target[ROWS] = {4, -1, -1, -1, -1};
    struct sample x = oracle_random(ROWS, 9, "difference");
    struct piece p = piece_take(target, x, 0, 9, 0, 2);
    struct mat loss = oracle_put(oracle_zero(1, ROWS), 0);

    run(&p, 1, 1, loss);

    double e = oracle_gradient_error((struct objective){first_loss, target, 9},
                                     x.at, oracle_get(p.logits).at);

    ok(e < 8 * oracle_unit + oracle_difference, "by differences: %.2g", e);
}

static void test_bits(void)
{
    static const int32_t target[ROWS] = {0, 1500, 2, -1, 7};
    struct sample x = oracle_random(ROWS, 1501, "bits");
    struct mat loss[3];
    struct piece p[3];

    for (int k = 0; k < 3; k++) {
        loss[k] = oracle_put(oracle_zero(1, ROWS), 0);
        p[k] = piece_take(target, x, 0, 1501, 0, k);
        run(&p[k], 1, 0.5, loss[k]);
    }
    for (int k = 1; k < 3; k++)
        ok(oracle_same(loss[0], loss[k]) &&
               oracle_same(p[0].logits, p[k].logits),
           "rows %d numbers off alignment: same bits", k);
}

/* Row r, column j of the logits of one case. */
static double plain(double x, long r, long j)
{
    (void)r, (void)j;
    return x;
}

static double low(double x, long r, long j)
{
    (void)r, (void)j;
    return x - 500;
}

/* The exponentials of one piece are all there is, and no row of the other may
 * overflow. */
static double far_apart(double x, long r, long j)
{
    (void)r;
    return x + (j < 700 ? 500 : -500);
}

/* All of a piece impossible, in rows whose target is elsewhere. */
static double impossible(double x, long r, long j)
{
    return j < 700 && r > 0 && r < 4 ? -INFINITY : x;
}

static const int32_t target[ROWS] = {0, 1299, -1, 700, 699};

/* By row: the target is the highest; it ties with another piece's column;
 * there is none; a column of another piece, of its own, is above it by one
 * unit of a float. */
static double close_calls(double x, long r, long j)
{
    static const long rival[ROWS] = {-1, 3, 4, 2, 698};
    bool is_below = r == 3 || r == 4;

    if (j == rival[r])
        return 50;
    return j == target[r] ? 50 - is_below * 0x1p-18 : x;
}

int main(int argc, char **argv)
{
    static const long one[] = {0, 1300}, two[] = {0, 700, 1300};
    /* The last two ranks hold padding alone. */
    static const long four[] = {0, 700, 1300, 1300, 1300};
    static const struct {
        const char *name;
        double (*logit)(double x, long r, long j);
    } cases[] = {{"plain logits", plain},
                 {"low logits", low},
                 {"logits far apart", far_apart},
                 {"impossible logits", impossible},
                 {"close calls", close_calls}};

    start(&argc, &argv);
    for (int k = 0; k < 30; k++) {
        struct sample x = oracle_random(ROWS, 1300, "logits");
        double z = k % 2 ? 1e-3 : 0;

        for (long i = 0; i < ROWS * 1300; i++)
            x.at[i] = (real)cases[k / 6].logit(x.at[i], i / 1300, i % 1300);
        if (k % 6 < 2)
            test_pieces(cases[k / 6].name, x, target, one, 1, z);
        else
            test_pieces(cases[k / 6].name, x, target, k % 6 < 4 ? two : four,
                        k % 6 < 4 ? 2 : 4, z);
    }
    test_difference();
    test_bits();
    oracle_free();
    tap_done();
    world_stop();
    return 0;
}
