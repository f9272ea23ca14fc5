/* Products of matrices, plain or transposed, with gaps between rows, equal a
 * plain loop in double; so does the product of the self-check.    ranks: 1 */
#include <math.h>

#include "kernels/ops.h"
#include "kernels/self_check.h"
#include "tests/lib/oracle.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

static double element(struct sample m, char t, long i, long j)
{
    return t == 'T' ? m.at[j * m.cols + i] : m.at[i * m.cols + j];
}

static void product(char ta, char tb, struct sample a, struct sample b,
                    long inner, double beta, struct sample c)
{
    for (long i = 0; i < c.rows; i++)
        for (long j = 0; j < c.cols; j++) {
            double sum = beta == 0 ? 0 : beta * c.at[i * c.cols + j];

            for (long k = 0; k < inner; k++)
                sum += element(a, ta, i, k) * element(b, tb, k, j);
            c.at[i * c.cols + j] = sum;
        }
}

/* Sums of k random terms have errors of about sqrt(k)/6 units, relative to the
 * largest of many; 4 sqrt(k) leaves room for other orders of summation. */
static double product_excess(char ta, char tb, const long *size, double beta,
                             long gap)
{
    long rows = size[0], cols = size[1], inner = size[2];
    struct sample a = ta == 'T' ? oracle_random(inner, rows, "a")
                                : oracle_random(rows, inner, "a");
    struct sample b = tb == 'T' ? oracle_random(cols, inner, "b")
                                : oracle_random(inner, cols, "b");
    struct sample c = oracle_random(rows, cols, "c");
    double tolerance = 4 * oracle_unit * sqrt((double)inner + 1);

    for (long i = 0; beta == 0 && i < rows * cols; i++)
        c.at[i] = NAN;

    struct mat got = oracle_put(c, gap), sum = oracle_put(c, gap);
    double added = 0;

    if (beta == 1) {
        op_gemm_add(ta, tb, oracle_put(a, gap), oracle_put(b, gap),
                    (struct wide_mat){sum.at, rows, cols, sum.ld});
    }
    op_gemm(ta, tb, oracle_put(a, gap), oracle_put(b, gap), (wide)beta, got);
    product(ta, tb, a, b, inner, beta, c);
    if (beta == 1)
        added = oracle_error(sum, c);
    return fmax(oracle_error(got, c), added) / tolerance;
}

static void test_gemm(void)
{
    static const long sizes[][3] = {{1, 1, 1},   {3, 5, 7},  {65, 33, 129},
                                    {1, 17, 64}, {64, 1, 9}, {0, 4, 5},
                                    {4, 0, 5},   {4, 5, 0}};
    static const double betas[] = {0, 1, -0.5};

    for (int k = 0; k < 4; k++)
        for (int b = 0; b < 3; b++) {
            char ta = k & 1 ? 'T' : 'N', tb = k & 2 ? 'T' : 'N';
            double worst = 0;
            int at = 0;

            for (int s = 0; s < 16; s++) {
                double e =
                    product_excess(ta, tb, sizes[s / 2], betas[b], s % 2 * 3);

                at = e > worst ? s / 2 : at;
                worst = fmax(e, worst);
            }
            ok(worst < 1,
               "product %c%c, beta %g: %.2g of tolerance at %ldx%ldx%ld", ta,
               tb, betas[b], worst, sizes[at][0], sizes[at][1], sizes[at][2]);
            oracle_free();
        }
    double e = self_check_product();

    ok(e < 16 * oracle_unit, "self-check: %.2g", e);
}

int main(int argc, char **argv)
{
    start(&argc, &argv);
    test_gemm();
    tap_done();
    world_stop();
    return 0;
}
