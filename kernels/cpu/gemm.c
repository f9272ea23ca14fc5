#include "kernels/ops.h"

#include <assert.h>
#include <cblas.h>
#include <limits.h>

#include "kernels/base/check.h"

#ifdef SKILLET_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

static int blas_int(long n)
{
    CHECK(
        n <= INT_MAX,
        "a matrix with %ld rows, columns or leading columns is too large for "
        "BLAS; use a smaller micro-batch",
        n);
    return (int)n;
}

/* BLAS wants a leading dimension of at least 1, even of an empty matrix. */
static int leading(long ld)
{
    return ld > 0 ? blas_int(ld) : 1;
}

void op_gemm(char ta, char tb, struct mat a, struct mat b, wide beta,
             struct mat c)
{
    long inner = ta == 'T' ? a.rows : a.cols;

    assert((ta == 'T' ? a.cols : a.rows) == c.rows);
    assert((tb == 'T' ? b.rows : b.cols) == c.cols);
    assert((tb == 'T' ? b.cols : b.rows) == inner);
    GEMM(CblasRowMajor, ta == 'T' ? CblasTrans : CblasNoTrans,
         tb == 'T' ? CblasTrans : CblasNoTrans, blas_int(c.rows),
         blas_int(c.cols), blas_int(inner), 1, a.at, leading(a.ld), b.at,
         leading(b.ld), beta, c.at, leading(c.ld));
}

void op_gemm_add(char ta, char tb, struct mat a, struct mat b,
                 struct wide_mat c)
{
    op_gemm(ta, tb, a, b, 1, (struct mat){c.at, c.rows, c.cols, c.ld});
}
